import CuadernoLog
import CuadernoSync
import GRDB

/// The row of a record in `record`.
struct RecordRow {
  let view: Database

  struct Found {
    let number: Int64
    let state: RecordState
    let digest: Digest
    let isShown: Bool
  }

  func find(_ id: RecordID) throws -> Found? {
    try view.cachedStatement(sql: "SELECT number, state, isAlive FROM record WHERE id = ?")
      .first([.id(id)]) { try Self.found(id, $0) }
  }

  /// - Parameter number: the one that the record has.
  func find(_ id: RecordID, number: Int64) throws -> Found? {
    try view.cachedStatement(sql: "SELECT number, state, isAlive FROM record WHERE number = ?")
      .first([.integer(number)]) { try Self.found(id, $0) }
  }

  private static func found(_ id: RecordID, _ row: BoundRow) throws -> Found {
    let bytes = row.blob(1)
    guard let state = try? RecordState(canonicalBytes: bytes) else { throw StoreError.damaged }
    return Found(
      number: row.integer(0), state: state,
      digest: RecordState.digest(of: id, canonicalBytes: bytes), isShown: row.integer(2) != 0)
  }

  /// A record's state after a change, with its canonical bytes.
  struct Written {
    let state: RecordState
    let bytes: [UInt8]
  }

  func update(
    _ number: Int64, _ envelope: Envelope, _ written: Written, isShown: Bool
  ) throws {
    try view.cachedStatement(
      sql: """
        UPDATE record SET kind = ?, isAlive = ?, changedStamp = max(changedStamp, ?), state = ?
        WHERE number = ?
        """
    ).run([
      .integer(Int64(written.state.kind)), .integer(isShown ? 1 : 0),
      .integer(Int64(bitPattern: envelope.stamp.rawValue)), .blob(written.bytes),
      .integer(number),
    ])
  }

  static let insertion =
    """
    INSERT INTO record (id, kind, isAlive, changedStamp, state) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING
    """

  /// - Parameter statement: ``insertion``.
  /// - Returns: the number given; nil when the record has a row already, which is left as it is.
  func insert(
    _ envelope: Envelope, _ written: Written, isShown: Bool, by statement: Statement
  ) throws -> Int64? {
    try statement.run([
      .id(envelope.record), .integer(Int64(written.state.kind)), .integer(isShown ? 1 : 0),
      .integer(Int64(bitPattern: envelope.stamp.rawValue)), .blob(written.bytes),
    ])
    return view.changesCount > 0 ? view.lastInsertedRowID : nil
  }
}
