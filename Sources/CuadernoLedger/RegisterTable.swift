import CuadernoLog
import CuadernoSync

/// The registers of one study's records, and the sum of their digests.
struct RegisterTable: Sendable {
  let study: Int64

  func sum(_ db: some SQLTransaction) throws -> Digest {
    let sum = try db.first("SELECT digest FROM registerSum WHERE study = ?", [.integer(study)]) {
      try $0.digest(0)
    }
    guard let sum else { throw StoreError.damaged }
    return sum
  }

  /// Merges changes that the log has just taken, in its order.
  ///
  /// Each record of the page is read and written once, however many of the changes are to it.
  func apply(_ envelopes: [Envelope], _ db: some SQLTransaction) throws {
    var sum = try sum(db)
    // Ascending, which is the order of the index's pages.
    let records = Set(envelopes.lazy.map(\.record)).sorted()
    let held = try db.first(
      "SELECT state FROM record WHERE study = ? AND id = ?",
      forEach: records.map { [.integer(study), .id($0)] }
    ) { try $0.bytes(0) }
    var states = [RecordID: RecordState]()
    for (record, bytes) in zip(records, held) {
      guard let bytes else { continue }
      sum.subtract(RecordState.digest(of: record, canonicalBytes: bytes))
      states[record] = try Self.state(bytes)
    }
    for envelope in envelopes {
      states[envelope.record, default: RecordState(kind: envelope.kind)].apply(envelope)
    }
    for record in records {
      guard let state = states[record] else { continue }
      let row = RegisterRow(record: record, state: state)
      sum.add(row.digest)
      try db.run(
        """
        INSERT INTO record (study, id, kind, isAlive, contestedCount, state)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (study, id) DO UPDATE SET
          kind = excluded.kind, isAlive = excluded.isAlive,
          contestedCount = excluded.contestedCount, state = excluded.state
        """,
        [
          .integer(study), .id(row.record), .integer(row.kind), .integer(row.isAlive ? 1 : 0),
          .integer(Int64(row.contestedCount)), .blob(row.bytes),
        ])
    }
    try setSum(sum, db)
  }

  func setSum(_ sum: Digest, _ db: some SQLTransaction) throws {
    try db.run(
      "UPDATE registerSum SET digest = ? WHERE study = ?", [.digest(sum), .integer(study)])
  }

  func forEachRow(_ db: some SQLTransaction, _ body: (RegisterRow) throws -> Void) throws {
    try db.scan(
      "SELECT id, kind, isAlive, contestedCount, state FROM record WHERE study = ? ORDER BY id",
      [.integer(study)]
    ) { row in
      try body(
        RegisterRow(
          record: try row.id(0), kind: try row.integer(1), isAlive: try row.integer(2) != 0,
          contestedCount: Int(try row.integer(3)), bytes: try row.bytes(4)))
      return true
    }
  }

  private static func state(_ bytes: [UInt8]) throws -> RecordState {
    do {
      return try RecordState(canonicalBytes: bytes)
    } catch {
      throw StoreError.damaged
    }
  }
}

/// One record's row: its state in canonical bytes, and what is asked of it without reading them.
struct RegisterRow: Equatable {
  let record: RecordID
  let kind: Int64
  let isAlive: Bool
  let contestedCount: Int
  let bytes: [UInt8]

  var digest: Digest { RecordState.digest(of: record, canonicalBytes: bytes) }
}

extension RegisterRow {
  init(record: RecordID, state: RecordState) {
    self.init(
      record: record, kind: Int64(state.kind), isAlive: state.isAlive,
      contestedCount: state.contestedFields.count, bytes: state.canonicalBytes)
  }
}
