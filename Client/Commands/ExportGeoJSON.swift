import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ExportGeoJSON: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "geojson",
    abstract: "Places with how often each theme comes up there, for QGIS and other maps.",
    discussion: """
      A point can lead to a house and a number to whoever spoke there, so places are told no finer than \
      provinces unless you say so: what is said at a finer place counts at the one above it. Points are \
      rounded to two decimals of a degree, about a kilometre. Places without a location are in the table \
      and not on the map.

      Each theme has two columns: n_THEME with the places below, own_THEME without; `columns` in the file \
      says which theme is which. The own_ columns can be added up.
      --level takes, from the largest: country, region, province, valley, district, town, other.
      Examples:
        cuaderno export geojson lugares.geojson
        cuaderno export geojson distritos.geojson --level district --with-below
        cuaderno export geojson todo.geojson --level other --round 5 --period "Conflicto armado"
      """)

  @Option(name: .long, help: "The finest kind of place that is told.")
  var level = PlaceKind.province

  @Option(name: .long, help: "How many decimals of a degree are kept, from 0 to 7.")
  var round = 2

  @Flag(name: .long, help: "Count a theme with the themes below it.")
  var withBelow = false

  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var selection: SelectionOptions
  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func validate() throws {
    guard (0...GeoJSONExport.decimalsMax).contains(round) else {
      throw ValidationError(
        "--round takes a number from 0 to \(GeoJSONExport.decimalsMax); 2 is about a kilometre")
    }
  }

  func run() throws {
    try options.exportAndRemark(file) { reader, sink in
      let data = try StudyData(reader, isPlaced: false).selecting(
        try selection.selection(reader, coders: coder))
      let counts = data.placeCounts(finest: level, withThemesBelow: withBelow)
      let unlocated = try GeoJSONExport.write(
        try map(counts, data, reader), decimals: round, to: sink)
      return Self.remarks(counts, unlocated: unlocated)
    }
  }

  static func remarks(_ counts: PlaceCounts, unlocated: Int) -> [Remark] {
    [
      Remark("unlocated", "places without a location, in the table and not on the map", unlocated),
      Remark(
        "withoutPlace", "codings left out, since their interviews have no place",
        counts.withoutPlace),
      Remark(
        "tooFine",
        "codings left out, at finer places than --level says and with none above them that is told",
        counts.tooFine),
    ]
  }

  private func map(
    _ counts: PlaceCounts, _ data: StudyData, _ reader: Reader
  ) throws -> PlaceMap {
    var places = [RecordID: Place]()
    for place in try reader.fetchAll(Place.self) { places[place.id] = place }
    let themes = data.orderedThemes()
    func shown(_ tally: PlaceCounts.Tally) -> PlaceMap.Counts {
      PlaceMap.Counts(
        codings: tally.codings, texts: tally.texts,
        themes: themes.map { tally.themes[$0] ?? 0 })
    }
    let written = Set(counts.rows.map(\.place))
    return PlaceMap(
      title: try reader.studyHeader().title ?? "",
      themes: themes.map { PlaceMap.Theme(id: $0, steps: data.themePaths.steps(to: $0)) },
      features: counts.rows.map { row in
        let place = places[row.place]
        // A place that is told may lie under one that is not, such as a region filed under a house.
        let above = data.placePaths.tree.path(to: row.place.rawValue).dropLast()
          .map { RecordID(rawValue: $0) }.filter(written.contains)
        let within = (data.placesWithin[row.place] ?? []).filter(written.contains)
        return PlaceMap.Feature(
          id: row.place, name: place?.name ?? "", otherNames: place?.otherNames ?? [],
          kind: place?.kind,
          parent: above.isEmpty
            ? nil : above.map { data.placeNames[$0] ?? "" }.joined(separator: pathSeparator),
          within: within.map { data.placeNames[$0] ?? "" }.sorted(), code: place?.code,
          location: place?.location, own: shown(row.own), whole: shown(row.whole))
      })
  }
}
