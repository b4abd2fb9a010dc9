import CuadernoLog
package import CuadernoSync

/// What the ledger found when it compared everything it keeps with everything it was sent.
package struct LedgerCheck: Hashable, Sendable {
  /// What the database says of its own's structure; empty when it is sound.
  package internal(set) var structureFaults: [String] = []
  package internal(set) var studies: [StudyCheck] = []
  package internal(set) var audit = AuditCheck()

  package var isSound: Bool { areStudiesSound && audit.isSound }

  /// Whether everything that anybody wrote is whole.
  package var areStudiesSound: Bool {
    structureFaults.isEmpty && studies.allSatisfy(\.faults.isEmpty)
  }
}

package struct StudyCheck: Hashable, Sendable {
  package enum Fault: Hashable, Sendable {
    /// Tables contradict each other in a way that says nothing about single changes.
    case unreadable
    case change(Dot)
    /// A device's last number or link is not that of its last change.
    case head(DeviceID)
    /// The registers stored are not the ones that the changes make.
    case registers(RecordID)
    /// The sum stored is not that of the registers.
    case sum
    /// What is noted as void is not what the marks in the log name.
    case voids
  }

  package let title: String
  package internal(set) var changes = 0
  package internal(set) var devices = 0
  package internal(set) var records = 0
  package internal(set) var faults: [Fault] = []
  /// What the marks in the log name.
  private var marked: [Dot] = []

  init(title: String) {
    self.title = title
  }

  /// Whether every change is what its author wrote, so that the registers can be made again.
  package var isLogSound: Bool {
    faults.allSatisfy { fault in
      switch fault {
      case .registers, .sum, .voids: true
      case .unreadable, .change, .head: false
      }
    }
  }
}

extension Ledger {
  /// Reads every change against its chain, makes every register again, and compares.
  ///
  /// Of one moment, while the server goes on writing.
  package func check() async throws -> LedgerCheck {
    try await database.readAside { db in try LedgerCheck(of: db) }
  }

  /// Makes a study's registers again from its changes.
  ///
  /// - Throws: ``LedgerError/logDamaged``.
  package func rebuildRegisters(of study: Study) async throws {
    try await database.write { db in
      try db.lock(study: study.number)
      let check = try StudyCheck(of: study, db)
      guard check.isLogSound else { throw LedgerError.logDamaged }
      let log = ChangeLog(study: study.number)
      var voids = try Voids(log: log, db)
      if check.faults.contains(.voids) { try voids.restore(db) }
      try RegisterTable(study: study.number).remake(besides: voids, log, db)
    }
  }
}

extension RegisterTable {
  /// Makes every register again from the changes of the log.
  func remake(besides voids: Voids, _ log: ChangeLog, _ db: some LedgerTransaction) throws {
    try db.run("DELETE FROM record WHERE study = ?", [.integer(study)])
    try setSum(.zero, db)
    var envelopes = [Envelope]()
    try log.forEachEntry(from: 0, db) { entry in
      guard !voids.passOver(entry.change) else { return }
      envelopes.append(entry.change.envelope)
      // By pages, as they came: what is in memory stays small.
      guard envelopes.count == WireLimits.pageChanges else { return }
      try apply(envelopes, on: try askHeld(for: envelopes, db).value(), db)
      envelopes.removeAll()
    }
    try apply(envelopes, on: try askHeld(for: envelopes, db).value(), db)
  }
}

extension LedgerCheck {
  init(of db: some LedgerTransaction) throws {
    structureFaults = try db.structureFaults()
    guard structureFaults.isEmpty else { return }
    studies = try Study.all(db).map { try StudyCheck(of: $0, db) }
    audit = try AuditCheck(of: db)
  }
}

extension StudyCheck {
  /// How many records are made again at a time, which bounds the memory to some 500 MB; a study
  /// with more is read more than once.
  private static let recordsAtATime = 500_000

  init(of study: Study, _ db: some LedgerTransaction) throws {
    self.init(title: study.title)
    do {
      try translatingErrors {
        let log = ChangeLog(study: study.number)
        try checkChanges(log, db)
        if isLogSound, try Voids(log: log, db).dots != Set(marked) { faults.append(.voids) }
        if isLogSound { try checkRegisters(RegisterTable(study: study.number), db) }
      }
    } catch StoreError.damaged {
      faults.append(.unreadable)
    }
  }

  /// Every change against its chain, and each device's row against its last change.
  private mutating func checkChanges(_ log: ChangeLog, _ db: some LedgerTransaction) throws {
    var heads = [DeviceID: ChainHead]()
    var position: Int64 = 0
    while true {
      do {
        try log.forEachEntry(from: position, db) { entry in
          position = entry.position + 1
          changes += 1
          marked += entry.change.envelope.voided
          let dot = entry.change.dot
          let expected = (heads[dot.device]?.dot.sequence ?? 0) + 1
          heads[dot.device] = ChainHead(dot: dot, link: entry.link)
          if dot.sequence != expected { faults.append(.change(dot)) }
        }
        break
      } catch StoreError.damagedChange(let dot) {
        // Goes on behind it, so that one check finds them all.
        faults.append(.change(dot))
        changes += 1
        guard let damaged = try log.position(of: dot, db) else { throw StoreError.damaged }
        heads[dot.device] = try log.link(at: dot, db).map { ChainHead(dot: dot, link: $0) }
        position = damaged + 1
      }
    }
    let frontier = try log.frontier(db)
    devices = frontier.entries.count
    for entry in frontier.entries where try log.head(of: entry.device, db) != heads[entry.device] {
      faults.append(.head(entry.device))
    }
    if frontier.changeCount != UInt64(changes), isLogSound { throw StoreError.damaged }
  }

  private mutating func checkRegisters(_ registers: RegisterTable, _ db: some LedgerTransaction)
    throws
  {
    let rows = try registers.count(db)
    let parts = UInt128(rows / Self.recordsAtATime + 1)
    var sum = Digest.zero
    let voids = Set(marked)
    for part in 0..<parts {
      var states = [RecordID: RecordState]()
      try ChangeLog(study: registers.study).forEachEntry(from: 0, db) { entry in
        let envelope = entry.change.envelope
        guard envelope.record.rawValue % parts == part, envelope.action != .void,
          !voids.contains(envelope.dot)
        else { return }
        states[envelope.record, default: RecordState(kind: envelope.kind)].apply(envelope)
      }
      records += states.count
      for (record, state) in states { sum.add(state.digest(of: record)) }
      try registers.forEachRow(db) { row in
        guard row.record.rawValue % parts == part else { return }
        let state = states.removeValue(forKey: row.record)
        if state.map({ RegisterRow(record: row.record, state: $0) }) != row {
          faults.append(.registers(row.record))
        }
      }
      faults += states.keys.sorted().map { .registers($0) }
    }
    if try registers.sum(db) != sum { faults.append(.sum) }
  }
}

extension ChangeLog {
  fileprivate func position(of dot: Dot, _ db: some SQLTransaction) throws -> Int64? {
    try db.first(
      """
      SELECT change.position FROM change JOIN device ON device.number = change.device
      WHERE device.study = ? AND device.id = ? AND change.sequence = ?
      """, [.integer(study), .id(dot.device), .sequence(dot.sequence)]
    ) { try $0.integer(0) }
  }
}

extension RegisterTable {
  fileprivate func count(_ db: some SQLTransaction) throws -> Int {
    try db.first("SELECT count(*) FROM record WHERE study = ?", [.integer(study)]) {
      Int(try $0.integer(0))
    } ?? 0
  }
}
