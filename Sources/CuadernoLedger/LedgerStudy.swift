import CuadernoLog
package import CuadernoSync
import GRDB

/// One study's changes and registers in the ledger.
package struct LedgerStudy: ChangeStore {
  package let study: StudyID
  private let database: LedgerDatabase
  private let log: ChangeLog
  private let registers: RegisterTable
  private let report: @Sendable (any Error) -> Void

  init(
    study: StudyID, number: Int64, database: LedgerDatabase,
    reporting report: @escaping @Sendable (any Error) -> Void
  ) {
    self.study = study
    self.database = database
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

  package func page(beyond clock: VectorClock, bytesMax: Int) async throws -> ChangePage {
    try await answering {
      try await database.read { db in try log.page(beyond: clock, bytesMax: bytesMax, db) }
    }
  }

  @discardableResult
  package func apply(_ page: ChangePage) async throws -> Int {
    // Each head costs a look-up, before admission gets to see that it belongs to no change.
    guard page.heads.count <= WireLimits.clockDevices else {
      throw PageFault.tooManyDevices(page.heads.count)
    }
    return try await answering {
      let (count, hasErased) = try await database.write { db in
        var admission = try log.admission(of: page, db)
        let admitted = try admission.admit(page) { try log.link(at: $0, db) }
        guard !admitted.isEmpty else { return (0, false) }
        let erasures = try Erasures(log: log, db)
        try log.append(admitted, db)
        try registers.apply(admitted.lazy.map(\.change.envelope), db)
        return (admitted.count, admitted.contains { erasures.concern($0.change) })
      }
      if hasErased { await database.emptyWAL() }
      return count
    }
  }

  package func summary() async throws -> StoreSummary {
    try await answering {
      try await database.read { db in
        StoreSummary(frontier: try log.frontier(db), registers: try registers.sum(db))
      }
    }
  }

  /// Reports what goes wrong with the ledger itself and passes it on: a hub's answer does not say.
  private func answering<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
      return try await answeringProblems(body)
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
  /// - Parameter report: told of failures that are the ledger's own and not the page's.
  package func store(
    for device: EnrolledDevice, reporting report: @escaping @Sendable (any Error) -> Void = { _ in }
  ) -> LedgerStudy {
    LedgerStudy(
      study: device.study, number: device.studyNumber, database: database, reporting: report)
  }

  /// The changes of a study; nil before its first notebook has joined.
  package func store(of study: Study) -> LedgerStudy? {
    study.id.map {
      LedgerStudy(study: $0, number: study.number, database: database, reporting: { _ in })
    }
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
  }
}
