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
      try await database.read { db in
        (try log.frontier(db), try dot.flatMap { try log.link(at: $0, db) })
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
      let (count, hasRemoved, digests) = try await database.write { db in
        try db.lock(study: log.study)
        var admission = try log.admission(of: page, db)
        let admitted = try admission.admit(page) { try log.link(at: $0, db) }
        let (count, hasRemoved) = try take(admitted, db)
        let digests = StoreDigests(
          frontier: try log.frontier(db).digest, registers: try registers.sum(db))
        return (count, hasRemoved, digests)
      }
      if hasRemoved { await database.clearRemains() }
      return (count, digests)
    }
  }

  package func summary() async throws -> StoreSummary {
    try await answering {
      try await database.read { db in
        StoreSummary(frontier: try log.frontier(db), registers: try registers.sum(db))
      }
    }
  }

  /// - Returns: how many changes were new, and whether payloads were removed that the file held.
  private func take(
    _ admitted: [AdmittedChange], _ db: some LedgerTransaction
  ) throws -> (count: Int, hasRemoved: Bool) {
    guard !admitted.isEmpty else { return (0, false) }
    let erasures = try Erasures(log: log, db)
    var appender = try log.appender(db)
    let marks = try judged(admitted, appender.voids, db)
    let before = appender.position
    try appender.append(marks + admitted, db)
    try appender.finish(db)
    if let warrant, marks.isEmpty {
      try warrant.bearer.noteHolding(from: before, to: appender.position, db)
    }
    let voids = appender.voids
    let good = admitted.filter { !voids.passOver($0.change) }
    try registers.apply(good.map(\.change.envelope), db)
    if !voids.overtaken.isEmpty { try registers.remake(besides: voids, log, db) }
    return (
      admitted.count,
      !voids.overtaken.isEmpty || good.contains { erasures.concern($0.change) }
    )
  }

  /// Judges the page and writes that down.
  ///
  /// - Returns: the hub's marks of what is void. They come before what they name, so that no reader, be
  ///   it cut off after whatever page, ever has a void change for a good one.
  private func judged(
    _ admitted: [AdmittedChange], _ voids: Voids, _ db: some LedgerTransaction
  ) throws -> [AdmittedChange] {
    guard let warrant else { return [] }
    var judging = Judging(warrant, study: registers.study, voids: voids)
    try judging.judge(admitted, db)
    let void = admitted.filter { judging.found.contains($0.change.dot) }
    try AuditLog.append(
      AuditEntry(
        .pushed, at: hub.now(), study: registers.study, member: warrant.bearer.memberNumber,
        device: warrant.bearer.id, changes: admitted.count, voidChanges: void.count), db)
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
  ///   - report: told of failures that are the ledger's own and not the page's.
  package func store(
    for device: EnrolledDevice, permitting permits: @escaping Warrant.Permission,
    reporting report: @escaping @Sendable (any Error) -> Void = { _ in }
  ) -> LedgerStudy {
    LedgerStudy(
      study: device.study, number: device.studyNumber, database: database,
      warrant: Warrant(bearer: device, permits: permits), hub: hub, reporting: report)
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
