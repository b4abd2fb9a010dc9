import CuadernoLog
import CuadernoSync
import GRDB

/// Fills a new log with what remains of an old one.
struct Mender {
  let old: DamagedLog
  /// The last change of this device that others hold too, when others have the numbers after it.
  let fork: Dot?
  let surroundings: Surroundings

  func fill(_ db: Database) throws -> Mending {
    var mending = Mending()
    mending.missing = old.remains.missing
    mending.turnedBack = old.remains.turnedBack.count
    var frontier = VectorClock()
    let left = try admit(db, &frontier)
    mending.kept = old.remains.found.count - left.count
    let found = Set(old.remains.found.map(\.change.dot))
    let waited = old.strays.filter { !found.contains($0.change.dot) }
    let own = (left + waited).filter { isOnlyHere($0.change.dot) }
    let waiting = (left + waited).filter { !isOnlyHere($0.change.dot) }
    var identity = old.identity
    mending.isNewDevice =
      left.contains { $0.change.dot.device == identity.device }
      || mending.missing.contains { $0.device == identity.device }
    if mending.isNewDevice {
      var generator = surroundings.generator
      identity.device = DeviceID(using: &generator)
    }
    let reissue = Reissue(
      device: identity.device, log: Notebook.changes, surroundings: surroundings)
    let changes = own.map(\.change).sorted { $0.dot < $1.dot }
    identity.lastStamp = try reissue.append(changes, after: identity.lastStamp, db).lastStamp
    mending.writtenAnew = own.count
    try Strays.keep(waiting, db)
    try Strays(log: db).erase(Erasures(log: Notebook.changes, db))
    mending.waiting = waiting.count
    try identity.insert(into: db)
    try carryOver(frontier, db)
    return mending
  }

  /// What the notebook knows beside its changes.
  private func carryOver(_ frontier: VectorClock, _ db: Database) throws {
    for var hub in old.hubs.reversed() {
      hub.syncedFrontier = hub.syncedFrontier.map(upToFork)
      try hub.insert(into: db)
    }
    for var partner in old.partners {
      partner.frontier = upToFork(partner.frontier)
      try partner.insert(into: db)
    }
    // Whoever wrote here has seen what this device wrote, and nothing of what another gave its numbers.
    let device = old.identity.device
    let own = max(frontier[device], old.seen[device])
    let seen = old.seen.joined(with: VectorClock([Dot(device: device, sequence: own)]))
    try Notebook.markSeen(upToFork(seen), db)
  }

  /// After the fork a number stands for another change than the one that was meant.
  private func upToFork(_ clock: VectorClock) -> VectorClock {
    guard let fork else { return clock }
    return VectorClock(
      clock.entries.map { entry in
        Dot(
          device: entry.device,
          sequence: entry.device == fork.device
            ? min(entry.sequence, fork.sequence) : entry.sequence)
      }.filter { $0.sequence > 0 })
  }

  /// Appends what may be appended, in the old order as far as it is known; answers the rest.
  private func admit(_ db: Database, _ frontier: inout VectorClock) throws -> [LogRemains.Found] {
    var appender = try Notebook.changes.appender(db)
    var links = [DeviceID: Digest]()
    var left = old.remains.found
    var before = Int.max
    // Where a place in the order could not be read, a change comes before what it builds on.
    while left.count < before {
      before = left.count
      var rest = [LogRemains.Found]()
      for found in left {
        let dot = found.change.dot
        guard !isAfterFork(dot), dot.sequence == frontier[dot.device] + 1,
          frontier.covers(found.change.envelope.context)
        else {
          rest.append(found)
          continue
        }
        let admitted = AdmittedChange(own: found.change, after: links[dot.device] ?? .zero)
        guard admitted.link == found.link else {
          rest.append(found)
          continue
        }
        try appender.append(admitted, db)
        frontier.include(dot)
        links[dot.device] = admitted.link
      }
      left = rest
    }
    try appender.finish(db)
    return left
  }

  /// Whether this device wrote a change and no hub is known to hold it.
  private func isOnlyHere(_ dot: Dot) -> Bool {
    isAfterFork(dot)
      || dot.device == old.identity.device
        && !old.hubs.contains { $0.syncedFrontier?.covers(dot) == true }
  }

  private func isAfterFork(_ dot: Dot) -> Bool {
    fork.map { dot.device == $0.device && dot.sequence > $0.sequence } ?? false
  }
}
