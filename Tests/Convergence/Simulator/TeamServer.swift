import CuadernoFaultSupport
import CuadernoLedger
import CuadernoNotebookTestSupport
import CuadernoPostgreSQLTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation

/// A server's ledger with the study in it; who may ask it is not this simulator's question.
struct TeamServer: Sendable {
  let folder: String
  /// The address of its database; nil when its ledger is a file in the folder.
  private var database: String?
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
    in folder: String, study: StudyID, clock: HandClock, seed: UInt64, isInPostgreSQL: Bool = false
  ) async throws {
    self.folder = folder
    database = isInPostgreSQL ? try await TestPostgreSQL.shared().emptyDatabase() : nil
    self.clock = clock
    self.study = study
    chance = Chance(seed: seed)
    (ledger, store) = try await Self.open(database ?? folder, study, chance, clock)
  }

  private static func open(
    _ place: String, _ study: StudyID, _ chance: Chance, _ clock: HandClock
  ) async throws -> (Ledger, LedgerStudy) {
    let ledger =
      Ledger.isDatabase(place)
      ? try Ledger(database: place, now: { clock.milliseconds }, random: { chance.bytes($0) })
      : try Ledger(folder: place, now: { clock.milliseconds }, random: { chance.bytes($0) })
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
    StoreHub(
      store: store, isTimekeeper: true, packing: ZstdPacking(),
      now: { [clock] in clock.milliseconds })
  }

  mutating func backUp() async throws {
    let check = try await ledger.backup(to: backup)
    if !check.isSound { throw Broken("a backup of the ledger is sound") }
  }

  /// Puts the last backup in the place of the ledger.
  mutating func restore() async throws {
    try await clear()
    if let database {
      try await bringBackup(to: database)
    } else {
      try FileManager.default.copyItem(atPath: backup, toPath: folder + "/ledger.sqlite")
    }
    (ledger, store) = try await Self.open(database ?? folder, study, chance, clock)
  }

  /// As whoever runs the server does: the backup is a ledger in a file, and is migrated.
  private func bringBackup(to database: String) async throws {
    let source = folder + ".restored"
    // With the WAL of the backup that was brought before, which is none of this one's.
    try? FileManager.default.removeItem(atPath: source)
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: backup, toPath: source + "/ledger.sqlite")
    let file = try Ledger(folder: source, now: { 0 }, random: { chance.bytes($0) })
    let target = try Ledger(database: database, now: { 0 }, random: { chance.bytes($0) })
    _ = try await file.migrate(to: target)
    try file.close()
    try target.close()
  }

  mutating func empty() async throws {
    try await clear()
    (ledger, store) = try await Self.open(database ?? folder, study, chance, clock)
  }

  private mutating func clear() async throws {
    try ledger.close()
    if database != nil {
      database = try await TestPostgreSQL.shared().emptyDatabase()
      return
    }
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: folder + "/ledger.sqlite" + suffix)
    }
  }

  /// Takes a page in a process that dies in the midst of it.
  mutating func dying(_ plan: IOFaultPlan, taking page: ChangePage) async throws -> Bool {
    if let database { return try await losing(database, plan.nth, taking: page) }
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

  /// Takes a page over connections each of which breaks at the nth change of it.
  private func losing(_ database: String, _ nth: Int, taking page: ChangePage) async throws -> Bool
  {
    let held = try await store.frontier().changeCount
    try await TestPostgreSQL.shared().run(
      """
      CREATE OR REPLACE FUNCTION strike() RETURNS trigger LANGUAGE plpgsql AS $body$
      BEGIN
        IF NEW.position = \(held + UInt64(nth)) THEN
          PERFORM pg_terminate_backend(pg_backend_pid());
        END IF;
        RETURN NEW;
      END $body$
      """,
      "CREATE TRIGGER strike BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION strike()",
      in: database)
    let isDone = (try? await store.apply(page)) != nil
    try await TestPostgreSQL.shared().run("DROP TRIGGER strike ON change", in: database)
    return isDone
  }

  func close() {
    try? ledger.close()
  }
}
