import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// `name,kind,parent,within,latitude,longitude,accuracy,code,otherNames,attribute:NAME …`
///
/// A place is the one of that name under that parent, so the same name may stand at several levels.
/// Rows come parents first.
enum PlaceTable {
  private static let columns = [
    "name", "kind", "parent", "within", "latitude", "longitude", "accuracy", "code", "otherNames",
  ]

  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(than: columns, allowsAttributes: true)
    let name = try table.required("name")
    let parent = table.column("parent")
    var rows = EnteredRows()
    for row in table.rows {
      let called = try table.required(row, name)
      let above = try parent.flatMap { column in
        try table.line(row, column).map {
          try References().one($0, .place, at: table.place(row, column), writer.reader)
        }
      }
      let found = try existing(called, above, writer.reader)
      guard found.count <= 1 else {
        throw ExchangeError(
          table.place(row, name), .ambiguous(.place, matches: found.count))
      }
      var edits = [
        FieldEdit(.Place.parent, value: above.map { .reference($0.rawValue) }),
        FieldEdit(.Place.kind, table.line(row, table.column("kind"))),
        FieldEdit(.Place.code, table.line(row, table.column("code"))),
        FieldEdit(.Place.otherNames, value: table.list(row, table.column("otherNames"))),
        FieldEdit(.Place.location, value: try location(table, row)),
      ]
      edits += try within(table, row, writer)
      edits += table.attributes(row, .Place.attributes, writer.keys)
      _ = try writer.enter(
        row, found.first, .place, named: FieldEdit(.Place.name, called), edits, &rows)
    }
    return rows.tally
  }

  private static func existing(
    _ name: String, _ parent: RecordID?, _ reader: Reader
  ) throws -> [RecordID] {
    try reader.ids(named: name, .place).filter { id in
      guard let place = try reader.fetch(Place.self, id) else { return false }
      return place.parent == parent && Folding.folded(place.name ?? "") == Folding.folded(name)
    }
  }

  private static func location(_ table: CSVTable, _ row: CSVTable.Row) throws -> Value? {
    let latitude = try table.number(row, table.column("latitude"))
    let longitude = try table.number(row, table.column("longitude"))
    guard latitude != nil || longitude != nil else { return nil }
    guard let latitude, let longitude else {
      throw ExchangeError(.line(row.line), .table(.onlyOneCoordinate))
    }
    return .location(
      Location(
        latitude: latitude, longitude: longitude,
        accuracy: try table.number(row, table.column("accuracy"))))
  }

  private static func within(
    _ table: CSVTable, _ row: CSVTable.Row, _ writer: Writer
  ) throws -> [FieldEdit] {
    guard let column = table.column("within"), let text = table.line(row, column) else { return [] }
    return try text.listEntries.map { path in
      let place = try References().one(
        path, .place, at: table.place(row, column), writer.reader
      ).rawValue
      return FieldEdit(
        .Place.within, key: writer.keys.key(place), value: .membership(place, isMember: true))
    }
  }
}
