import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct CodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Code a passage of an interview or note with a theme.",
    discussion: """
      Give the passage as a quote that stands once in the text, or as a span of characters counted \
      from 0, the end not included.
      Examples:
        cuaderno code TOC-017 "Confianza en el Estado" --quote "nadie nos avisó"
        cuaderno code TOC-017 "Erradicación forzosa" --span 1200:1345 --memo "Ver también TOC-003"
      """)

  @Argument(help: "Label of the interview, or id of a note.")
  var interview: String

  @Argument(help: "Name, path or id of the theme.")
  var theme: String

  @OptionGroup(title: "Passage") var passage: PassageOptions

  @Option(name: .long, help: "A memo on this coding.")
  var memo: String?

  @Option(name: .long, help: "Who codes; without it, you.")
  var coder: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (id, anchor) = try options.write { writer in
      let target = try writer.reader.resolve(interview, .interview, .note)
      let theme = try writer.reader.resolve(theme, .theme).id
      let (field, anchor) = try passage.anchor(in: target.id, writer.reader)
      let merged = try writer.reader.mergedThemes()[theme] ?? theme
      let id = try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(Target(record: target.id.rawValue, field: field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(anchor)),
          FieldEdit(.Coding.theme, value: .reference(merged.rawValue)),
          FieldEdit(.Coding.coder, coder ?? writer.reader.identity.member),
        ] + (memo.map { [FieldEdit(.Coding.memo, $0)] } ?? []))
      return (id, anchor)
    }
    options.show(
      .message(
        "Coded characters \(anchor.start) to \(anchor.end) (\(id.short)).",
        .object([
          ("id", .string(id.description)), ("start", .integer(anchor.start)),
          ("end", .integer(anchor.end)), ("quote", .string(anchor.quote)),
        ])))
  }
}

struct CodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coding",
    abstract: "Look at codings and change them.",
    discussion: "New ones are made with `cuaderno code`.",
    subcommands: [CodingList.self, CodingEdit.self, CodingMove.self, CodingDelete.self])
}

struct CodingList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List codings with their passages.",
    discussion: """
      A coding follows its words when the text is edited. STATUS says `exact` when they stand as \
      they were coded, `changed` when they were edited, `gone` when they were removed, and `review` \
      when you have to look. With --review only the last two are listed, with their old words and \
      the characters where you might look; put them where they belong with `cuaderno coding move`.
      """)

  @Argument(help: "Only those on this interview or note.")
  var interview: String?

  @Option(name: .long, help: "Only those with this theme, or one below it.")
  var theme: String?

  @Flag(name: .long, help: "Only those that you have to place anew, or to delete.")
  var review = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let notebook = try options.open(for: .reading)
    if review { try notebook.completeReview() }
    try notebook.read { reader in
      let paths = try reader.themePaths()
      let merged = try reader.mergedThemes()
      let wanted = try theme.map { try reader.resolve($0, .theme).id }.map { merged[$0] ?? $0 }
      let listing = Listing(
        [
          .init("id", isForPrograms: true), .init("shortID", "ID"), .init("interview"),
          .init("note", isForPrograms: true), .init("theme"), .init("coder"), .init("status"),
          .init("start"), .init("end"),
          .init("quote"), .init("memo"),
          .init("candidates", "LOOK AT", isForPrograms: !review),
        ],
        whenEmpty: review
          ? "No codings to review." : "No codings. Make one with `cuaderno code`."
      ) { add in
        var name: (target: RecordID, name: TextName)?
        try forEachCoding(reader) { placed in
          if review, !placed.needsReview { return }
          let coding = placed.coding
          let theme = coding.theme.map { merged[$0] ?? $0 }
          if let wanted {
            guard let theme, paths.tree.isWithin(theme.rawValue, wanted.rawValue) else { return }
          }
          if let target = coding.target, name?.target != target {
            name = (target, try reader.textName(of: target))
          }
          try add([
            .string(coding.id.description), .string(coding.id.short),
            .string(
              coding.target.flatMap { _ in
                options.json ? name?.name.interview : name?.name.shown
              }), .string(coding.target.flatMap { _ in name?.name.note?.description }),
            .string(theme.map(paths.path)), .string(coding.coder), .string(placed.status.rawValue),
            placed.span.map { .integer($0.lowerBound) } ?? .null,
            placed.span.map { .integer($0.upperBound) } ?? .null, .string(placed.quote),
            .string(coding.memo),
            .array(placed.candidates.map { .string("\($0.lowerBound):\($0.upperBound)") }),
          ])
        }
      }
      try options.show(listing)
    }
  }

  private func forEachCoding(
    _ reader: Reader, _ body: (PlacedCoding) throws -> Void
  ) throws {
    if let interview {
      let id = try reader.resolve(interview, .interview, .note).id
      try reader.placed(reader.codings(on: id), on: id).forEach(body)
    } else if review {
      try reader.placedCodingsToReview().forEach(body)
    } else {
      try reader.forEachPlacedCoding(body)
    }
  }
}

struct CodingEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a coding's theme, memo or coder.")

  @Argument(help: "The first letters of its id.")
  var coding: String

  @Option(name: .long, help: "Another theme.")
  var theme: String?

  @Option(name: .long, help: "A memo.")
  var memo: String?

  @Option(name: .long, help: "Who coded.")
  var coder: String?

  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(coding, .coding) { collector, _ in
      try collector.setReference(.Coding.theme, theme, .theme)
      collector.set(.Coding.memo, memo)
      collector.set(.Coding.coder, coder)
      try collector.clear(clear.clear, of: .coding)
    }
  }
}

struct CodingMove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move",
    abstract: "Put a coding on another passage of its interview or note.",
    discussion: """
      For a coding whose words were removed or cannot be found with certainty; `cuaderno coding list \
      --review` lists them. Theme, coder and memo stay.
      Examples:
        cuaderno coding move 7d1f0c22 --quote "nadie vino a avisarnos"
        cuaderno coding move 7d1f0c22 --span 1200:1345
      """)

  @Argument(help: "The first letters of its id.")
  var coding: String

  @OptionGroup(title: "Passage") var passage: PassageOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let (id, anchor) = try options.write { writer in
      let id = try writer.reader.resolve(coding, .coding).id
      guard let target = try writer.reader.fetch(Coding.self, id)?.target else {
        throw NotebookError.unknownRecord
      }
      let (field, anchor) = try passage.anchor(in: target, writer.reader)
      try writer.update(
        id,
        [
          FieldEdit(
            .Coding.target, value: .target(Target(record: target.rawValue, field: field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(anchor)),
        ])
      return (id, anchor)
    }
    options.show(
      .message(
        "Moved the coding to characters \(anchor.start) to \(anchor.end) (\(id.short)).",
        .object([
          ("id", .string(id.description)), ("start", .integer(anchor.start)),
          ("end", .integer(anchor.end)), ("quote", .string(anchor.quote)),
        ])))
  }
}

struct CodingDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a coding.")

  @Argument(help: "The first letters of its id.")
  var coding: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(coding, .coding)
  }
}
