import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ThemeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "theme",
    abstract: "The code book: themes in a tree.",
    subcommands: [
      ThemeAdd.self, ThemeEdit.self, ThemeShow.self, ThemeList.self, ThemeTree.self,
      ThemeMerge.self, ThemeDelete.self,
    ])
}

struct ThemeFields: ParsableArguments {
  @Option(name: .long, help: "The theme above it, by name or path.")
  var parent: String?

  @Option(name: .long, help: "When to code with it, and when not.")
  var definition: String?

  @Option(name: .long, help: "A colour as #rrggbb.")
  var colour: String?

  @Option(
    name: .long,
    help: ArgumentHelp("An attribute; several are possible.", valueName: "name=value"))
  var attribute: [String] = []

  func collect(into collector: inout FieldCollector) throws {
    try collector.setReference(.Theme.parent, parent, .theme)
    collector.set(.Theme.definition, definition)
    collector.set(.Theme.colour, colour)
    try collector.setAttributes(.Theme.attributes, attribute)
  }
}

struct ThemeAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a theme.",
    discussion: """
      Example: cuaderno theme add "Erradicación forzosa" --parent "Estado > Erradicación" \
      --definition "Relatos de operativos sin acuerdo previo." --colour "#d95f02"
      """)

  @Argument(help: "Its name.")
  var name: String

  @OptionGroup(title: "Fields") var fields: ThemeFields
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.add(.theme) { collector in
      collector.set(.Theme.name, name)
      try fields.collect(into: &collector)
    }
  }
}

struct ThemeEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a theme, or move it under another.")

  @Argument(help: "Name, path or id.")
  var theme: String

  @Option(name: .long, help: "A new name.")
  var name: String?

  @OptionGroup(title: "Fields") var fields: ThemeFields
  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(theme, .theme) { collector, _ in
      collector.set(.Theme.name, name)
      try fields.collect(into: &collector)
      try collector.clear(clear.clear, of: .theme)
    }
  }
}

struct ThemeShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a theme.")

  @Argument(help: "Name, path or id.")
  var theme: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let id = try reader.resolve(theme, .theme).id
      options.show(.card(try reader.card(id, .theme)))
    }
  }
}

struct ThemeList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the themes with their paths and how often they are used.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let paths = try reader.themePaths()
      let counts = try reader.codingCounts()
      let rows = try reader.fetchAll(Theme.self)
        .map { (paths.path(to: $0.id), $0) }.sorted { $0.0 < $1.0 }
        .map { path, theme -> [JSON] in
          [
            .string(theme.id.description), .string(theme.id.short), .string(path),
            .integer(counts[theme.id, default: 0]), .string(theme.colour),
            .string(theme.mergedInto.map(paths.path)), .string(theme.definition),
          ]
        }
      options.show(
        .table(
          Table(
            [
              .init("id", isForPrograms: true), .init("shortID", "ID"), .init("path"),
              .init("codings"), .init("colour"), .init("mergedInto", "MERGED INTO"),
              .init("definition"),
            ], rows: rows, whenEmpty: "No themes. Add one with `cuaderno theme add NAME`.")))
    }
  }
}

struct ThemeTree: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tree", abstract: "Draw the code book as a tree.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let counts = try reader.codingCounts()
      let themes = try reader.fetchAll(Theme.self).filter { $0.mergedInto == nil }.map { theme in
        let count = counts[theme.id, default: 0]
        return TreeDrawing.Node(
          id: theme.id, name: theme.name ?? "", remark: count > 0 ? " (\(count))" : "",
          fields: [("codings", .integer(count))])
      }
      options.show(
        TreeDrawing(nodes: themes, tree: try reader.tree(.Theme.parent)).output(
          whenEmpty: "No themes. Add one with `cuaderno theme add NAME`."))
    }
  }
}

struct ThemeMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Merge a theme into another, with all its codings.",
    discussion: """
      Example: cuaderno theme merge "Miedo" "Emociones > Temor"
      The codings count as the other theme's from then on. To undo it:
        cuaderno theme edit "Miedo" --clear mergedInto
      """)

  @Argument(help: "The theme to merge.")
  var theme: String

  @Argument(help: "The theme that stays.")
  var into: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let codings = try options.write { writer in
      let theme = try writer.reader.resolve(theme, .theme).id
      let into = try writer.reader.resolve(into, .theme).id
      let count = try writer.reader.codingCounts()[theme, default: 0]
      try writer.update(
        theme, [FieldEdit(.Theme.mergedInto, value: .reference(into.rawValue))])
      return count
    }
    options.show(
      .message(
        "Merged, with \(codings) codings.", .object([("codings", .integer(codings))])))
  }
}

struct ThemeDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a theme that nothing is coded with.")

  @Argument(help: "Name, path or id.")
  var theme: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(theme, .theme)
  }
}

extension Reader {
  /// The codings of each theme, those merged into it among them.
  func codingCounts() throws -> [RecordID: Int] {
    let merged = try mergedThemes()
    var counts = [RecordID: Int]()
    try forEach(Coding.self) { coding in
      guard let theme = coding.theme else { return }
      counts[merged[theme] ?? theme, default: 0] += 1
    }
    return counts
  }
}
