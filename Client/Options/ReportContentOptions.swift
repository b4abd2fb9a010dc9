import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a report to read shows, whatever file it becomes.
struct ReportContentOptions: ParsableArguments {
  /// More make no drawing.
  private static let pairsMax = 30

  @OptionGroup var group: ReportDimensionOptions

  @Option(name: .long, help: "How many quotes a theme has at most.")
  var quotes = 12

  @Option(
    name: .long,
    help: "How exact places are: country, region, province, district, town or valley.")
  var level = PlaceKind.province

  @Option(name: .long, help: "The language of headings and attributions: en or es.")
  var language = ReportLanguage.en

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions

  func validate() throws {
    guard quotes >= 0 else { throw ValidationError("--quotes takes a number from 0 up") }
  }

  /// Writes the report in one form.
  func write(
    to file: OutputFile, _ options: NotebookOptions,
    as body: (StudyReport, @escaping Sink) throws -> Void
  ) throws {
    let now = options.surroundings.now()
    try options.export(file) { reader, sink in try body(report(reader, now: now), sink) }
  }

  /// - Parameter now: milliseconds since 1970, by which embargoes are counted.
  func report(_ reader: Reader, now: Int64) throws -> StudyReport {
    let dimension = try group.dimension(reader, level: level)
    let selected = try selection.selection(reader, coders: coder)
    let data = try StudyData(reader).selecting(selected)
    let crosstab = data.crosstab(dimension)
    let pairs = data.coOccurrences()
    let names = StudyData.toldApart(data.themes) { theme, _ in data.themePaths.path(to: theme) }
    var report = StudyReport(
      title: try reader.studyHeader().title ?? "",
      language: language == .es ? .spanish : .english,
      texts: Set(data.passages.map(\.source)).count, codings: data.passages.count,
      coders: data.coders.count, themes: try themes(data, reader, now),
      matrix: StudyReport.Matrix(
        columns: crosstab.columns.map { $0 ?? "–" },
        rows: crosstab.rows.map { (names[$0.theme] ?? "", $0.counts) }),
      pairs: pairs.prefix(Self.pairsMax).map { pair in
        StudyReport.Pair(
          first: data.themePaths.path(to: pair.first),
          second: data.themePaths.path(to: pair.second), count: pair.pairs)
      },
      years: years(data), places: try places(data, reader))
    let scope = ReportScope(
      language: language, dimension: dimension, selection: selected, now: now)
    try scope.complete(&report, data, crosstab, at: level, reader)
    report.pairsInAll = pairs.count
    if let unplaced = ReportWords(report.language)
      .unplacedCodings(data.passages.count { $0.span == nil })
    {
      report.scope.append(unplaced)
    }
    return report
  }

  private func themes(
    _ data: StudyData, _ reader: Reader, _ now: Int64
  ) throws -> [StudyReport.Theme] {
    var definitions = [RecordID: String]()
    for theme in try reader.fetchAll(Theme.self) { definitions[theme.id] = theme.definition }
    let byTheme = Dictionary(grouping: data.passages, by: \.theme)
    var quoting = try Quoting(reader, data, now: now)
    return try data.themeCounts().map { count in
      // What several coders coded alike is one passage.
      var seen = Set<EvidenceTable.Evidence>()
      let evidence = byTheme[count.theme, default: []].compactMap { passage in
        passage.span.map { EvidenceTable.Evidence(source: passage.source, spans: [$0]) }
      }.filter { seen.insert($0).inserted }
      let shown = evidence.filter { quoting.isAllowed($0) }.prefix(quotes)
      return StudyReport.Theme(
        name: data.themes[count.theme] ?? "", depth: count.steps.count - 1,
        definition: definitions[count.theme], codings: count.codings,
        codingsBelow: count.codingsBelow, texts: count.texts,
        quotes: try shown.map { item in
          let quote = try quoting.quote(item, level: level, in: language)
          return StudyReport.Quote(words: quote.words, attribution: quote.attribution)
        }, unquoted: evidence.count - shown.count)
    }
  }

  private func years(_ data: StudyData) -> [StudyReport.Year] {
    var codings = [Int: Int]()
    var texts = [Int: Set<RecordID>]()
    for passage in data.passages {
      guard let year = data.sources[passage.source]?.date?.year else { continue }
      codings[year, default: 0] += 1
      texts[year, default: []].insert(passage.source)
    }
    return codings.sorted { $0.key < $1.key }.map { year, count in
      StudyReport.Year(year: year, texts: texts[year, default: []].count, codings: count)
    }
  }

  /// Places of the level, with all codings at, below and within them.
  private func places(_ data: StudyData, _ reader: Reader) throws -> [StudyReport.Place] {
    let reached = data.placesReached(at: level)
    var counts = [RecordID: Int]()
    for passage in data.passages {
      guard let place = data.sources[passage.source]?.place else { continue }
      for place in reached[place, default: []] { counts[place, default: 0] += 1 }
    }
    return try reader.fetchAll(Place.self).compactMap { place in
      guard let count = counts[place.id], let location = place.location else { return nil }
      return StudyReport.Place(
        name: place.name ?? "", latitude: location.latitude, longitude: location.longitude,
        codings: count)
    }
  }
}
