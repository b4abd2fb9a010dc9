import CuadernoFaultSupport
import CuadernoLedger
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation

/// A server's ledger with the study in it; who may ask it is not this simulator's question.
struct TeamServer: Sendable {
  let folder: String
  let study: StudyID
  private let chance: Chance
  /// What the time is: a server's clock is right.
  let clock: HandClock
  private(set) var ledger: Ledger
  private(set) var store: LedgerStudy
  /// What the server held after the last step.
  var held = VectorClock()
  private var backup: String { folder + ".backup" }
  var hasBackup: Bool { FileManager.default.fileExists(atPath: backup) }

  init(
    in folder: String, study: StudyID, clock: HandClock, seed: UInt64
  ) async throws {
    self.folder = folder
    self.clock = clock
    self.study = study
    chance = Chance(seed: seed)
    (ledger, store) = try await Self.open(folder, study, chance, clock)
  }

  private static func open(
    _ folder: String, _ study: StudyID, _ chance: Chance, _ clock: HandClock
  ) async throws -> (Ledger, LedgerStudy) {
    let ledger = try Ledger(
      folder: folder, now: { clock.milliseconds }, random: { chance.bytes($0) })
    if try await ledger.studies().isEmpty {
      _ = try await ledger.createStudy(title: "Alto Huallaga", id: study)
    }
    guard let found = try await ledger.studies().first, let store = ledger.store(of: found) else {
      throw Broken("a ledger keeps its study")
    }
    return (ledger, store)
  }

  /// The server as a notebook sees it.
  var hub: StoreHub<LedgerStudy> {
    StoreHub(store: store, isTimekeeper: true, now: { [clock] in clock.milliseconds })
  }

  mutating func backUp() async throws {
    let check = try await ledger.backup(to: backup)
    if !check.isSound { throw Broken("a backup of the ledger is sound") }
  }

  /// Puts the last backup in the place of the ledger.
  mutating func restore() async throws {
    try ledger.close()
    try removeFiles()
    try FileManager.default.copyItem(atPath: backup, toPath: folder + "/ledger.sqlite")
    (ledger, store) = try await Self.open(folder, study, chance, clock)
  }

  mutating func empty() async throws {
    try ledger.close()
    try removeFiles()
    (ledger, store) = try await Self.open(folder, study, chance, clock)
  }

  private func removeFiles() throws {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: folder + "/ledger.sqlite" + suffix)
    }
  }

  /// Takes a page in a process that dies in the midst of it.
  mutating func dying(_ plan: IOFaultPlan, taking page: ChangePage) async throws -> Bool {
    var isDone = false
    try ledger.close()
    try WriteAheadLog.empty(of: folder + "/ledger.sqlite")
    (ledger, store) = try await Self.open(folder, study, chance, clock)
    let (ledger, store) = (ledger, store)
    _ = await plan.run(in: folder + "/ledger.sqlite") {
      isDone = (try? await store.apply(page)) != nil
      try? ledger.close()
    }
    (self.ledger, self.store) = try await Self.open(folder, study, chance, clock)
    return isDone
  }

  func close() {
    try? ledger.close()
  }
}
