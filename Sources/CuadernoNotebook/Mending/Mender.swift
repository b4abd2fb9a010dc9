import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// Fills a new log with what remains of an old one.
struct Mender {
  let old: DamagedLog
  /// Where another store's chains part from those here; nil when the log is damaged and not forked.
  let parting: Parting?
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
    // What a hub did not take is not brought to it once more under another name.
    let void = Set(old.remains.found.flatMap { $0.change.envelope.voided })
    func isWrittenAnew(_ found: LogRemains.Found) -> Bool {
      let dot = found.change.dot
      return self.isWrittenAnew(dot) && (parting != nil || !void.contains(dot))
    }
    let anew = (left + waited).filter(isWrittenAnew).map(\.change)
    let waiting = (left + waited).filter { !isWrittenAnew($0) }
    var identity = old.identity
    mending.isNewDevice =
      left.contains { $0.change.dot.device == identity.device }
      || mending.missing.contains { $0.device == identity.device }
    var generator = surroundings.generator
    if mending.isNewDevice { identity.device = DeviceID(using: &generator) }
    let written = try writeAnew(Self.inCausalOrder(anew), identity, db)
    identity.lastStamp = written.lastStamp
    mending.writtenAnew = anew.count
    try Strays.keep(waiting, db)
    try Strays(log: db).erase(Erasures(log: Notebook.changes, db))
    mending.waiting = waiting.count
    try identity.insert(into: db)
    try carryOver(frontier, written.names, db)
    return mending
  }

  /// What the notebook knows beside its changes. What it has learnt of its clock it learns again.
  ///
  /// - Parameter names: what was written anew, and under which names.
  private func carryOver(
    _ frontier: VectorClock, _ names: [Dot: Dot], _ db: Database
  ) throws {
    for var hub in old.hubs.reversed() {
      hub.syncedFrontier = hub.syncedFrontier.map(common)
      try hub.insert(into: db)
    }
    try Untaken.keep(old.untaken, db)
    for var partner in old.partners {
      partner.frontier = common(partner.frontier)
      try partner.insert(into: db)
    }
    // Whoever wrote here has seen what this device wrote, and nothing of what another gave its numbers.
    let device = old.identity.device
    let own = max(frontier[device], old.seen[device])
    let seen = old.seen.joined(with: VectorClock([Dot(device: device, sequence: own)]))
    let anew = names.filter { $0.key.device == device || old.seen.covers($0.key) }.values
    try Notebook.markSeen(common(seen).joined(with: VectorClock(anew)), db)
  }

  /// Beyond where chains part a number stands for another change than the one that was meant.
  private func common(_ clock: VectorClock) -> VectorClock {
    parting?.common(in: clock) ?? clock
  }

  /// - Returns: the greatest stamp now, and the new name of each change.
  private func writeAnew(
    _ changes: [Change], _ identity: Notebook.Identity, _ db: Database
  ) throws -> (lastStamp: Stamp, names: [Dot: Dot]) {
    var reissue = Reissue(
      device: identity.device, log: Notebook.changes, surroundings: surroundings)
    guard parting != nil else {
      return try reissue.append(changes, after: identity.lastStamp, db)
    }
    // Everybody who holds this branch writes it anew, each when it meets the other one: all under the
    // same names and with the same bytes, so that it is there once. So what somebody else wrote also
    // stays somebody else's.
    reissue.isRepeatable = true
    var first = [DeviceID: Change]()
    for change in changes where first[change.dot.device] == nil {
      first[change.dot.device] = change
    }
    var introductions = [Change]()
    for change in first.values.sorted(by: { $0.dot < $1.dot }) {
      guard let link = link(of: change) else { continue }
      let new = Self.successor(of: change.dot.device, from: link)
      reissue.devices[change.dot.device] = new
      reissue.devices[new] = new
      if let introduction = try introduction(of: change, as: new) {
        introductions.append(introduction)
      }
    }
    return try reissue.append(introductions + changes, after: identity.lastStamp, db)
  }

  private func link(of change: Change) -> Digest? {
    (old.remains.found + old.strays).first { $0.change.dot == change.dot }?.link
  }

  /// The device under which a branch of a chain goes on; the same for all who hold the branch.
  private static func successor(of device: DeviceID, from link: Digest) -> DeviceID {
    var bytes = device.bytes
    link.append(to: &bytes)
    return DeviceID(bytes: Digest(hashing: bytes).bytes.prefix(DeviceID.byteCount)) ?? device
  }

  /// Makes a device known under the name of the person whose change it repeats first.
  private func introduction(of first: Change, as device: DeviceID) throws -> Change? {
    guard let member = old.members[first.dot.device] else { return nil }
    let stamp = first.envelope.stamp.rawValue
    return Change(
      envelope: Envelope(
        dot: Dot(device: device, sequence: 1), stamp: Stamp(rawValue: stamp - min(stamp, 1)),
        record: RecordID(rawValue: old.identity.study.rawValue), kind: Kind.study.rawValue,
        context: VectorClock(),
        fields: [FieldID(Field.Study.members.number, key: device.bytes)]),
      content: .payload(
        salt: Array(Digest(hashing: device.bytes).bytes.prefix(WireLimits.saltBytes)),
        bytes: try PayloadCodec.encode([.member(member)])))
  }

  /// Each after what it builds on, and in the old order otherwise.
  private static func inCausalOrder(_ changes: [Change]) -> [Change] {
    var (ordered, rest) = ([Change](), changes)
    while !rest.isEmpty {
      var next = [DeviceID: UInt64]()
      for change in rest {
        next[change.dot.device] = min(change.dot.sequence, next[change.dot.device] ?? .max)
      }
      let ready = rest.filter { change in
        next[change.dot.device] == change.dot.sequence
          && change.envelope.context.entries.allSatisfy { $0.sequence < next[$0.device] ?? .max }
      }
      // Two that build on each other cannot have been written.
      guard !ready.isEmpty else { return ordered + rest }
      ordered += ready
      let done = Set(ready.map(\.dot))
      rest.removeAll { done.contains($0.dot) }
    }
    return ordered
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
        guard parting?.isBeyond(dot) != true, dot.sequence == frontier[dot.device] + 1,
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

  /// Whether nobody could bring a change under its own name: it stands for another one elsewhere or
  /// builds on one that does, or this device wrote it and no hub is known to hold it.
  private func isWrittenAnew(_ dot: Dot) -> Bool {
    if let parting { return parting.isBeyond(dot) || !parting.held.covers(dot) }
    return dot.device == old.identity.device
      && !old.hubs.contains { $0.syncedFrontier?.covers(dot) == true }
  }
}
