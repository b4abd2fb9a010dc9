package import CuadernoSync
package import GRDB

/// The records of a study whose payloads were erased, and the erasing (law 6).
///
/// A record is erased when an erase names it, and when any change ever said that it is on or about
/// one that is: a coding holds words of its text, and a note repeats them. This depends on the set of
/// changes and not on their order, so every store erases the same.
package struct Erasures: Sendable {
  private let log: ChangeLog
  package private(set) var records: Set<RecordID>

  package init(log: ChangeLog, _ db: Database) throws {
    self.log = log
    records = try RecordID.fetchSet(
      db.cachedStatement(sql: "SELECT record FROM erased WHERE study = ?"), arguments: [log.study])
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
    _ admitted: AdmittedChange, besides voids: Voids, _ db: Database
  ) throws -> AdmittedChange {
    let envelope = admitted.change.envelope
    guard concern(admitted.change) else { return admitted }
    if !records.contains(envelope.record) { try erase(envelope.record, besides: voids, db) }
    // An erase has nothing in its payload.
    return envelope.action == .erase ? admitted : admitted.erased
  }

  private mutating func erase(
    _ record: RecordID, besides voids: Voids, _ db: Database
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
    let insert = try db.cachedStatement(sql: "INSERT INTO erased (study, record) VALUES (?, ?)")
    for record in added.sorted() { try insert.execute(arguments: [log.study, record]) }
    records.formUnion(added)
    try removePayloads(of: added, db)
  }

  private func removePayloads(of erased: Set<RecordID>, _ db: Database) throws {
    var positions = [Int64]()
    try forEachEnvelope(db) { position, envelope in
      if erased.contains(envelope.record), envelope.action != .erase { positions.append(position) }
    }
    let update = try db.cachedStatement(
      sql: """
        UPDATE change SET salt = NULL, payload = NULL, payloadDigest = ? WHERE position = ?
        """)
    for position in positions {
      guard let change = try log.entry(at: position, db)?.change else { throw StoreError.damaged }
      try update.execute(arguments: [change.payloadDigest, position])
    }
  }

  private func forEachEnvelope(
    _ db: Database, _ body: (Int64, Envelope) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(
      db.cachedStatement(
        sql: "SELECT position, envelope FROM change WHERE study = ? ORDER BY position"),
      arguments: [log.study])
    while let row = try rows.next() {
      // What cannot be read is found by whoever reads it for its contents.
      guard
        let envelope = try? Envelope(
          canonicalBytes: try row.decode(Blob.self, atIndex: 1).bytes)
      else { continue }
      try body(try row.decode(atIndex: 0), envelope)
    }
  }
}
