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
  ///
  /// - Throws: ``QDAFault/forbiddenCharacter``: in a deposit nothing is replaced in silence.
  func document() throws -> [UInt8] {
    let xml = try XMLWriting(isIndented: true)
    try write(to: xml)
    return try xml.finish()
  }

  private func write(to xml: XMLWriting) throws {
    for text in attributes.map(\.value) + [text ?? ""] { try QDAWriter.refuseForbidden(text) }
    try xml.open(name, attributes)
    if let text { try xml.text(text) }
    for child in children { try child.write(to: xml) }
    try xml.close()
  }
}
