import CuadernoLog
import CuadernoSync

/// The registers of one study's records, and the sum of their digests.
struct RegisterTable: Sendable {
  let study: Int64

  /// The registers of some records, and the sum of all, before changes are merged into them.
  struct Held {
    var sum: Digest
    /// In canonical bytes; those of records that are here.
    var states: [RecordID: [UInt8]]
  }

  func sum(_ db: some SQLTransaction) throws -> Digest {
    try askSum(db).value()
  }

  func askSum(_ db: some SQLTransaction) throws -> Answer<Digest> {
    try db.askFirst(Self.sum, [.integer(study)]) { try $0.digest(0) }.map { sum in
      guard let sum else { throw StoreError.damaged }
      return sum
    }
  }

  func askHeld(
    for envelopes: some Sequence<Envelope>, _ db: some SQLTransaction
  ) throws -> Answer<Held> {
    let sum = try askSum(db)
    // Ascending, which is the order of the index's pages.
    let records = Set(envelopes.lazy.map(\.record)).sorted()
    let states = try db.ask(Self.states, forEach: records.map { [.integer(study), .id($0)] }) {
      (try $0.id(0) as RecordID, try $0.bytes(1))
    }
    return Answer {
      Held(
        sum: try sum.value(),
        states: Dictionary(try states.value(), uniquingKeysWith: { first, _ in first }))
    }
  }

  /// The changes that records are made of now; nothing of one that is not here, or has very many fields, which
  /// would be read for every page that has something on it.
  func writes(of records: [RecordID], _ db: some SQLTransaction) throws -> [RecordID: [Dot]] {
    try first("state", of: records, where: "length(state) <= 65536", db) {
      try Self.state($0.bytes(0)).writes.map(\.dot)
    }
  }

  /// What a column says of those of some records that are here.
  func first<Transaction: SQLTransaction, Result>(
    _ column: String, of records: [RecordID], where condition: String = "TRUE", _ db: Transaction,
    _ read: (Transaction.Row) throws -> Result
  ) throws -> [RecordID: Result] {
    // Ascending, which is the order of the index's pages.
    let records = Set(records).sorted()
    let results = try db.first(
      "SELECT \(column) FROM record WHERE study = ? AND id = ? AND \(condition)",
      forEach: records.map { [.integer(study), .id($0)] }, read)
    return Dictionary(
      uniqueKeysWithValues: zip(records, results).compactMap { record, result in
        result.map { (record, $0) }
      })
  }

  private static let states = RowStatement.select(
    ["id", "state"], from: "record", where: [.integer("study"), .bytes("id")])

  private static let sum = RowStatement.select(
    ["digest"], from: "registerSum", where: [.integer("study")])

  /// Merges changes that the log has just taken, in its order.
  ///
  /// Each record of the page is read and written once, however many of the changes are to it.
  ///
  /// - Returns: the sum of all registers then.
  @discardableResult
  func apply(
    _ envelopes: [Envelope], on held: Held, _ db: some SQLTransaction
  ) throws -> Digest {
    var sum = held.sum
    let records = Set(envelopes.lazy.map(\.record)).sorted()
    var states = [RecordID: RecordState]()
    for record in records {
      guard let bytes = held.states[record] else { continue }
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
      try db.write(
        [
          .integer(study), .id(row.record), .integer(row.kind), .integer(row.isAlive ? 1 : 0),
          .integer(Int64(row.contestedCount)), .blob(row.bytes),
        ], by: Self.upsert)
    }
    try setSum(sum, db)
    return sum
  }

  private static let upsert = RowStatement.insert(
    into: "record",
    [
      .integer("study"), .bytes("id"), .integer("kind"), .integer("isAlive"),
      .integer("contestedCount"), .bytes("state"),
    ],
    onConflict: """
      (study, id) DO UPDATE SET
        kind = excluded.kind, isAlive = excluded.isAlive,
        contestedCount = excluded.contestedCount, state = excluded.state
      """)

  func setSum(_ sum: Digest, _ db: some SQLTransaction) throws {
    try db.write([.digest(sum), .integer(study)], by: Self.setting)
  }

  private static let setting = RowStatement.update(
    "registerSum", set: [.bytes("digest")], where: [.integer("study")])

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
