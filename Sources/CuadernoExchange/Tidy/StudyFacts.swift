import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What tables say beside an interview or a coding, read once: names, levels of places, participants,
/// periods and attributes.
struct StudyFacts {
  struct AttributeGroup {
    let kind: Kind
    let names: [String]
    let types: [String: AttributeDefinition.ValueType]
    let values: [RecordID: [Attribute]]

    var columns: [TableColumn] {
      names.map { TableColumn("\(kind.name).\($0)", attribute: kind) }
    }

    /// One cell for each name; what several records say is joined, and is words then.
    func cells(_ records: [RecordID]) -> [TableCell] {
      guard !names.isEmpty else { return [] }
      return names.map { name in
        let found = records.compactMap { record in
          values[record]?.first { $0.name == name }?.value
        }
        guard found.count == 1, let value = found.first else { return .joined(found) }
        return .value(value, types[name] ?? .text)
      }
    }
  }

  /// The levels of the hierarchy that have a column of their own, for pivot tables.
  static let levels: [PlaceKind] = [.region, .province, .district]

  let themes: Paths
  let merged: [RecordID: RecordID]
  let placePaths: Paths
  let places: [RecordID: Place]
  let participants: [RecordID: Participant]
  let participantsOf: [RecordID: [RecordID]]
  let periods: [Period]
  let interviewAttributes: AttributeGroup
  let participantAttributes: AttributeGroup
  let placeAttributes: AttributeGroup

  /// - Parameter part: what is in the tables. Of a part the attributes have columns that something in it has:
  ///   what nothing in it has is not for whoever gets it to know.
  init(_ reader: Reader, of part: StudyPart = .everything) throws {
    themes = try reader.themePaths()
    merged = try reader.mergedThemes()
    placePaths = try reader.placePaths()
    places = Dictionary(
      try reader.fetchAll(Place.self).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    participants = Dictionary(
      try reader.fetchAll(Participant.self).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
    participantsOf = try reader.references(.Interview.participants)
    periods = try reader.periods()
    let definitions = try reader.attributeDefinitions()
    func group(_ kind: Kind) throws -> AttributeGroup {
      let values = try reader.attributes(of: kind)
      let own = definitions.filter { $0.record == kind }
      let used = values.filter { part.contains($0.key) }.values.lazy.joined().map(\.name)
      return AttributeGroup(
        kind: kind,
        names: Set(used).union(part.isEverything ? own.map(\.name) : []).sorted(),
        types: Dictionary(own.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first }),
        values: values)
    }
    interviewAttributes = try group(.interview)
    participantAttributes = try group(.participant)
    placeAttributes = try group(.place)
  }

  /// Whom an interview is with, by pseudonym.
  func people(_ interview: RecordID) -> [Participant] {
    participantsOf[interview, default: []].compactMap { participants[$0] }
      .sorted { ($0.pseudonym ?? "", $0.id) < ($1.pseudonym ?? "", $1.id) }
  }

  /// The path of a place and the names at each of the levels.
  func placeCells(_ place: RecordID?) -> [TableCell] {
    let chain = place.map { placePaths.tree.path(to: $0.rawValue) } ?? []
    return [TableCell(place.map(placePaths.path))]
      + Self.levels.map { level in
        TableCell(
          chain.lazy.compactMap { places[RecordID(rawValue: $0)] }.last { $0.kind == level }?.name)
      }
  }

  func periodNames(_ date: PartialDate?) -> [String] {
    date.map { date in periods.filter { $0.contains(date) }.map(\.name) } ?? []
  }

  static let placeColumns =
    [TableColumn("place", width: 30)] + levels.map { TableColumn($0.rawValue) }

  static let peopleColumns = [
    TableColumn("participants", width: 20), TableColumn("roles", width: 20),
  ]

  func peopleCells(_ people: [Participant]) -> [TableCell] {
    [.joined(people.map { $0.pseudonym ?? "" }), .joined(people.compactMap(\.role))]
  }
}
