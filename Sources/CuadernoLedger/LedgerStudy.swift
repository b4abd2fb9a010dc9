import CuadernoLog
package import CuadernoSync

/// One study's changes and registers in the ledger.
package struct LedgerStudy: ChangeStore {
  package let study: StudyID
  private let database: any LedgerDatabase
  private let log: ChangeLog
  private let registers: RegisterTable
  private let warrant: Warrant?
  private let hub: Hub
  private let report: @Sendable (any Error) -> Void

  /// Who writes what the hub itself has to say, and when it is.
  struct Hub {
    let device: DeviceID
    let now: @Sendable () -> Int64
    let salt: @Sendable () -> [UInt8]
  }

  /// - Parameter warrant: nil for whoever has the ledger's own folder; everything is taken then.
  init(
    study: StudyID, number: Int64, database: any LedgerDatabase, warrant: Warrant?, hub: Hub,
    reporting report: @escaping @Sendable (any Error) -> Void
  ) {
    self.study = study
    self.database = database
    self.warrant = warrant
    self.hub = hub
    self.report = report
    log = ChangeLog(study: number)
    registers = RegisterTable(study: number)
  }

  package func frontier() async throws -> VectorClock {
    try await answering {
      try await database.read { db in try log.frontier(db) }
    }
  }

  package func link(at dot: Dot) async throws -> Digest? {
    try await answering {
      try await database.read { db in try log.link(at: dot, db) }
    }
  }

  package func standing(at dot: Dot?) async throws -> (frontier: VectorClock, link: Digest?) {
    try await answering {
      // What is held once stays, so a link that is read after the frontier is that of the same change.
      try await database.ask { db in
        let frontier = try log.askFrontier(db)
        let link = try dot.map { try log.askLink(at: $0, db) }
        return { (try frontier.value(), try link?.value()) }
      }
    }
  }

  /// What came after a notebook's last sync is read to know what stood there before: mostly little, and
  /// about to be sent. For more than this the whole frontier is quicker.
  private static let laterChangesMax: Int64 = 20_000

  /// The frontier up to which the device is known to hold everything, if that is the one it names.
  package func earlierFrontier(withDigest digest: Digest) async throws -> VectorClock? {
    guard let position = warrant?.bearer.heldPosition else { return nil }
    return try await answering {
      try await database.read { db in
        let clock = try log.frontier(
          upTo: position, readingAtMost: Self.laterChangesMax, db)
        return clock.flatMap { $0.digest == digest ? $0 : nil }
      }
    }
  }

  package func page(beyond clock: VectorClock, bytesMax: Int) async throws -> ChangePage {
    try await answering {
      try await database.read { db in try log.page(beyond: clock, bytesMax: bytesMax, db) }
    }
  }

  package func pageAndFrontier(
    beyond clock: VectorClock, bytesMax: Int
  ) async throws -> (page: ChangePage, frontier: VectorClock) {
    try await answering {
      try await database.read { db in
        (try log.page(beyond: clock, bytesMax: bytesMax, db), try log.frontier(db))
      }
    }
  }

  package func bases(
    of page: ChangePage, heldBy clock: VectorClock
  ) async throws -> [EarlierPayload] {
    try await answering {
      try await database.read { db in
        try log.bases(of: page, heldBy: clock, db) { try registers.writes(of: $0, db) }
      }
    }
  }

  package func bases(at dots: [Dot]) async throws -> [EarlierPayload]? {
    try await answering {
      try await database.read { db in try log.bases(at: dots, db) }
    }
  }

  @discardableResult
  package func apply(_ page: ChangePage) async throws -> Int {
    try await applyAndDigest(page).count
  }

  package func applyAndDigest(
    _ page: ChangePage
  ) async throws -> (count: Int, digests: StoreDigests) {
    // Each head costs a look-up, before admission gets to see that it belongs to no change.
    guard page.heads.count <= WireLimits.clockDevices else {
      throw PageFault.tooManyDevices(page.heads.count)
    }
    return try await answering {
      let taken = try await database.write(for: log.study) { db in
        try taking(page, db)
      }
      if taken.hasRemoved { await database.clearRemains() }
      return (taken.count, taken.digests)
    }
  }

  package func summary() async throws -> StoreSummary {
    try await answering {
      try await database.read { db in
        StoreSummary(frontier: try log.frontier(db), registers: try registers.sum(db))
      }
    }
  }

  /// What came of a page.
  private struct Taken {
    /// How many changes were new.
    let count: Int
    /// Whether payloads were removed that the database held.
    let hasRemoved: Bool
    let digests: StoreDigests
  }

  /// What a page is judged by beside the log: who brings it, and where the audit log ends.
  private struct Bench {
    let warrant: Warrant
    let bearer: EnrolledDevice
    let auditEnd: AuditLog.End
    /// The position of the study's last change.
    let studyEnd: Int64
  }

  /// Asks for everything that a page is taken by, and then takes it.
  private func taking(
    _ page: ChangePage, _ db: some LedgerTransaction
  ) throws -> () throws -> Taken {
    let grounds = try log.askGrounds(of: page, db)
    let held = try registers.askHeld(for: page.changes.lazy.map(\.envelope), db)
    let bench = try warrant.map { try askBench($0, db) }
    return {
      let grounds = try grounds.value()
      var admission = try grounds.admission()
      let admitted = try admission.admit(page) { try log.link(at: $0, db) }
      let held = try held.value()
      guard !admitted.isEmpty else {
        return Taken(
          count: 0, hasRemoved: false,
          digests: StoreDigests(
            frontier: grounds.standing.frontier.digest, registers: held.sum))
      }
      return try take(admitted, on: grounds, held, try bench?.value(), db)
    }
  }

  private func askBench(_ warrant: Warrant, _ db: some LedgerTransaction) throws -> Answer<Bench> {
    let bearer = try EnrolledDevice.ask(number: warrant.bearer.number, db)
    let auditEnd = try AuditLog.askEnd(of: log.study, db)
    let studyEnd = try db.askStudyEnd(of: log.study)
    return Answer {
      guard let bearer = try bearer.value(), bearer.revokedMilliseconds == nil else {
        throw Problem.unknownDevice
      }
      return Bench(
        warrant: warrant, bearer: bearer, auditEnd: try auditEnd.value(),
        studyEnd: try studyEnd.value())
    }
  }

  private func take(
    _ admitted: [AdmittedChange], on grounds: ChangeLog.Grounds, _ held: RegisterTable.Held,
    _ bench: Bench?, _ db: some LedgerTransaction
  ) throws -> Taken {
    let marks = try bench.map { try judged(admitted, by: $0, on: grounds, db) } ?? []
    var appender = log.appender(on: grounds)
    try appender.append(marks + admitted, db)
    try appender.finish(db)
    if let bench, marks.isEmpty {
      try bench.bearer.noteHolding(from: bench.studyEnd, to: appender.position, db)
    }
    let voids = appender.voids
    let good = admitted.filter { !voids.passOver($0.change) }
    var sum = try registers.apply(good.map(\.change.envelope), on: held, db)
    if !voids.overtaken.isEmpty {
      try registers.remake(besides: voids, log, db)
      sum = try registers.sum(db)
    }
    var frontier = grounds.standing.frontier
    for change in marks + admitted { frontier.include(change.change.dot) }
    return Taken(
      count: admitted.count,
      hasRemoved: !voids.overtaken.isEmpty
        || good.contains { grounds.erasures.concern($0.change) },
      digests: StoreDigests(frontier: frontier.digest, registers: sum))
  }

  /// Judges the page and writes that down.
  ///
  /// - Returns: the hub's marks of what is void. They come before what they name, so that no reader, be
  ///   it cut off after whatever page, ever has a void change for a good one.
  private func judged(
    _ admitted: [AdmittedChange], by bench: Bench, on grounds: ChangeLog.Grounds,
    _ db: some LedgerTransaction
  ) throws -> [AdmittedChange] {
    var judging = Judging(bench.warrant, study: registers.study, voids: grounds.voids)
    try judging.judge(admitted, of: bench.bearer, db)
    try judging.refuseTooManyStrangers(
      beyond: grounds.standing.frontier, of: bench.bearer, db)
    let void = admitted.filter { judging.found.contains($0.change.dot) }
    try AuditLog.append(
      AuditEntry(
        .pushed, at: hub.now(), study: registers.study, member: bench.bearer.memberNumber,
        device: bench.bearer.id, changes: admitted.count, voidChanges: void.count),
      after: bench.auditEnd, db)
    guard let stamp = void.map(\.change.envelope.stamp).max() else { return [] }
    let ownHead = try log.provenHead(of: hub.device, db)
    if ownHead == nil { try refuseOneDeviceMore(than: admitted, db) }
    var head = ownHead ?? ChainHead(dot: Dot(device: hub.device, sequence: 0), link: .zero)
    var marks = [AdmittedChange]()
    for start in stride(from: 0, to: void.count, by: Envelope.voidedMax) {
      let dots = void[start...].prefix(Envelope.voidedMax).map(\.change.dot)
      let dot = Dot(device: hub.device, sequence: head.dot.sequence + 1)
      let mark = Change(
        // A mark's stamp decides nothing; the hub's own clock stays out of the study.
        envelope: Envelope(voiding: dots, as: dot, stamp: stamp, in: study),
        content: .payload(salt: hub.salt(), bytes: []))
      marks.append(AdmittedChange(own: mark, after: head.link))
      head = ChainHead(dot: dot, link: marks[marks.count - 1].link)
    }
    return marks
  }

  /// A clock of more devices than the limit could not be sent to anybody.
  private func refuseOneDeviceMore(than admitted: [AdmittedChange], _ db: some LedgerTransaction)
    throws
  {
    let held = try log.frontier(db).entries.map(\.device)
    let count = Set(held).union(admitted.lazy.map(\.change.dot.device)).count + 1
    guard count <= WireLimits.clockDevices else { throw PageFault.tooManyDevices(count) }
  }

  /// Reports what goes wrong with the ledger itself and passes it on: a hub's answer does not say.
  private func answering<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await answeringProblems {
        do {
          return try await body()
        } catch let error as LedgerError {
          report(error)
          throw error
        }
      }
    } catch let fault as PageFault {
      throw fault
    } catch let problem as Problem {
      throw problem
    } catch {
      report(error)
      throw error
    }
  }
}

extension Ledger {
  /// The study that a device joined, and no other.
  ///
  /// - Parameters:
  ///   - permits: what members may do by their roles.
  ///   - guards: what is taken only from a bearer who may do it, whoever is said to have written it.
  ///   - strangersMax: up to how many devices that have not joined a bearer may bring; all that a clock may
  ///     have when nothing is said.
  ///   - report: told of failures that are the ledger's own and not the page's.
  package func store(
    for device: EnrolledDevice, permitting permits: @escaping Warrant.Permission,
    guarding guards: @escaping Warrant.Guard,
    bounding strangersMax: @escaping Warrant.Bound = { _ in WireLimits.clockDevices },
    reporting report: @escaping @Sendable (any Error) -> Void = { _ in }
  ) -> LedgerStudy {
    LedgerStudy(
      study: device.study, number: device.studyNumber, database: database,
      warrant: Warrant(
        bearer: device, permits: permits, guards: guards, strangersMax: strangersMax),
      hub: hub,
      reporting: report)
  }

  /// The changes of a study, for whoever has the ledger's folder and so answers for them; nil before its
  /// first notebook has joined.
  package func store(of study: Study) -> LedgerStudy? {
    study.id.map {
      LedgerStudy(
        study: $0, number: study.number, database: database, warrant: nil, hub: hub,
        reporting: { _ in })
    }
  }

  private var hub: LedgerStudy.Hub {
    LedgerStudy.Hub(device: hubDevice, now: now) { randomBytes(WireLimits.saltBytes) }
  }
}

/// Names the failures that a notebook is told of; the others stay the hub's own.
func answeringProblems<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch StoreError.diskFull {
    throw Problem(
      .storageFull,
      """
      hub's disk is full; nothing of this was stored, and what the hub acknowledged before is \
      kept; tell whoever runs it, and sync again later
      """)
  } catch StoreError.busy {
    throw Problem(.busy, "hub is busy; nothing of this was stored; sync again in a minute")
  } catch LedgerError.databaseUnreachable {
    throw Problem(
      .busy,
      "hub cannot reach its database; nothing of this was stored; sync again in a minute")
  } catch LedgerError.outcomeUnknown {
    throw Problem(
      .busy,
      """
      hub lost its database while it stored this, which may be there or not; sync again, which \
      sends nothing twice
      """)
  }
}
