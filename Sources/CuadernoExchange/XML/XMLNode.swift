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
  private let lineNumber: Int32
  private let columnNumber: Int32

  /// Where its opening tag ends, both counted from 1; the column in characters.
  var line: Int { Int(lineNumber) }
  var column: Int { Int(columnNumber) }

  fileprivate init(
    name: String, attributes: [(name: String, value: String)], line: Int, column: Int
  ) {
    self.name = name
    self.attributes = attributes
    lineNumber = Int32(clamping: line)
    columnNumber = Int32(clamping: column)
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

  struct ParserError {
    let code: Int32
    var isAboutBytes = false
    let line: Int
    let column: Int
    /// Whether no byte was left.
    let isAtEnd: Bool
  }

  private(set) var fault: (fault: QDAFault, line: Int, column: Int)?
  /// What libxml2 stumbled over first; what follows is often of its own making.
  private(set) var firstError: ParserError?
  fileprivate var parserPointer: xmlParserCtxtPtr?
  private let kept: (String) -> XMLReading.Kept
  private let heldBytesMax: Int
  private var open: [XMLNode] = []
  /// How many elements are open that are not kept.
  private var passedDepth = 0
  private var elements = 0
  private var heldBytes = 0
  private var names: [String: String] = [:]

  init(keeping kept: @escaping (String) -> XMLReading.Kept, heldBytesMax: Int) {
    self.kept = kept
    self.heldBytesMax = heldBytesMax
  }

  var parser: xmlParserCtxtPtr? {
    get { unsafe parserPointer }
    set { unsafe parserPointer = newValue }
  }

  var isComplete: Bool { root != nil && open.isEmpty }

  /// Where the parser is.
  var line: Int { position.line }
  var column: Int { position.column }

  private var position: (line: Int, column: Int) {
    guard let parser = unsafe parserPointer, let input = unsafe parser.pointee.input else {
      return (1, 1)
    }
    return unsafe (max(1, Int(input.pointee.line)), max(1, Int(input.pointee.col)))
  }

  static func of(_ context: UnsafeMutableRawPointer?) -> XMLTree {
    guard let context = unsafe context else {
      preconditionFailure("libxml2 gives its callbacks what it was given")
    }
    return unsafe Unmanaged<XMLTree>.fromOpaque(context).takeUnretainedValue()
  }

  func refuse(_ fault: QDAFault) {
    guard self.fault == nil else { return }
    self.fault = (fault, line, column)
    unsafe xmlStopParser(parserPointer)
  }

  func note(_ code: Int32, isAboutBytes: Bool) {
    guard firstError == nil else { return }
    firstError = error(code)
    firstError?.isAboutBytes = isAboutBytes
  }

  /// Here, where the parser is.
  func error(_ code: Int32) -> ParserError {
    let input = unsafe parserPointer.flatMap { unsafe $0.pointee.input }
    let isAtEnd = unsafe input.map { unsafe $0.pointee.cur >= $0.pointee.end } ?? false
    return ParserError(code: code, line: line, column: column, isAtEnd: isAtEnd)
  }

  /// - Parameter attributes: five pointers each: name, prefix, namespace, begin and end of the value
  ///   (libxml2's SAX2 interface).
  func open(
    _ name: UnsafePointer<xmlChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?,
    count: Int
  ) {
    guard fault == nil else { return }
    elements += 1
    guard open.count + passedDepth < XMLReading.depthMax else { return refuse(.tooDeep) }
    guard elements <= XMLReading.elementsMax else { return refuse(.tooManyElements) }
    let name = known(unsafe name.map { unsafe String(cString: $0) } ?? "")
    let kept = passedDepth > 0 ? .nothing : open.isEmpty ? .all : kept(name)
    if kept == .nothing {
      passedDepth += 1
      return
    }
    let values = kept == .all ? unsafe values(of: attributes, count) : []
    let position = position
    let node = XMLNode(
      name: name, attributes: values, line: position.line, column: position.column)
    if let parent = open.last { parent.children.append(node) } else { root = root ?? node }
    heldBytes += Self.nodeBytes
    // Last, since what the parser gave is gone once it is stopped.
    guard heldBytes <= heldBytesMax else { return refuse(.tooMuch) }
    if kept == .all { open.append(node) } else { passedDepth += 1 }
  }

  private func values(
    of attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int
  ) -> [(name: String, value: String)] {
    var values = [(name: String, value: String)]()
    values.reserveCapacity(count)
    for index in 0..<count {
      guard let attributes = unsafe attributes, let key = unsafe attributes[5 * index],
        let start = unsafe attributes[5 * index + 3], let end = unsafe attributes[5 * index + 4]
      else { continue }
      let value = unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
      values.append((known(unsafe String(cString: key)), value))
      heldBytes += Self.valueBytes + value.utf8.count
    }
    return values
  }

  /// What Swift takes for an element and for a value, beside the letters.
  private static let nodeBytes = 224
  private static let valueBytes = 80

  /// The same few names stand in a file hundreds of thousands of times.
  private func known(_ name: String) -> String {
    if let known = names[name] { return known }
    let lowercased = name.lowercased()
    if names.count < 1_000 { names[name] = lowercased }
    return lowercased
  }

  func close() {
    guard fault == nil else { return }
    if passedDepth > 0 { passedDepth -= 1 } else { _ = open.popLast() }
  }

  func append(_ text: UnsafePointer<xmlChar>?, length: Int) {
    guard fault == nil, passedDepth == 0, let node = open.last, let text = unsafe text, length > 0
    else { return }
    node.text += unsafe String(
      decoding: UnsafeBufferPointer(start: text, count: length), as: UTF8.self)
    let bytes = node.text.utf8.count
    if bytes > XMLReading.textBytesMax { return refuse(.tooLong(bytes: bytes)) }
    heldBytes += length
    if heldBytes > heldBytesMax { refuse(.tooMuch) }
  }
}
