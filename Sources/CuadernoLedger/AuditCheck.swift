import CuadernoLog
package import CuadernoSync

/// What reading the whole audit log found.
package struct AuditCheck: Hashable, Sendable {
  /// The chain of one study's entries.
  package struct Chain: Hashable, Sendable {
    /// The study's title; nil when there is no such study.
    package let study: String?
    package internal(set) var entries: Int64 = 0
    /// The link of the last entry: whoever writes it down can tell later that nothing before it changed.
    package internal(set) var head = Digest.zero
    /// The first entry that does not follow from the one before it.
    package internal(set) var firstFault: Int64?

    init(study: String?) {
      self.study = study
    }
  }

  /// In the order in which the studies were made.
  package internal(set) var chains: [Chain] = []
  /// Whether the log still holds the entry that somebody had written down; nil when none was named.
  package internal(set) var holdsNoted: Bool?

  package var entries: Int64 { chains.reduce(0) { $0 + $1.entries } }

  /// The first entry, of whatever study, that does not follow from the one before it.
  package var firstFault: Int64? { chains.lazy.compactMap(\.firstFault).first }

  package var isSound: Bool { chains.allSatisfy { $0.firstFault == nil } && holdsNoted != false }
}

extension AuditCheck {
  init(of db: some SQLTransaction, noted: (number: Int64, link: Digest)? = nil) throws {
    if noted != nil { holdsNoted = false }
    let titles = Dictionary(
      uniqueKeysWithValues: try Study.all(db).map { ($0.number, $0.title) })
    var study: Int64?
    try db.scan(AuditEntry.columns + " FROM audit ORDER BY audit.study, audit.number", []) { row in
      let entry = try AuditEntry(row)
      if entry.study != study {
        chains.append(Chain(study: titles[entry.study]))
        study = entry.study
      }
      let stored = try row.digest(9)
      guard chains[chains.count - 1].take(entry, stored) else { return true }
      if let noted, noted.number == entry.number, noted.link == stored { holdsNoted = true }
      return true
    }
  }
}

extension AuditCheck.Chain {
  /// - Returns: whether it follows from the entries before it.
  fileprivate mutating func take(_ entry: AuditEntry, _ stored: Digest) -> Bool {
    guard firstFault == nil else { return false }
    let link = entry.link(after: head)
    guard entry.number == entries + 1, link == stored else {
      firstFault = entry.number
      return false
    }
    entries += 1
    head = link
    return true
  }
}

extension Ledger {
  /// Reads the whole audit log against its chains.
  ///
  /// - Parameter noted: an entry that somebody has written down elsewhere: a log that was made anew from
  ///   its beginning hashes well, and only this tells.
  package func checkAudit(noted: (number: Int64, link: Digest)? = nil) async throws -> AuditCheck {
    try await database.readAside { db in try AuditCheck(of: db, noted: noted) }
  }
}
