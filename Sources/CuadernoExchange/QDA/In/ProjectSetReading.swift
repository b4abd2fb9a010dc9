import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The sets of other programs: attributes of what is in them, and notes where there is nothing that has
/// attributes.
extension ProjectImport {
  /// Those of a project and of its code book.
  private var allSets: [XMLNode] {
    (root.child("sets")?.children("set") ?? [])
      + (root.child("codebook")?.child("sets")?.children("set") ?? [])
  }

  /// To be called before attributes are defined, whose names these are.
  mutating func nameSets() {
    var names = UniqueNames()
    for set in allSets {
      let description = file.description(of: set)
      guard DescribedLines(description, .place) == nil,
        DescribedLines(description, .period) == nil
      else { continue }
      namedSets.append((SetReading.name(of: set, &names, &file), set))
    }
  }

  mutating func sets(_ writer: inout Writer) throws {
    try places(root.child("sets")?.children("set") ?? [], &writer)
    let sources = Set((root.child("sources")?.children ?? []).compactMap { QDAFile.guid($0) })
    var noteNames = [RecordID: String]()
    for note in root.child("notes")?.children("note") ?? [] {
      if let id = QDAFile.guid(note) { noteNames[id] = note.attribute("name") ?? "note" }
    }
    var marks = SetMarks()
    for (name, set) in namedSets {
      let there = SetReading.members(of: set, "membersource", &file) {
        sources.contains($0) ? $0 : nil
      }
      for member in there { marksOf[member, default: []].append(name) }
      let themes = SetReading.themes(of: set, codes.themes, &file)
      if !there.isEmpty { try SetReading.define(name, set, .interview, &file, &writer) }
      try SetReading.mark(themes, name, set, &marks, &file, &writer)
      if !there.isEmpty || !themes.isEmpty { file.count(.sets, set) }
      let names = SetReading.members(of: set, "membernote", &file) { noteNames[$0] }
      guard !names.isEmpty || (there.isEmpty && themes.isEmpty) else { continue }
      file.count(.setNotes, set)
      let words = [name, set.child("description")?.text ?? "", names.joined(separator: "\n")]
      try keep(
        words.filter { !$0.isEmpty }.joined(separator: "\n\n"),
        about: writer.reader.studyRecord, from: set, &writer)
    }
    try marks.write(.theme, .Theme.attributes, &file, &writer)
  }
}
