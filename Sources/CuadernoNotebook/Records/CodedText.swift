import CuadernoLog
package import CuadernoModel
package import CuadernoSync
package import CuadernoText
import GRDB

/// A text that can be coded, with the version that codings which stand in it were made on.
package struct CodedText: Sendable {
  package let text: ScalarText
  /// As the view has it; empty when nobody knows.
  let version: [UInt8]

  fileprivate init(_ text: ScalarText, _ version: [UInt8]) {
    self.text = text
    self.version = version
  }

  package init(_ text: String, _ version: TextVersion?) {
    self.init(ScalarText(text), version?.bytes ?? [])
  }

  /// Takes the text and its version, which are next to each other in a row.
  init?(_ columns: inout RowColumns) throws {
    let text = columns.utf8()
    let version = try columns.next(Blob.self)
    guard let text else { return nil }
    self.init(ScalarText(repairing: text), version?.bytes ?? [])
  }
}

extension Reader {
  /// Reads the texts of a kind one by one, for ``GatheredCodings``.
  package func codedTexts(of kind: Kind) throws -> TextReading? {
    guard let field = Field.codedText(of: kind) else { return nil }
    let statement = try view.cachedStatement(
      sql: """
        SELECT \(field.name), textVersion FROM \(kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?\(unlessWithheld("number")))
        """)
    return TextReading(statement: statement)
  }
}

/// A query for one text after another, looked up once.
package struct TextReading {
  fileprivate let statement: Statement

  /// The text of a record; nil when it has none, or is not there.
  package func text(of record: RecordID) throws -> CodedText? {
    try statement.first([.id(record)]) { row in
      var columns = RowColumns(row)
      return try CodedText(&columns)
    } ?? nil
  }
}
