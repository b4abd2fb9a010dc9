import CuadernoLog
import CuadernoSync
import GRDB

/// The registers of one study's records, and the sum of their digests.
struct RegisterTable: Sendable {
  let study: Int64

  func sum(_ db: Database) throws -> Digest {
    let statement = try db.cachedStatement(sql: "SELECT registers FROM study WHERE number = ?")
    guard let sum = try Digest.fetchOne(statement, arguments: [study]) else {
      throw StoreError.damaged
    }
    return sum
  }

  /// Merges changes that the log has just taken, in its order.
  ///
  /// Each record of the page is read and written once, however many of the changes are to it.
  func apply(_ envelopes: some Sequence<Envelope>, _ db: Database) throws {
    var sum = try sum(db)
    let select = try db.cachedStatement(
      sql: "SELECT state FROM record WHERE study = ? AND id = ?")
    var states = [RecordID: RecordState]()
    for envelope in envelopes {
      let record = envelope.record
      if states[record] == nil,
        let bytes = try select.first([.integer(study), .id(record)], { row in row.blob(0) })
      {
        sum.subtract(RecordState.digest(of: record, canonicalBytes: bytes))
        states[record] = try Self.state(bytes)
      }
      states[record, default: RecordState(kind: envelope.kind)].apply(envelope)
    }
    let upsert = try db.cachedStatement(
      sql: """
        INSERT INTO record (study, id, kind, isAlive, contestedCount, state)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (study, id) DO UPDATE SET
          kind = excluded.kind, isAlive = excluded.isAlive,
          contestedCount = excluded.contestedCount, state = excluded.state
        """)
    // Ascending, which is the order of the index's pages.
    for (record, state) in states.sorted(by: { $0.key < $1.key }) {
      let row = RegisterRow(record: record, state: state)
      sum.add(row.digest)
      try upsert.run([
        .integer(study), .id(row.record), .integer(row.kind), .integer(row.isAlive ? 1 : 0),
        .integer(Int64(row.contestedCount)), .blob(row.bytes),
      ])
    }
    try setSum(sum, db)
  }

  func setSum(_ sum: Digest, _ db: Database) throws {
    let statement = try db.cachedStatement(sql: "UPDATE study SET registers = ? WHERE number = ?")
    try statement.execute(arguments: [sum, study])
  }

  func forEachRow(_ db: Database, _ body: (RegisterRow) throws -> Void) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT id, kind, isAlive, contestedCount, state FROM record WHERE study = ?",
      arguments: [study])
    while let row = try rows.next() {
      try body(
        RegisterRow(
          record: try row.decode(atIndex: 0), kind: row[1], isAlive: row[2],
          contestedCount: row[3], bytes: try row.decode(Blob.self, atIndex: 4).bytes))
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
