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
      ThemeMerge.self, ThemeUnmerge.self, ThemeDelete.self,
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
    if name.contains(">") {
      tell("The name holds a \">\" and is one theme; --parent puts a theme below another.")
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
      let merged = try reader.mergedThemes()
      let counts = try reader.codingCounts()
      let rows = try reader.fetchAll(Theme.self)
        .map { (paths.path(to: $0.id), $0) }.sorted { $0.0 < $1.0 }
        .map { path, theme -> [JSON] in
          [
            .string(theme.id.description), .string(theme.id.short), .string(path),
            .integer(counts[theme.id, default: 0]), .string(theme.colour),
            .string(merged[theme.id].map(paths.path)), .string(theme.definition),
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
      let book = try reader.themeTree()
      let themes = try reader.fetchAll(Theme.self).filter {
        book.merged[$0.id.rawValue] == nil
      }.map { theme in
        let count = counts[theme.id, default: 0]
        return TreeDrawing.Node(
          id: theme.id, name: theme.name ?? "", remark: count > 0 ? " (\(count))" : "",
          fields: [("codings", .integer(count))])
      }
      options.show(
        TreeDrawing(nodes: themes, tree: book.tree).output(
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
      The codings count and are listed as the other theme's from then on, here and after a sync \
      everywhere, and the themes below it lie below the other. The codings themselves are not \
      rewritten, so that `cuaderno theme unmerge "Miedo"` gives them back.
      When two people merge two themes into each other at once, the merge made first counts.
      """)

  @Argument(help: "The theme to merge.")
  var theme: String

  @Argument(help: "The theme that stays.")
  var into: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (merged, other, codings) = try options.write { writer in
      let reader = writer.reader
      let merged = try reader.resolve(theme, .theme)
      var other = try reader.resolve(into, .theme)
      let count = try reader.codingCounts()[merged.id, default: 0]
      try writer.update(
        merged.id, [FieldEdit(.Theme.mergedInto, value: .reference(other.id.rawValue))])
      if let standing = try reader.mergedThemes()[merged.id] {
        other = Match(id: standing, kind: .theme, name: try reader.name(of: standing, .theme))
      }
      return (merged, other, count)
    }
    let name = Terminal.harmless(merged.name)
    options.show(
      .message(
        "Merged \(name) into \(Terminal.harmless(other.name)), with \(counted(codings, "coding")). "
          + "`cuaderno theme unmerge \(merged.id.short)` takes it apart again.",
        .object([
          ("id", .string(merged.id.description)), ("into", .string(other.id.description)),
          ("codings", .integer(codings)),
        ])))
  }
}

struct ThemeUnmerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unmerge",
    abstract: "Take a merged theme apart again, with the codings that were made with it.",
    discussion: """
      Example: cuaderno theme unmerge "Miedo"
      What was coded with it after the merge was coded with the other theme, and stays there.
      """)

  @Argument(help: "The theme that was merged.")
  var theme: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (match, codings) = try options.write { writer in
      let reader = writer.reader
      let match = try reader.resolve(theme, .theme)
      guard try reader.fetch(Theme.self, match.id)?.mergedInto != nil else {
        throw ValidationError(
          "that theme is not merged into another; `cuaderno theme list` shows it")
      }
      try writer.update(match.id, [FieldEdit(.Theme.mergedInto, value: nil)])
      return (match, try reader.codingCounts()[match.id, default: 0])
    }
    options.show(
      .message(
        "\(Terminal.harmless(match.name)) stands by itself again, with "
          + "\(counted(codings, "coding")).",
        .object([("id", .string(match.id.description)), ("codings", .integer(codings))])))
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
