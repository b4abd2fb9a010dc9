import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes coded themes as a tidy table (Wickham, "Tidy Data", 2014): one row for each coding, with
/// all that is known of the interview it lies on.
///
/// The texts are read one interview at a time, so the memory needed does not grow with them.
package struct CodingsExport {
  private let reader: Reader
  private let themes: Paths
  private let places: Paths
  private let merged: [RecordID: RecordID]
  private let placeKinds: [RecordID: PlaceKind]
  private let placeNames: [RecordID: String]
  private let participants: [RecordID: Participant]
  private let participantsOf: [RecordID: [RecordID]]
  private let periods: [Period]
  /// For each kind its attributes by record, and the names of its columns.
  private let attributes: [(kind: Kind, names: [String], values: [RecordID: [Attribute]])]
  private var table: CSVWriter

  /// The levels of the hierarchy that have a column of their own, for pivot tables.
  private static let levels: [PlaceKind] = [.region, .province, .district]

  package static func write(
    _ reader: Reader, options: CSVWriter.Options, to sink: @escaping Sink
  ) throws {
    var export = try CodingsExport(reader, options, sink)
    try export.header()
    try export.rows()
    try export.table.finish()
  }

  private init(
    _ reader: Reader, _ options: CSVWriter.Options, _ sink: @escaping Sink
  ) throws {
    self.reader = reader
    themes = try reader.themePaths()
    places = try reader.placePaths()
    merged = try reader.mergedThemes()
    let allPlaces = try reader.fetchAll(Place.self)
    placeKinds = Dictionary(
      allPlaces.compactMap { place in place.kind.map { (place.id, $0) } },
      uniquingKeysWith: { first, _ in first })
    placeNames = Dictionary(
      allPlaces.map { ($0.id, $0.name ?? "") }, uniquingKeysWith: { first, _ in first })
    participants = Dictionary(
      try reader.fetchAll(Participant.self).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    participantsOf = try reader.references(.Interview.participants)
    periods = try reader.periods()
    let definitions = try reader.attributeDefinitions()
    attributes = try [Kind.interview, .participant, .place].map { kind in
      let values = try reader.attributes(of: kind)
      let used = values.values.lazy.joined().map(\.name)
      let names = Set(used).union(definitions.filter { $0.record == kind }.map(\.name))
      return (kind, names.sorted(), values)
    }
    table = try CSVWriter(options, to: sink)
  }

  private mutating func header() throws {
    let fixed =
      [
        "coding", "interview", "title", "kind", "date", "place",
      ] + Self.levels.map(\.rawValue) + [
        "participants", "roles", "theme", "coder", "quote", "start", "end", "status", "memo",
        "periods",
      ]
    let named = attributes.flatMap { group in group.names.map { "\(group.kind.name).\($0)" } }
    try table.row((fixed + named).map { .text($0) })
  }

  private mutating func rows() throws {
    var byTarget = [RecordID: [Coding]]()
    try reader.forEach(Coding.self) { coding in
      if let target = coding.target { byTarget[target, default: []].append(coding) }
    }
    let targets = try byTarget.keys.map { target in
      (label: try reader.name(of: target, .interview), id: target)
    }.sorted { ($0.label, $0.id) < ($1.label, $1.id) }
    for (_, target) in targets {
      let placed = try reader.placed(byTarget[target, default: []], on: target).sorted {
        ($0.span?.lowerBound ?? .max, $0.coding.id) < ($1.span?.lowerBound ?? .max, $1.coding.id)
      }
      let source = try source(target)
      for coding in placed { try row(coding, source) }
    }
  }

  /// The cells that all codings of a text share.
  private struct Source {
    var before: [CSVWriter.Cell]
    var periods: CSVWriter.Cell
    var attributes: [CSVWriter.Cell]
  }

  /// An interview's own facts; for a note, those of the interview it is about.
  private func source(_ target: RecordID) throws -> Source {
    let note = try reader.fetch(Note.self, target)
    let id = note == nil ? target : note?.about ?? target
    let interview = try reader.fetch(Interview.self, id)
    let date = note?.at ?? interview?.date
    let people = participantsOf[id, default: []].compactMap { participants[$0] }
      .sorted { ($0.pseudonym ?? "", $0.id) < ($1.pseudonym ?? "", $1.id) }
    let place = interview?.place
    let chain = place.map { places.tree.path(to: $0.rawValue).map { RecordID(rawValue: $0) } } ?? []
    let levels = Self.levels.map { level in
      CSVWriter.Cell(chain.last { placeKinds[$0] == level }.flatMap { placeNames[$0] })
    }
    let before: [CSVWriter.Cell] =
      [
        .init(interview?.label), .init(interview?.title),
        .init(note == nil ? interview?.kind?.rawValue : Kind.note.name),
        .init(date?.description), .init(place.map(places.path)),
      ] + levels + [
        Self.joined(people.map { $0.pseudonym ?? "" }), Self.joined(people.compactMap(\.role)),
      ]
    let inPeriods = date.map { date in periods.filter { $0.contains(date) }.map(\.name) } ?? []
    let cells = attributes.flatMap { group -> [CSVWriter.Cell] in
      let records =
        group.kind == .participant
        ? people.map(\.id) : group.kind == .place ? chain.suffix(1) : [id]
      return group.names.map { name in
        Self.joined(
          records.compactMap { record in
            group.values[record]?.first { $0.name == name }?.value
          })
      }
    }
    return Source(before: before, periods: Self.joined(inPeriods), attributes: cells)
  }

  private mutating func row(_ placed: PlacedCoding, _ source: Source) throws {
    let coding = placed.coding
    let theme = coding.theme.map { merged[$0] ?? $0 }
    try table.row(
      [.text(coding.id.description)] + source.before + [
        .init(theme.map(themes.path)), .init(coding.coder), .text(placed.quote),
        placed.span.map { .integer($0.lowerBound) } ?? .empty,
        placed.span.map { .integer($0.upperBound) } ?? .empty, .text(placed.status.rawValue),
        .init(coding.memo), source.periods,
      ] + source.attributes)
  }

  private static func joined(_ entries: [String]) -> CSVWriter.Cell {
    entries.isEmpty ? .empty : .text(entries.joined(separator: "; "))
  }
}
