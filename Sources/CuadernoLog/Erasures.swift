package import CuadernoSync

/// The records of a study whose payloads were erased, and the erasing (law 6).
///
/// A record is erased when an erase names it, and when any change ever said that it is on or about
/// one that is: a coding holds words of its text, and a note repeats them. This depends on the set of
/// changes and not on their order, so every store erases the same.
package struct Erasures: Sendable {
  private let log: ChangeLog
  package private(set) var records: Set<RecordID>

  package init(log: ChangeLog, _ db: some SQLTransaction) throws {
    self = try Self.ask(of: log, db).value()
  }

  private init(log: ChangeLog, records: Set<RecordID>) {
    self.log = log
    self.records = records
  }

  private static let held = RowStatement.select(
    ["record"], from: "erased", where: [.integer("study")])

  static func ask(of log: ChangeLog, _ db: some SQLTransaction) throws -> Answer<Erasures> {
    try db.ask(held, forEach: [[.integer(log.study)]]) {
      try $0.id(0)
    }.map { Erasures(log: log, records: Set($0)) }
  }

  /// Whether appending a change erases something, itself or others.
  ///
  /// An erase that comes without its payload was void where it comes from, since nothing else takes
  /// that away. What it would take here could not be brought back when the mark that says so arrives.
  package func concern(_ change: Change) -> Bool {
    isEffectiveErase(change) || reach(change.envelope)
  }

  private func isEffectiveErase(_ change: Change) -> Bool {
    guard case .payload = change.content else { return false }
    return change.envelope.action == .erase
  }

  /// Whether a change writes to what was erased, or is about it.
  package func reach(_ envelope: Envelope) -> Bool {
    guard !records.isEmpty else { return false }
    return records.contains(envelope.record)
      || envelope.about?.contains(where: records.contains) == true
  }

  /// Erases what a change that is about to be appended erases, and returns it as it may be stored.
  mutating func admit(
    _ admitted: AdmittedChange, besides voids: Voids, _ db: some SQLTransaction
  ) throws -> AdmittedChange {
    let envelope = admitted.change.envelope
    guard concern(admitted.change) else { return admitted }
    if !records.contains(envelope.record) { try erase(envelope.record, besides: voids, db) }
    // An erase has nothing in its payload.
    return envelope.action == .erase ? admitted : admitted.erased
  }

  private mutating func erase(
    _ record: RecordID, besides voids: Voids, _ db: some SQLTransaction
  ) throws {
    var hosts = [(record: RecordID, about: [RecordID])]()
    try forEachEnvelope(db) { _, envelope in
      if !voids.contains(envelope.dot), let about = envelope.about {
        hosts.append((envelope.record, about))
      }
    }
    var added: Set = [record]
    var count = 0
    while added.count > count {
      count = added.count
      for host in hosts where host.about.contains(where: added.contains) {
        added.insert(host.record)
      }
    }
    added.subtract(records)
    for record in added.sorted() {
      try db.run(
        "INSERT INTO erased (study, record) VALUES (?, ?)", [.integer(log.study), .id(record)])
    }
    records.formUnion(added)
    try removePayloads(of: added, db)
  }

  private func removePayloads(of erased: Set<RecordID>, _ db: some SQLTransaction) throws {
    var positions = [Int64]()
    try forEachEnvelope(db) { position, envelope in
      if erased.contains(envelope.record), envelope.action != .erase { positions.append(position) }
    }
    for position in positions {
      guard let entry = try log.entry(at: position, db) else { throw StoreError.damaged }
      try log.removePayload(of: entry, db)
    }
  }

  private func forEachEnvelope(
    _ db: some SQLTransaction, _ body: (Int64, Envelope) throws -> Void
  ) throws {
    try db.scan(
      "SELECT position, envelope FROM change WHERE study = ? ORDER BY position",
      [.integer(log.study)]
    ) { row in
      // What cannot be read is found by whoever reads it for its contents.
      if let envelope = try? Envelope(canonicalBytes: try row.bytes(1)) {
        try body(try row.integer(0), envelope)
      }
      return true
    }
  }
}

extension ChangeLog {
  /// Leaves the digest of a payload in its place.
  func removePayload(of entry: Entry, _ db: some SQLTransaction) throws {
    try db.run(
      """
      UPDATE change SET salt = NULL, payload = NULL, payloadDigest = ?
      WHERE study = ? AND position = ?
      """,
      [.digest(entry.change.payloadDigest), .integer(study), .integer(entry.position)])
  }
}
