import CXML2

/// Writes XML with libxml2 into memory, from which it is taken piece by piece.
///
/// Names of elements and attributes are ours; everything else is escaped. What XML 1.0 cannot carry even
/// escaped is replaced by U+FFFD: such a character is refused when it is entered, but another program may
/// have written the change, and one bad name must not keep a whole report from being written.
@safe final class XMLWriting {
  typealias Attribute = (name: String, value: String)

  private let buffer: xmlBufferPtr
  private let writer: xmlTextWriterPtr
  private var depth = 0

  init(isStandalone: Bool = false, isIndented: Bool = false) throws {
    guard let buffer = unsafe xmlBufferCreate() else { throw QDAFault.cannotWrite }
    guard let writer = unsafe xmlNewTextWriterMemory(buffer, 0) else {
      unsafe xmlBufferFree(buffer)
      throw QDAFault.cannotWrite
    }
    unsafe self.buffer = buffer
    unsafe self.writer = writer
    unsafe try Self.check(xmlTextWriterSetIndent(writer, isIndented ? 1 : 0))
    unsafe try Self.check(
      xmlTextWriterStartDocument(writer, "1.0", "UTF-8", isStandalone ? "yes" : nil))
  }

  deinit {
    unsafe xmlFreeTextWriter(writer)
    unsafe xmlBufferFree(buffer)
  }

  func open(_ name: String, _ attributes: [Attribute] = []) throws {
    depth += 1
    unsafe try Self.check(xmlTextWriterStartElement(writer, name))
    for (name, value) in attributes {
      unsafe try Self.check(xmlTextWriterWriteAttribute(writer, name, Self.permitted(value)))
    }
  }

  func close() throws {
    depth -= 1
    unsafe try Self.check(xmlTextWriterEndElement(writer))
  }

  func text(_ text: String) throws {
    guard !text.isEmpty else { return }
    unsafe try Self.check(xmlTextWriterWriteString(writer, Self.permitted(text)))
  }

  /// An element of attributes and text alone.
  func element(_ name: String, _ attributes: [Attribute] = [], _ text: String = "") throws {
    try open(name, attributes)
    try self.text(text)
    try close()
  }

  /// What was written since the last call.
  func drain() throws -> [UInt8] {
    unsafe try Self.check(xmlTextWriterFlush(writer))
    let count = unsafe Int(xmlBufferLength(buffer))
    guard count > 0, let start = unsafe xmlBufferContent(buffer) else { return [] }
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    unsafe xmlBufferEmpty(buffer)
    return bytes
  }

  /// The rest, once every element is closed.
  func finish() throws -> [UInt8] {
    while depth > 0 { try close() }
    unsafe try Self.check(xmlTextWriterEndDocument(writer))
    return try drain()
  }

  /// XML 1.0, section 2.2, production Char. Swift's strings have no surrogates.
  static func permitted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { !isPermitted($0) }) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isPermitted(scalar) ? scalar : "\u{FFFD}") }
    return String(result)
  }

  private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: true
    case 0..<0x20, 0xFFFE, 0xFFFF: false
    default: true
    }
  }

  private static func check(_ result: Int32) throws {
    guard result >= 0 else { throw QDAFault.cannotWrite }
  }
}
