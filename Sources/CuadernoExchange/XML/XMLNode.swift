import CXML2

/// An element with what is in it.
///
/// Names are in lower case and without their namespace: programs spell both in their own way, and an
/// older version of REFI-QDA has another namespace.
final class XMLNode {
  let name: String
  let attributes: [(name: String, value: String)]
  fileprivate(set) var children: [XMLNode] = []
  /// Of this element alone.
  fileprivate(set) var text = ""
  /// Where it begins, counted from 1.
  let line: Int

  fileprivate init(name: String, attributes: [(name: String, value: String)], line: Int) {
    self.name = name
    self.attributes = attributes
    self.line = line
  }

  /// Nil when it is not there or empty.
  func attribute(_ name: String) -> String? {
    guard let value = attributes.first(where: { $0.name == name })?.value, !value.isEmpty else {
      return nil
    }
    return value
  }

  func child(_ name: String) -> XMLNode? { children.first { $0.name == name } }

  func children(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }
}

/// What the parser tells, made into a tree.
@safe final class XMLTree {
  fileprivate(set) var root: XMLNode?
  fileprivate(set) var fault: QDAFault?
  private(set) var faultLine = 1
  fileprivate var parserPointer: xmlParserCtxtPtr?
  private var open: [XMLNode] = []
  private var elements = 0
  private var names: [String: String] = [:]

  var parser: xmlParserCtxtPtr? {
    get { unsafe parserPointer }
    set { unsafe parserPointer = newValue }
  }

  var isComplete: Bool { root != nil && open.isEmpty }

  /// Where the parser is.
  var line: Int {
    guard let parser = unsafe parserPointer, let input = unsafe parser.pointee.input else {
      return 1
    }
    return max(1, Int(unsafe input.pointee.line))
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> XMLTree {
    guard let context = unsafe context else {
      preconditionFailure("libxml2 gives its callbacks what it was given")
    }
    return unsafe Unmanaged<XMLTree>.fromOpaque(context).takeUnretainedValue()
  }

  func refuse(_ fault: QDAFault) {
    guard self.fault == nil else { return }
    self.fault = fault
    faultLine = line
    unsafe xmlStopParser(parserPointer)
  }

  /// - Parameter attributes: five pointers each: name, prefix, namespace, begin and end of the value
  ///   (libxml2's SAX2 interface).
  func open(
    _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
    count: Int
  ) {
    guard fault == nil else { return }
    elements += 1
    guard open.count < XMLReading.depthMax else { return refuse(.tooDeep) }
    guard elements <= XMLReading.elementsMax else { return refuse(.tooManyElements) }
    var values = [(name: String, value: String)]()
    values.reserveCapacity(count)
    for index in 0..<count {
      guard let attributes = unsafe attributes, let key = unsafe attributes[5 * index],
        let start = unsafe attributes[5 * index + 3], let end = unsafe attributes[5 * index + 4]
      else { continue }
      let value = unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
      values.append((known(unsafe String(cString: key)), value))
    }
    let node = XMLNode(
      name: known(unsafe name.map { unsafe String(cString: $0) } ?? ""), attributes: values,
      line: line)
    if let parent = open.last { parent.children.append(node) } else { root = root ?? node }
    open.append(node)
  }

  /// The same few names stand in a file hundreds of thousands of times.
  private func known(_ name: String) -> String {
    if let known = names[name] { return known }
    let lowercased = name.lowercased()
    if names.count < 1_000 { names[name] = lowercased }
    return lowercased
  }

  func close() {
    guard fault == nil else { return }
    _ = open.popLast()
  }

  func append(_ text: UnsafePointer<xmlChar>?, length: Int) {
    guard fault == nil, let node = open.last, let text = unsafe text, length > 0 else { return }
    node.text += unsafe String(
      decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
    let bytes = node.text.utf8.count
    if bytes > XMLReading.textBytesMax { refuse(.tooLong(bytes: bytes)) }
  }
}
