package import CuadernoSync

/// A transaction in the SQL that SQLite and PostgreSQL both speak.
///
/// The log and the ledger are written once, over this: `?` stands for a value, integers have 64 bits,
/// ids, digests and payloads are bytes, and names are never quoted, so that their case does not count.
/// What the two databases cannot say alike is a requirement of its own.
package protocol SQLTransaction {
  associatedtype Row: ResultRow

  /// Runs a statement of which no answer is needed.
  ///
  /// It may be on its way still when this returns, so that thousands of them do not wait for an answer
  /// each; what goes wrong is thrown by a later call, and by the commit at the latest.
  func run(_ sql: String, _ values: [Binding]) throws

  /// The first row that a statement answers, as a body reads it; nil when there is none.
  func first<Result>(
    _ sql: String, _ values: [Binding], _ read: (Row) throws -> Result
  ) throws -> Result?

  /// The first row for each of many values, in their order.
  func first<Result>(
    _ sql: String, forEach values: [[Binding]], _ read: (Row) throws -> Result
  ) throws -> [Result?]

  /// Every row of an answer that is known to be short.
  func all<Result>(
    _ sql: String, _ values: [Binding], _ read: (Row) throws -> Result
  ) throws -> [Result]

  /// Asks for the rows of an answer that is known to be short, and may not wait for it.
  func ask<Result>(
    _ sql: String, _ values: [Binding], _ read: @escaping (Row) throws -> Result
  ) throws -> Answer<[Result]>

  /// Asks for the rows that have one of many keys, in no order; it may be sent together with what is asked
  /// next by the same statement.
  func ask<Result>(
    _ select: RowStatement, forEach keys: [[Binding]], _ read: @escaping (Row) throws -> Result
  ) throws -> Answer<[Result]>

  /// Writes a row, as ``run(_:_:)`` runs a statement.
  ///
  /// It may be held back until the next question or statement, to be sent with others: after rows of
  /// another statement that are held back too, if those came first.
  func write(_ values: [Binding], by statement: RowStatement) throws

  /// The rows of an answer of any length, a few of them in memory at a time.
  ///
  /// - Parameter body: answers whether it wants the next one.
  func scan(_ sql: String, _ values: [Binding], _ body: (Row) throws -> Bool) throws

  /// After which position a study's next change comes: in a file all studies share them.
  func askEnd(of study: Int64) throws -> Answer<Int64>

  /// The link of a change, by the number that its device has here.
  func link(study: Int64, device: Int64, sequence: UInt64) throws -> Digest?

  /// The id of the device with a number.
  func deviceID(study: Int64, number: Int64) throws -> DeviceID?

  /// Asks for the link of a change held; nil for one that is not.
  func askLink(study: Int64, at dot: Dot) throws -> Answer<Digest?>

  /// Asks for the link of the change that a device's row names as its last; nil before its first.
  func askLastLink(study: Int64, of device: DeviceID) throws -> Answer<Digest?>
}

extension SQLTransaction {
  // Not by key paths: in a generic function each use makes one anew, which was a sixteenth of a server's time.

  /// Asks for the only row that there can be; nil when there is none.
  package func askFirst<Result>(
    _ sql: String, _ values: [Binding], _ read: @escaping (Row) throws -> Result
  ) throws -> Answer<Result?> {
    try ask(sql, values, read).map { $0.first }
  }

  /// The same for a key.
  package func askFirst<Result>(
    _ select: RowStatement, _ key: [Binding], _ read: @escaping (Row) throws -> Result
  ) throws -> Answer<Result?> {
    try ask(select, forEach: [key], read).map { $0.first }
  }
}

extension SQLTransaction {
  /// Asks for the position of a study's last change; zero before its first. In a ledger, which has a row in
  /// `registerSum` for each study.
  package func askStudyEnd(of study: Int64) throws -> Answer<Int64> {
    try askFirst(.studyEnd, [.integer(study)]) { try $0.optionalInteger(0) }
      .map { last in last.flatMap { $0 } ?? 0 }
  }
}

extension RowStatement {
  fileprivate static let studyEnd = RowStatement.select(
    ["(SELECT max(position) FROM change WHERE study = registerSum.study)"], from: "registerSum",
    where: [.integer("study")])
}

/// A row as it comes from a database.
///
/// Each of these throws ``StoreError/damaged`` for what a column may not hold by its constraints.
package protocol ResultRow {
  func isNull(_ index: Int) -> Bool
  func integer(_ index: Int) throws -> Int64
  func text(_ index: Int) throws -> String
  func bytes(_ index: Int) throws -> [UInt8]
}

extension ResultRow {
  package func optionalInteger(_ index: Int) throws -> Int64? {
    isNull(index) ? nil : try integer(index)
  }

  package func optionalText(_ index: Int) throws -> String? {
    isNull(index) ? nil : try text(index)
  }

  package func optionalID<ID: Identifier>(_ index: Int) throws -> ID? {
    isNull(index) ? nil : try id(index)
  }

  package func sequence(_ index: Int) throws -> UInt64 {
    UInt64(bitPattern: try integer(index))
  }

  package func id<ID: Identifier>(_ index: Int) throws -> ID {
    guard let id = ID(bytes: try bytes(index)) else { throw StoreError.damaged }
    return id
  }

  package func digest(_ index: Int) throws -> Digest {
    guard let digest = Digest(bytes: try bytes(index)) else { throw StoreError.damaged }
    return digest
  }
}

extension Binding {
  package static func digest(_ digest: Digest) -> Binding {
    .blob(digest.bytes)
  }

  package static func sequence(_ sequence: UInt64) -> Binding {
    .integer(Int64(bitPattern: sequence))
  }

  package init(_ number: Int64?) {
    self = number.map(Binding.integer) ?? .null
  }

  package init(_ id: (some Identifier)?) {
    self = id.map { .id($0.rawValue) } ?? .null
  }
}
