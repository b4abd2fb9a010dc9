import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Takes in the codes of a project or code book as themes.
struct CodeReading {
  /// The themes by the GUIDs of their codes, and the words for them in a note.
  private(set) var themes: [RecordID: RecordID] = [:]
  private(set) var names: [RecordID: String] = [:]
  /// The notes that codes refer to, each with the theme.
  private(set) var noteReferences: [(note: RecordID, theme: RecordID, node: XMLNode)] = []

  /// - Parameter codes: the element that holds them; none is a project without codes.
  mutating func read(
    _ codes: XMLNode?, _ file: inout QDAFile, into writer: inout Writer
  ) throws {
    for (index, code) in (codes?.children("code") ?? []).enumerated() {
      try read(code, below: nil, index, &file, &writer)
    }
  }

  private mutating func read(
    _ code: XMLNode, below parent: RecordID?, _ ordinal: Int, _ file: inout QDAFile,
    _ writer: inout Writer
  ) throws {
    let id = file.id(of: code, within: parent, ordinal: ordinal)
    if let guid = QDAFile.guid(code), themes[guid] == nil { themes[guid] = id }
    var name = file.line(code.attribute("name")) ?? "code"
    names[id] = name
    var definition = file.description(of: code)
    var isNamed = true
    if let renamed = DescribedLines(definition, .renamed) {
      isNamed = renamed.value("Name") != nil
      name = renamed.value("Name") ?? name
      definition = renamed.text.isEmpty ? nil : renamed.text
    }
    let edits = [
      isNamed ? FieldEdit(.Theme.name, name) : nil,
      FieldEdit(.Theme.parent, value: parent.map { .reference($0.rawValue) }),
      FieldEdit(.Theme.definition, definition),
      FieldEdit(.Theme.colour, colour(of: code, &file)),
    ].compactMap { $0 }.filter { $0.value != nil || $0.field == .Theme.parent }
    let outcome = try file.enter(
      id, .theme, Self.withoutEmptyRoot(edits, id, &file, writer), at: code, &writer)
    file.report.tally.count(.theme, outcome)
    for reference in code.children("noteref") {
      if let note = QDAFile.guid(reference, "targetguid") {
        noteReferences.append((note, id, reference))
      }
    }
    for (index, child) in code.children("code").enumerated() {
      try read(child, below: id, index, &file, &writer)
    }
  }

  /// A new theme at the root needs no word about it. One that is here below another is moved there,
  /// unless it was at the root once: then somebody put it where it is, here.
  private static func withoutEmptyRoot(
    _ edits: [FieldEdit], _ id: RecordID, _ file: inout QDAFile, _ writer: Writer
  ) throws -> [FieldEdit] {
    guard edits.contains(where: { $0.value == nil }),
      try writer.reader.fetch(Theme.self, id)?.parent != nil
    else { return edits.filter { $0.value != nil } }
    guard try writer.reader.wasEmpty(id, .Theme.parent) else { return edits }
    file.report.count(.editedFields)
    return edits.filter { $0.value != nil }
  }

  /// `#rrggbb`, or `#rgb` in full.
  private func colour(of code: XMLNode, _ file: inout QDAFile) -> String? {
    guard let colour = code.attribute("color")?.trimmed, !colour.isEmpty else { return nil }
    if QDAType.colour.accepts(colour) { return file.isOwn ? colour : colour.lowercased() }
    let digits = Array(colour.unicodeScalars.dropFirst())
    let full = "#" + digits.map { "\($0)\($0)" }.joined().lowercased()
    if digits.count == 3, QDAType.colour.accepts(full) { return full }
    file.count(.colours, code)
    return nil
  }
}
