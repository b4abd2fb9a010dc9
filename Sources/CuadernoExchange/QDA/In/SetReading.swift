import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Takes in the sets of other programs: an attribute for each, on what is in it.
enum SetReading {
  static func name(of set: XMLNode, _ file: inout QDAFile) -> String {
    "set: " + (file.line(set.attribute("name")) ?? "set")
  }

  /// The members of a set, by the GUIDs under either of the names that the two schemas have.
  static func members(of set: XMLNode, _ element: String) -> [RecordID] {
    set.children(element).compactMap {
      QDAFile.guid($0, "targetguid") ?? QDAFile.guid($0, "guid")
    }
  }

  static func readCodeSets(
    _ sets: XMLNode?, _ themes: [RecordID: RecordID], _ file: inout QDAFile,
    into writer: inout Writer
  ) throws {
    var marks = SetMarks()
    for set in sets?.children("set") ?? [] {
      let members = members(of: set, "membercode")
      guard !members.isEmpty else { continue }
      file.count(.sets, set)
      let name = name(of: set, &file)
      for member in members {
        guard let theme = themes[member] else {
          file.count(.danglingReferences, set)
          continue
        }
        marks.add(theme, name, at: file.place(set))
      }
    }
    try marks.write(.theme, .Theme.attributes, &writer)
  }
}
