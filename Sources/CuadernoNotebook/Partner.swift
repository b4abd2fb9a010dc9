import CuadernoLog
import CuadernoModel
package import CuadernoSync
import GRDB

/// Another notebook of the study, and what it is known to hold: what a bundle for it may leave out.
package struct Partner: Hashable, Sendable {
  package var device: DeviceID

  /// What it held when it was last heard of; it holds at least that.
  package var frontier: VectorClock

  /// When it was heard of last, in milliseconds since 1970 on this machine's clock.
  package var heardMilliseconds: Int64

  package init(device: DeviceID, frontier: VectorClock, heardMilliseconds: Int64) {
    self.device = device
    self.frontier = frontier
    self.heardMilliseconds = heardMilliseconds
  }
}

extension Partner {
  /// The last one heard of first.
  static func all(_ log: Database) throws -> [Partner] {
    let rows = try Row.fetchAll(
      log,
      sql: """
        SELECT device, frontier, heardMilliseconds FROM partner
        ORDER BY heardMilliseconds DESC, device
        """)
    return try rows.compactMap { row in
      let clock = try row.decode(Blob.self, atIndex: 1).bytes
      guard let frontier = try? VectorClock(canonicalBytes: clock) else { return nil }
      return Partner(
        device: try row.decode(atIndex: 0), frontier: frontier,
        heardMilliseconds: try row.decode(atIndex: 2))
    }
  }

  /// In place of what was known of it.
  func insert(into log: Database) throws {
    try log.execute(
      sql: """
        INSERT INTO partner (device, frontier, heardMilliseconds) VALUES (?, ?, ?)
        ON CONFLICT (device) DO UPDATE SET
          frontier = excluded.frontier, heardMilliseconds = excluded.heardMilliseconds
        """,
      arguments: [device, Blob(frontier.canonicalBytes), heardMilliseconds])
  }
}

extension Notebook {
  /// The notebooks heard of, the last one first.
  package func partners() throws -> [Partner] {
    try translatingErrors { try log.reading { try Partner.all($0) } }
  }

  /// Remembers what another notebook holds, from a bundle of its own or a sync with it.
  package func heard(from device: DeviceID, holding frontier: VectorClock) throws {
    guard try device != identity().device else { return }
    let known = try partners().first { $0.device == device }?.frontier ?? VectorClock()
    let now = surroundings.now()
    let partner = Partner(
      device: device, frontier: known.joined(with: frontier), heardMilliseconds: now)
    try holdingLock {
      try translatingErrors { try log.write { try partner.insert(into: $0) } }
    }
  }

  /// The partners that a word names: a member's name in any case, or how a device's id begins.
  package func partners(named word: String) throws -> [Partner] {
    let members = try read { try $0.members() }
    let folded = Folding.folded(word)
    return try partners().filter { partner in
      let name = members[partner.device].map { Folding.folded($0.name) }
      return name == folded
        || folded.utf8.count >= 4 && partner.device.description.hasPrefix(folded)
    }
  }
}
