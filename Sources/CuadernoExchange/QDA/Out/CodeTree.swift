import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The code book as it goes out: the tree that is drawn, without the themes that were merged, each
/// name once.
struct CodeTree {
  struct Code {
    let theme: Theme
    let name: String
    let children: [Code]
  }

  private(set) var roots: [Code] = []
  /// For each theme that was merged, the one that stands for it.
  let merged: [RecordID: RecordID]
  private(set) var ids: Set<RecordID> = []
  private(set) var renamed = 0

  init(_ reader: Reader) throws {
    merged = try reader.mergedThemes()
    let tree = try reader.themeTree().tree
    var below = [RecordID?: [Theme]]()
    for theme in try reader.fetchAll(Theme.self) where merged[theme.id] == nil {
      let parent = tree.parent(of: theme.id.rawValue).map { RecordID(rawValue: $0) }
      below[parent, default: []].append(theme)
    }
    var names = UniqueNames()
    roots = codes(nil, below, &names)
  }

  private mutating func codes(
    _ parent: Theme?, _ below: [RecordID?: [Theme]], _ names: inout UniqueNames
  ) -> [Code] {
    let themes = below[parent?.id, default: []]
      .sorted { ($0.name ?? "", $0.id) < ($1.name ?? "", $1.id) }
    // Those at one level first, so that the one nearer to the root keeps its name.
    let named = themes.map { theme in
      (theme: theme, name: names.name(theme.name ?? "theme", parent?.name))
    }
    return named.map { theme, name in
      ids.insert(theme.id)
      if name != theme.name { renamed += 1 }
      return Code(theme: theme, name: name, children: codes(theme, below, &names))
    }
  }

  // MARK: - Writing

  /// - Parameter notes: those about each theme.
  func write(to writer: QDAWriter, notes: [RecordID: [RecordID]] = [:]) throws {
    try writer.open(.codes)
    for code in roots { try write(code, to: writer, notes) }
    try writer.close()
  }

  private func write(_ code: Code, to writer: QDAWriter, _ notes: [RecordID: [RecordID]]) throws {
    let theme = code.theme
    try writer.open(.code)
    try writer.attribute(.guid, theme.id)
    try writer.attribute(.name, code.name)
    try writer.attribute(.isCodable, "true")
    if let colour = theme.colour { try writer.attribute(.color, colour) }
    let description = Renaming.description(
      theme.definition, name: theme.name, written: code.name, key: "Name")
    if let description { try writer.element(.description, description) }
    for note in notes[theme.id] ?? [] { try writer.reference(.noteRef, note) }
    for child in code.children { try write(child, to: writer, notes) }
    try writer.close()
  }
}

/// A description that tells the name which something really has.
enum Renaming {
  /// A text that begins as such a description does is put into one, or it would be taken for it when it
  /// comes back.
  ///
  /// - Parameter name: the real one.
  static func description(
    _ text: String?, name: String?, written: String, key: String
  ) -> String? {
    guard name != written || DescribedLines.begins(text) else {
      return text.flatMap { $0.isEmpty ? nil : $0 }
    }
    var description = DescribedLines(.renamed)
    description.add(key, name)
    description.text = text ?? ""
    return description.written
  }
}
