import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The themes of a study by name and by what they are drawn below.
///
/// They are read once and kept in step with what an import writes: the tree depends on every theme, and
/// to draw it anew for each theme of a code book takes hours for some ten thousand.
struct ThemesByName {
  private struct Name: Hashable {
    let folded: String
    let parent: RecordID?
  }

  private var themes: [Name: [RecordID]] = [:]
  private let merged: [RecordID: RecordID]

  init(_ reader: Reader) throws {
    let tree = try reader.themeTree().tree
    merged = try reader.mergedThemes()
    for theme in try reader.fetchAll(Theme.self) {
      guard let name = theme.name else { continue }
      add(theme.id, name, below: tree.parent(of: theme.id.rawValue).map(RecordID.init(rawValue:)))
    }
    for name in themes.keys { themes[name]?.sort() }
  }

  /// The themes of a name below a parent, by id, those that were merged into another ones last.
  func all(_ name: String, below parent: RecordID?) -> [RecordID] {
    let found = themes[Name(folded: Folding.folded(name), parent: parent)] ?? []
    return found.filter { merged[$0] == nil } + found.filter { merged[$0] != nil }
  }

  func isMerged(_ theme: RecordID) -> Bool { merged[theme] != nil }

  /// To be called for each theme that was written and that was not here.
  mutating func add(_ theme: RecordID, _ name: String, below parent: RecordID?) {
    themes[Name(folded: Folding.folded(name), parent: parent), default: []].append(theme)
  }
}
