import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

struct ReportQuotes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quotes",
    abstract: "The passages with a theme, and how they lie to those with others.",
    discussion: """
      A theme stands for itself and those below it. With several conditions all have to hold.
      Examples:
        cuaderno report quotes "Confianza en el Estado" --place Tocache
        cuaderno report quotes Miedo --and Silencio
        cuaderno report quotes Miedo --and Silencio --and Rumor --common
        cuaderno report quotes Miedo --not Violencia --role agricultora
        cuaderno report quotes Miedo --inside Violencia
        cuaderno report quotes Miedo --near Silencio --distance 200
      """)

  @Argument(help: "Name, path or id of the theme.")
  var theme: String

  @Option(
    name: .customLong("and"),
    help: ArgumentHelp("Overlapping a passage with this theme.", valueName: "theme"))
  var overlapping: [String] = []

  @Option(
    name: .customLong("inside"),
    help: ArgumentHelp("Wholly inside a passage with this theme.", valueName: "theme"))
  var inside: [String] = []

  @Option(
    name: .customLong("near"),
    help: ArgumentHelp(
      "Near a passage with this theme, and not overlapping it.", valueName: "theme"))
  var near: [String] = []

  @Option(
    name: .customLong("not"),
    help: ArgumentHelp("Overlapping no passage with this theme.", valueName: "theme"))
  var excluded: [String] = []

  @Flag(
    name: .long,
    help: "With --and: only the words that passages of all these themes have in common.")
  var common = false

  @Option(name: .long, help: "How many characters may lie between, with --near.")
  var distance = 250

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard distance >= 0 else { throw ValidationError("--distance takes a number from 0 up") }
    guard !common || !overlapping.isEmpty && inside.isEmpty && near.isEmpty && excluded.isEmpty
    else {
      throw ValidationError("--common goes with --and alone")
    }
  }

  func run() throws {
    let rows = try options.read { reader -> [[JSON]] in
      let data = try selection.data(reader, coders: coder)
      let merged = try reader.mergedThemes()
      func resolved(_ name: String) throws -> RecordID {
        let id = try reader.resolve(name, .theme).id
        return merged[id] ?? id
      }
      if common {
        return try reader.rows(data.commonStretches(of: ([theme] + overlapping).map(resolved)))
      }
      let passages = data.passages(
        with: try resolved(theme),
        where: try overlapping.map { (try resolved($0), .overlapping) }
          + inside.map { (try resolved($0), .within) }
          + near.map { (try resolved($0), .near(distance)) },
        unless: try excluded.map { (try resolved($0), .overlapping) })
      let quotes = try reader.quotes(of: passages)
      var names = [RecordID: String]()
      for source in Set(passages.map(\.source)) { names[source] = try reader.match(source)?.name }
      return passages.map { passage in
        [
          .string(passage.id.description), .string(names[passage.source]),
          .string(data.themePaths.path(to: passage.theme)), .string(passage.coder),
          passage.span.map { .integer($0.lowerBound) } ?? .null,
          passage.span.map { .integer($0.upperBound) } ?? .null, .string(quotes[passage.id]),
        ]
      }
    }
    options.show(
      .table(
        Table(
          [
            .init("id", isForPrograms: true), .init("interview"), .init("theme"), .init("coder"),
            .init("start", isForPrograms: true), .init("end", isForPrograms: true), .init("quote"),
          ], rows: rows, whenEmpty: "No passage is like that.")))
    if !options.json, !rows.isEmpty {
      tell("\(counted(rows.count, "passage")).")
    }
  }
}

extension Reader {
  /// Stretches that belong to no one coding.
  fileprivate func rows(_ stretches: [StudyData.Stretch]) throws -> [[JSON]] {
    var texts = [RecordID: ScalarText]()
    var names = [RecordID: String]()
    return try stretches.map { stretch in
      if texts[stretch.source] == nil {
        texts[stretch.source] = ScalarText(try codedText(of: stretch.source)?.text ?? "")
        names[stretch.source] = try match(stretch.source)?.name
      }
      return [
        .null, .string(names[stretch.source]), .string(stretch.themes.joined(separator: " + ")),
        .string(stretch.coders.joined(separator: ", ")), .integer(stretch.span.lowerBound),
        .integer(stretch.span.upperBound),
        .string(texts[stretch.source]?.substring(stretch.span)),
      ]
    }
  }

  /// What the passages say, as their texts are now.
  fileprivate func quotes(of passages: [StudyData.CodedPassage]) throws -> [RecordID: String] {
    let wanted = Set(passages.map(\.id))
    var quotes = [RecordID: String]()
    for source in Set(passages.map(\.source)) {
      for placed in try placed(codings(on: source), on: source)
      where wanted.contains(placed.coding.id) {
        quotes[placed.coding.id] = placed.quote
      }
    }
    return quotes
  }
}
