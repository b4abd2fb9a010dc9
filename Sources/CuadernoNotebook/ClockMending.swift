import CuadernoLog
package import CuadernoSync
import GRDB

/// What came of hearing a server's time.
package struct ClockMending: Hashable, Sendable {
  /// Milliseconds that the machine's clock lacks of the server's; zero when they agree.
  package var offset: Int64 = 0
  /// Changes that got another stamp.
  package var restamped = 0

  package init(offset: Int64 = 0, restamped: Int = 0) {
    self.offset = offset
    self.restamped = restamped
  }
}

// A wrong clock: what the server says of it, and what becomes of the changes stamped by it.
extension Notebook {
  package func machineMilliseconds() -> Int64? { surroundings.now() }

  package func learn(_ reading: ClockReading, from frontier: VectorClock) throws {
    _ = try mendClock(reading, from: frontier)
  }

  /// Learns the offset of this machine's clock and stamps anew what was written by a wrong clock and has
  /// left for nowhere yet.
  ///
  /// New stamps are one transaction of the log. It counts them, so a view of the old stamps is no view of
  /// this log, whenever the process ends.
  package func mendClock(
    _ reading: ClockReading, from frontier: VectorClock
  ) throws -> ClockMending {
    do {
      return try holdingLock {
        try translatingErrors {
          let plan = try log.reading { try self.plan(reading, from: frontier, $0) }
          guard !plan.changesNothing else { return ClockMending(offset: reading.offset) }
          try log.write { try carryOut(plan, reading, $0) }
          // A view that cannot be made now is made when it is next opened.
          if !plan.stamps.isEmpty { try? view.rebuild(log) }
          return ClockMending(offset: reading.offset, restamped: plan.stamps.count)
        }
      }
    } catch StoreError.diskFull, StoreError.readOnly {
      // What is here is still sent, with the stamps that it has.
      return ClockMending(offset: reading.offset)
    }
  }

  /// What of this machine's clock was learnt; nil before the first sync with a server.
  package func learntClock() throws -> LearntClock? {
    try translatingErrors { try log.reading { try Self.learntClock($0) } }
  }

  static func learntClock(_ log: Database) throws -> LearntClock? {
    let row = try Row.fetchOne(
      log.cachedStatement(sql: "SELECT offsetMilliseconds, hubMilliseconds FROM clock"))
    return row.map { LearntClock(offset: $0[0], hub: $0[1]) }
  }

  /// Milliseconds since 1970 by which a change that is written now is stamped.
  static func milliseconds(_ surroundings: Surroundings, _ log: Database) throws -> Int64 {
    let machine = surroundings.now()
    return try learntClock(log)?.milliseconds(machine: machine) ?? machine
  }

  /// What a view must be made from to be a view of this log as it is stamped now.
  static func viewKey(_ log: Database) throws -> [UInt8] {
    var key = try identity(log).log
    let stampings =
      try Int64.fetchOne(
        log.cachedStatement(sql: "SELECT stampings FROM notebook")) ?? 0
    for index in 0..<min(8, key.count) {
      key[index] ^= UInt8(truncatingIfNeeded: stampings >> Int64(8 * index))
    }
    return key
  }

  // MARK: - Deciding

  private struct Plan {
    var identity: Identity
    var head: UInt64
    var left: UInt64
    /// Whether the log says all this already.
    var changesNothing = false
    /// The new stamp of each change from `first` on that gets one, by its number.
    var stamps: [UInt64: Stamp] = [:]
    var last = Stamp.zero
  }

  private func plan(
    _ reading: ClockReading, from frontier: VectorClock, _ log: Database
  ) throws -> Plan {
    let identity = try Self.identity(log)
    let head = try Self.changes.provenHead(of: identity.device, log)?.dot.sequence ?? 0
    var plan = Plan(
      identity: identity, head: head,
      left: try Self.leftSequence(of: identity, knowing: frontier, log))
    let known = try Self.learntClock(log)
    if plan.left >= head, identity.leftSequence == head, known?.offset == 0, reading.offset == 0 {
      plan.changesNothing = true
    }
    // A copy does not know what its original has sent.
    let isOwn = DeviceMemory(surroundings: surroundings, log: identity.log)
      .isSame(device: identity.device, sequence: head, folder: folder.url)
    guard isOwn, plan.left < head, StampMending(reading).concerns(identity.lastStamp)
    else { return plan }
    try decide(&plan, reading, log)
    return plan
  }

  /// The number after which the device wrote by its machine's clock alone: what it wrote before was
  /// there when that clock was found right, or stamped by a corrected one.
  private func lastChecked(_ plan: Plan, _ log: Database) throws -> UInt64 {
    guard
      let row = try Row.fetchOne(log, sql: "SELECT offsetMilliseconds, device, sequence FROM clock")
    else { return 0 }
    guard row[0] as Int64 == 0 else { return .max }
    let device: DeviceID = try row.decode(atIndex: 1)
    return device == plan.identity.device ? UInt64(bitPattern: row[2]) : 0
  }

  /// Reads the log once, in its order.
  private func decide(_ plan: inout Plan, _ reading: ClockReading, _ log: Database) throws {
    let device = plan.identity.device
    var mending = StampMending(reading)
    for stray in try Strays(log: log).all() { mending.keep(stray.change.envelope.stamp) }
    // From the first change on that may get another stamp; no number stands for one that may not.
    var tail = [(number: UInt64?, stamp: Stamp)]()
    try Self.changes.forEachEntry(from: 1, log) { entry in
      let envelope = entry.change.envelope
      let isOwn = envelope.dot.device == device
      // Somebody who builds on a change has it, however it got there.
      if !isOwn { plan.left = max(plan.left, envelope.context[device]) }
      if tail.isEmpty, !isOwn || envelope.dot.sequence <= plan.left {
        mending.keep(envelope.stamp)
      } else {
        tail.append((isOwn ? envelope.dot.sequence : nil, envelope.stamp))
      }
    }
    let checked = try lastChecked(plan, log)
    for change in tail {
      guard let number = change.number, number > plan.left else {
        mending.keep(change.stamp)
        continue
      }
      let stamp = try mending.mend(change.stamp, isByMachine: number > checked)
      if stamp != change.stamp { plan.stamps[number] = stamp }
    }
    plan.last = mending.last
  }

  // MARK: - Carrying out

  private func carryOut(_ plan: Plan, _ reading: ClockReading, _ log: Database) throws {
    if let first = plan.stamps.keys.min() {
      try restamp(plan, from: first, log)
      try log.execute(
        sql: "UPDATE notebook SET stampings = stampings + 1, lastStamp = ?",
        arguments: [Int64(bitPattern: plan.last.rawValue)])
    }
    let left = Int64(bitPattern: plan.left)
    try log.execute(
      sql: "UPDATE notebook SET leftSequence = ?, offeredSequence = ?", arguments: [left, left])
    try log.execute(
      sql: """
        INSERT OR REPLACE INTO clock
          (number, offsetMilliseconds, hubMilliseconds, device, sequence)
        VALUES (1, ?, ?, ?, ?)
        """,
      arguments: [
        reading.offset, reading.hub, plan.identity.device, Int64(bitPattern: plan.head),
      ])
  }

  private func restamp(_ plan: Plan, from first: UInt64, _ log: Database) throws {
    let device = plan.identity.device
    var link =
      try Self.changes.link(at: Dot(device: device, sequence: first - 1), log) ?? .zero
    var restamped = [ChangeLog.Restamped]()
    // All are read before the first is written, since each is checked against the one before it.
    for number in first...plan.head {
      guard let entry = try Self.changes.entry(at: Dot(device: device, sequence: number), log)
      else { throw StoreError.damaged }
      var change = entry.change
      change.envelope.stamp = plan.stamps[number] ?? change.envelope.stamp
      let admitted = AdmittedChange(own: change, after: link)
      link = admitted.link
      restamped.append(ChangeLog.Restamped(admitted, at: entry.position))
    }
    try Self.changes.replace(restamped, lastOf: device, log)
  }
}
