import CuadernoLog
package import CuadernoSync
import GRDB

/// A hub that the notebook has joined.
package struct KnownHub: Hashable, Sendable {
  package var url: String
  /// What the server there must prove to be; nil where an authority vouches for it, and without TLS.
  package var fingerprint: KeyFingerprint?
  /// What requests are authorised with; never printed, logged or backed up.
  package var token: String
  package var role: String
  /// When the notebook and the hub last held the same changes, in milliseconds since 1970.
  package var syncedMilliseconds: Int64?
  /// What both held then.
  package var syncedFrontier: VectorClock?

  package init(
    url: String, fingerprint: KeyFingerprint? = nil, token: String, role: String,
    syncedMilliseconds: Int64? = nil, syncedFrontier: VectorClock? = nil
  ) {
    self.url = url
    self.fingerprint = fingerprint
    self.token = token
    self.role = role
    self.syncedMilliseconds = syncedMilliseconds
    self.syncedFrontier = syncedFrontier
  }
}

extension KnownHub {
  /// The last one joined first.
  static func all(_ log: Database) throws -> [KnownHub] {
    let rows = try Row.fetchAll(
      log,
      sql: """
        SELECT url, token, role, syncedMilliseconds, syncedFrontier, fingerprint FROM hub
        ORDER BY number DESC
        """)
    return try rows.map { row in
      let clock = try row.decode(Blob?.self, atIndex: 4)
      return KnownHub(
        url: try row.decode(atIndex: 0),
        fingerprint: try fingerprint(row.decode(Blob?.self, atIndex: 5)),
        token: try row.decode(atIndex: 1), role: try row.decode(atIndex: 2),
        syncedMilliseconds: try row.decode(atIndex: 3),
        syncedFrontier: clock.flatMap { try? VectorClock(canonicalBytes: $0.bytes) })
    }
  }

  /// The role on the hub that was joined last; nil when none was.
  static func lastRole(_ log: Database) throws -> String? {
    try String.fetchOne(
      log.cachedStatement(sql: "SELECT role FROM hub ORDER BY number DESC LIMIT 1"))
  }

  /// One that cannot be read must not be taken for none: then any server would do.
  private static func fingerprint(_ stored: Blob?) throws -> KeyFingerprint? {
    guard let stored else { return nil }
    guard let fingerprint = KeyFingerprint(bytes: stored.bytes) else { throw StoreError.damaged }
    return fingerprint
  }

  func insert(into log: Database) throws {
    try log.execute(
      sql: """
        INSERT INTO hub (url, token, role, syncedMilliseconds, syncedFrontier, fingerprint)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        url, token, role, syncedMilliseconds, syncedFrontier.map { Blob($0.canonicalBytes) },
        fingerprint.map { Blob($0.bytes) },
      ])
  }
}

extension Notebook {
  /// The hubs joined, the last one first.
  package func hubs() throws -> [KnownHub] {
    try translatingErrors { try log.reading { try KnownHub.all($0) } }
  }

  /// Remembers a hub in place of the one that was known at that address.
  package func remember(_ hub: KnownHub) throws {
    try holdingLock {
      try translatingErrors {
        try log.write { db in
          try db.execute(sql: "DELETE FROM hub WHERE url = ?", arguments: [hub.url])
          try hub.insert(into: db)
        }
      }
    }
  }

  /// How many changes here the hub did not hold when the two last met.
  package func unsentChanges(to hub: KnownHub) throws -> UInt64 {
    try frontier().changesMissing(from: hub.syncedFrontier ?? VectorClock())
  }

  /// What is looked at when a hub is met. Where something that others wrote has come since the last time
  /// from elsewhere, chains are compared first; a copy that became a new device has such too: what it
  /// wrote under its old name.
  package func checks(with hub: KnownHub) throws -> SyncChecks {
    let device = try identity().device
    let alike = hub.syncedFrontier ?? VectorClock()
    let hasOthers = try frontier().entries.contains { $0.device != device && !alike.covers($0) }
    // What it sent to a hub cannot differ there, only what came meanwhile.
    return SyncChecks(
      comparesBeyond: hasOthers ? alike : nil, comparesRegisters: try !partners().isEmpty)
  }

  /// Remembers a hub after a sync of which nothing failed.
  ///
  /// - Parameter agreed: what the two were found to hold alike. The frontier of now would count as sent
  ///   what another command has written here meanwhile, and nothing would send it until the next sync.
  package func synced(with hub: KnownHub, agreeing agreed: VectorClock) throws {
    var hub = hub
    hub.syncedMilliseconds = surroundings.now()
    hub.syncedFrontier = agreed
    try remember(hub)
  }

  /// Remembers a hub after a sync that was cut, with what came of others from it when that is all there is
  /// of theirs: so the next one need not compare it.
  ///
  /// - Parameters:
  ///   - checks: those of that sync.
  ///   - came: what of its changes is here now, and of nobody else's.
  package func cut(from hub: KnownHub, _ checks: SyncChecks, bringing came: VectorClock) throws {
    var hub = hub
    if checks.comparesBeyond == nil {
      let device = try identity().device
      hub.syncedFrontier = (hub.syncedFrontier ?? VectorClock())
        .joined(with: VectorClock(came.entries.filter { $0.device != device }))
    }
    guard try !hubs().contains(hub) else { return }
    try remember(hub)
  }

  /// Whether another hub than the one at an address holds what the two part about.
  package func hasHub(besides url: String, beyond parting: Parting) throws -> Bool {
    try hubs().contains { hub in
      hub.url != url
        && hub.syncedFrontier.map { synced in
          parting.lastCommon.contains { synced[$0.device] > $0.sequence }
        } ?? false
    }
  }
}
