import CXML2

/// An element that is going to be written, with all that is in it.
struct MarkupTree {
  var name: String
  var attributes: [(name: String, value: String)] = []
  var text: String?
  var children: [MarkupTree] = []

  init(_ name: String, _ attributes: [(name: String, value: String)] = [], text: String? = nil) {
    self.name = name
    self.attributes = attributes
    self.text = text
  }

  init(_ name: String, _ children: [MarkupTree]) {
    self.name = name
    self.children = children
  }

  init(
    _ name: String, _ attributes: [(name: String, value: String)], _ children: [MarkupTree]
  ) {
    self.name = name
    self.attributes = attributes
    self.children = children
  }

  /// As a file of XML in UTF-8, indented.
  func document() throws -> [UInt8] {
    guard let buffer = unsafe xmlBufferCreate() else { throw QDAFault.cannotWrite }
    defer { unsafe xmlBufferFree(buffer) }
    guard let writer = unsafe xmlNewTextWriterMemory(buffer, 0) else { throw QDAFault.cannotWrite }
    do {
      unsafe try Self.check(xmlTextWriterSetIndent(writer, 1))
      unsafe try Self.check(xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil))
      unsafe try write(to: writer)
      unsafe try Self.check(xmlTextWriterEndDocument(writer))
    } catch {
      unsafe xmlFreeTextWriter(writer)
      throw error
    }
    // Only then all of it is in the buffer.
    unsafe xmlFreeTextWriter(writer)
    let count = unsafe Int(xmlBufferLength(buffer))
    guard count > 0, let content = unsafe xmlBufferContent(buffer) else {
      throw QDAFault.cannotWrite
    }
    return unsafe Array(UnsafeBufferPointer(start: content, count: count))
  }

  private func write(to writer: xmlTextWriterPtr) throws {
    unsafe try Self.check(xmlTextWriterStartElement(writer, name))
    for attribute in attributes {
      try QDAWriter.refuseForbidden(attribute.value)
      unsafe try Self.check(
        xmlTextWriterWriteAttribute(writer, attribute.name, attribute.value))
    }
    if let text {
      try QDAWriter.refuseForbidden(text)
      unsafe try Self.check(xmlTextWriterWriteString(writer, text))
    }
    for child in children { unsafe try child.write(to: writer) }
    unsafe try Self.check(xmlTextWriterEndElement(writer))
  }

  private static func check(_ result: Int32) throws {
    guard result >= 0 else { throw QDAFault.cannotWrite }
  }
}
