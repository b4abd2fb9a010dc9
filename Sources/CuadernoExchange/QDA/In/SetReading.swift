import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Takes in the sets of other programs: an attribute for each, on what is in it.
enum SetReading {
  private static let prefix = "set: "

  /// The members of a set, by the GUIDs under either of the names that the two schemas have.
  static func members(of set: XMLNode, _ element: String) -> [RecordID] {
    set.children(element).compactMap {
      QDAFile.guid($0, "targetguid") ?? QDAFile.guid($0, "guid")
    }
  }

  /// What the members of a set are here; those that are nothing are counted.
  static func members<Member>(
    of set: XMLNode, _ element: String, _ file: inout QDAFile, _ found: (RecordID) -> Member?
  ) -> [Member] {
    let members = members(of: set, element)
    let there = members.compactMap(found)
    file.report.count(.danglingReferences, members.count - there.count, at: file.place(set))
    return there
  }

  static func themes(
    of set: XMLNode, _ themes: [RecordID: RecordID], _ file: inout QDAFile
  ) -> [RecordID] {
    members(of: set, "membercode", &file) { themes[$0] }
  }

  /// What the attribute of a set is called: no two sets have one.
  static func name(of set: XMLNode, _ names: inout UniqueNames, _ file: inout QDAFile) -> String {
    prefix + names.name(file.line(set.attribute("name")) ?? "set")
  }

  /// The sets of a code book that is a file of its own.
  static func readCodeSets(
    _ sets: XMLNode?, _ themes: [RecordID: RecordID], _ file: inout QDAFile,
    into writer: inout Writer
  ) throws {
    var names = UniqueNames()
    var marks = SetMarks()
    for set in sets?.children("set") ?? [] {
      let name = self.name(of: set, &names, &file)
      let members = self.themes(of: set, themes, &file)
      file.count(members.isEmpty ? .emptySets : .sets, set)
      try mark(members, name, set, &marks, &file, &writer)
    }
    try marks.write(.theme, .Theme.attributes, &file, &writer)
  }

  /// Has the themes of a set marked when all sets are read.
  static func mark(
    _ themes: [RecordID], _ name: String, _ set: XMLNode, _ marks: inout SetMarks,
    _ file: inout QDAFile, _ writer: inout Writer
  ) throws {
    guard !themes.isEmpty else { return }
    try define(name, set, .theme, &file, &writer)
    for theme in themes { marks.add(theme, name, at: set) }
  }

  /// Keeps a set's description as that of its attribute.
  static func define(
    _ name: String, _ set: XMLNode, _ kind: Kind, _ file: inout QDAFile, _ writer: inout Writer
  ) throws {
    guard let description = file.description(of: set) else { return }
    let definition = AttributeDefinition(
      name: name, record: kind, type: .boolean, description: description)
    let edit = FieldEdit(
      .Study.attributeDefinitions, key: writer.keys.key(definitionNamed: name, of: kind),
      value: .attributeDefinition(definition))
    _ = try file.enter(writer.reader.studyRecord, .study, [edit], at: set, &writer)
  }
}
