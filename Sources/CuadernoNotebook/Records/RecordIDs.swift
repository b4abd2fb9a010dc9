import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

extension Reader {
  /// The records of a kind that are alive, by id: an order that every notebook of a study shares.
  package func ids(of kind: Kind) throws -> [RecordID] {
    try RecordID.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM \(kind.name) CROSS JOIN record ON record.number = \(kind.name).record
          \(unlessWithheld("record.number")) ORDER BY record.id
          """))
  }

  /// Reads the records of a kind in the order of their ids, each by its number, without holding them all.
  ///
  /// The ids are sorted here: SQLite would go through those of all kinds.
  package func forEachByID<Kind: RowRecord>(
    _ type: Kind.Type = Kind.self, where isIncluded: (RecordID) -> Bool,
    _ body: (Kind) throws -> Void
  ) throws {
    var found = [(id: RecordID, number: Int64)]()
    try view.cachedStatement(
      sql: """
        SELECT record.id, number FROM \(type.kind.name)
        CROSS JOIN record ON record.number = \(type.kind.name).record
        \(unlessWithheld("record.number"))
        """
    ).scan([]) { row in
      var columns = RowColumns(row)
      let id = try columns.id()
      if isIncluded(id) { found.append((id, row.integer(1))) }
      return true
    }
    found.sort { $0.id < $1.id }
    let statement = try view.cachedStatement(
      sql: "SELECT ?, \(type.columns) FROM \(type.kind.name) WHERE record = ?")
    for (id, number) in found {
      // Read whole before the body runs, which may ask for the same.
      let record = try statement.first([.id(id), .integer(number)]) { row in
        var columns = RowColumns(row)
        return try Kind(&columns)
      }
      if let record { try body(record) }
    }
  }

  /// The records of a kind that have a name, whole and in any case and with any accents: labels,
  /// pseudonyms, and the names and other names of places and themes without what is above them.
  package func ids(named name: String, _ kind: Kind) throws -> [RecordID] {
    try RecordID.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM name JOIN record ON record.number = name.record
          WHERE name.folded = ? AND name.kind = ? ORDER BY record.id
          """),
      arguments: [Folding.folded(name), Int64(kind.rawValue)])
  }

  /// How many scalars the text of each record of a kind holds that can be coded, of those with a text.
  ///
  /// SQLite counts them without bringing the texts here: the texts hold no NUL, at which it would stop.
  package func textLengths(of kind: Kind) throws -> [RecordID: Int] {
    guard let field = Field.codedText(of: kind) else { return [:] }
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT record.id, length(\(field.name)) FROM \(kind.name)
            JOIN record ON record.number = \(kind.name).record \(unlessWithheld("record.number"))
          WHERE \(field.name) IS NOT NULL
          """))
    var lengths = [RecordID: Int]()
    while let row = try rows.next() {
      lengths[try row.decode(atIndex: 0)] = try row.decode(atIndex: 1)
    }
    return lengths
  }

  /// The records whose text has been written anew since a coding on them was made, or that have no
  /// text now, or a coding made on a text that nobody knows.
  ///
  /// All other codings lie where they were made. SQLite would take the tables' own keys, and read a page of text for each version.
  package func targetsWithEarlierCodings() throws -> Set<RecordID> {
    try RecordID.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT target FROM (
            SELECT DISTINCT target, version FROM coding
            WHERE target IS NOT NULL \(unlessWithheld("record")))
          LEFT JOIN record ON record.id = target
          LEFT JOIN interview INDEXED BY interviewByVersion ON interview.record = record.number
          LEFT JOIN note INDEXED BY noteByVersion ON note.record = record.number
          WHERE version IS NULL OR version IS NOT coalesce(interview.textVersion, note.textVersion)
          """))
  }

  /// The records with a coding that has to be looked for in the text, found without holding the codings:
  /// SQLite compares them where they are. `substr` and `length` count characters as anchors do, and what they
  /// count otherwise (U+0000) is looked for. Who holds all codings anyway asks
  /// ``targetsToPlace(_:)``, which takes a quarter of the time.
  ///
  /// - Parameter number: only of codings that came after the record with this number.
  package func targetsToPlace(after number: Int64 = 0) throws -> Set<RecordID> {
    // For later ones SQLite would go through all codings by their texts, so as to name each text once.
    let way = number > 0 ? "NOT INDEXED" : ""
    return try RecordID.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT DISTINCT target FROM coding \(way)
          LEFT JOIN record ON record.id = target
          LEFT JOIN interview ON interview.record = record.number
          LEFT JOIN note ON note.record = record.number
          WHERE coding.record > ? AND target IS NOT NULL \(unlessWithheld("coding.record")) AND (
            version IS NULL OR version IS NOT coalesce(interview.textVersion, note.textVersion)
            OR quote IS NULL OR length(quote) <> "end" - start
            OR substr(coalesce(interview.text, note.text), start + 1, "end" - start) IS NOT quote)
          """), arguments: [number])
  }
}
