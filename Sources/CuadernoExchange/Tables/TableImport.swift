import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// The tables that a study can be brought in from.
///
/// Every one may be imported again: rows are matched by the names of what they are about, and what a
/// row says already is not written. A table is taken in whole or not at all.
package enum TableImport: String, CaseIterable, Sendable {
  case periods, attributes, places, participants, codebook, codings, notes

  /// - Parameters:
  ///   - coder: who made the codings of a table of codings; other tables have none.
  ///   - encoding: nil to tell it from the bytes.
  /// - Throws: ``ExchangeError`` with the line and column of what was refused.
  package func read(
    _ bytes: [UInt8], as encoding: TextEncoding? = nil, coder: String? = nil,
    into writer: inout Writer
  ) throws -> ImportTally {
    try TextDecoding.refuseSpreadsheet(bytes)
    let table = try CSVTable(try TextDecoding.text(bytes, as: encoding))
    return switch self {
    case .periods: try PeriodTable.read(table, into: &writer)
    case .attributes: try AttributeTable.read(table, into: &writer)
    case .places: try PlaceTable.read(table, into: &writer)
    case .participants: try ParticipantTable.read(table, into: &writer)
    case .codebook: try CodebookTable.read(table, into: &writer)
    case .codings:
      try CodingTable.read(table, coder: coder ?? writer.reader.identity.member, into: &writer)
    case .notes: try NoteTable.read(table, into: &writer)
    }
  }
}

/// What several tables read alike.
extension CSVTable {
  func date(_ row: Row, _ column: Int?) throws -> PartialDate? {
    guard let column, let text = line(row, column) else { return nil }
    do throws(PartialDate.Fault) {
      if let date = try WrittenDate.yearFirst(text) { return date }
      throw .unreadable
    } catch {
      throw ExchangeError(place(row, column), .fault(.date(field: columns[column], error)))
    }
  }

  func number(_ row: Row, _ column: Int?) throws -> Double? {
    guard let column, let text = line(row, column) else { return nil }
    guard let number = Double(text), number.isFinite else {
      throw ExchangeError(place(row, column), .table(.notANumber))
    }
    return number
  }

  func list(_ row: Row, _ column: Int?) -> Value? {
    let entries = line(row, column)?.listEntries ?? []
    return entries.isEmpty ? nil : .list(entries)
  }

  /// The cells of the columns `attribute:NAME` that hold something.
  func attributes(_ row: Row, _ field: Field, _ keys: FieldKeys) -> [FieldEdit] {
    attributeColumns.compactMap { index, name in
      line(row, index).map { value in
        FieldEdit(
          field, key: keys.key(named: name),
          value: .attribute(Attribute(name: name, value: value)))
      }
    }
  }
}

extension Writer {
  /// Enters a row whose place is the line, and counts it. Two rows may be about one record where they do
  /// not contradict each other: nobody could say which of them is right, and each import would change
  /// the record twice.
  ///
  /// - Parameter name: by which a record that is here was found, in any case and with any accents; it
  ///   keeps the spelling that it has.
  mutating func enter(
    _ table: CSVTable.Row, _ record: RecordID?, _ kind: Kind, named name: FieldEdit? = nil,
    _ edits: [FieldEdit], _ rows: inout EnteredRows
  ) throws -> RecordID {
    let id = record ?? newID()
    let names = record == nil ? [name].compactMap { $0 } : []
    let edits = edits.filter { $0.value != nil }
    try rows.note(edits, of: id, .record(kind), line: table.line)
    let outcome = try ExchangeError.at(.line(table.line)) { try enter(id, kind, names + edits) }
    rows.tally.count(kind, outcome)
    return id
  }
}
