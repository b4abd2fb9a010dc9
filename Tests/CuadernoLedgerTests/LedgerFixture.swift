import CuadernoLog
import CuadernoPostgreSQLTestSupport
import CuadernoSync
import CuadernoTestSupport
import GRDB
import Synchronization
import Testing

@testable import CuadernoLedger

/// The databases that a ledger can lie in.
enum LedgerKind: CaseIterable, Sendable {
  case file, postgreSQL

  /// Those that this machine has.
  static var here: [LedgerKind] {
    TestPostgreSQL.isInstalled ? allCases : [.file]
  }
}

/// A ledger in a folder or a database of its own, with a clock that only the test moves.
struct LedgerFixture {
  let folder: ScratchFolder
  /// The address of its database; nil when it is a file.
  let address: String?
  let clock = HandClock()
  let random: SeededBytes
  let ledger: Ledger

  init(_ kind: LedgerKind = .file, seed: UInt64 = 7) async throws {
    let address =
      kind == .postgreSQL ? try await TestPostgreSQL.shared().emptyDatabase() : nil
    try await self.init(at: address, seed: seed)
  }

  init(at address: String?, seed: UInt64 = 7) async throws {
    folder = try ScratchFolder()
    random = SeededBytes(seed: seed)
    self.address = address
    let place = address ?? folder.path
    ledger = try await TestPostgreSQL.apart { [clock, random] in
      try Self.open(place, clock, random)
    }
  }

  /// The same ledger once more, as another process would have it.
  func opened() throws -> Ledger {
    try Self.open(address ?? folder.path, clock, random)
  }

  private static func open(
    _ place: String, _ clock: HandClock, _ random: SeededBytes
  ) throws -> Ledger {
    Ledger.isDatabase(place)
      ? try Ledger(
        database: place, now: { clock.milliseconds }, random: { random.next($0) })
      : try Ledger(
        folder: place, now: { clock.milliseconds }, random: { random.next($0) })
  }

  /// GRDB's own view of the ledger's file.
  var pool: DatabasePool {
    get throws { try #require(ledger.database as? LedgerFile).pool }
  }

  /// Alters the database behind the ledger's back.
  func run(_ sql: String) async throws {
    try await ledger.database.write { db in try db.run(sql, []) }
  }

  /// Everything that the ledger keeps, for "nothing changed".
  ///
  /// But for the audit log, which tells of refusals too.
  func everyRow(withAudit: Bool = false) async throws -> [String] {
    try await ledger.database.read { db in
      var rows = [String]()
      for study in try Study.all(db) {
        try LedgerRows.forEach(of: study.number, db) { table, values in
          if withAudit || table.name != "audit" { rows.append("\(table.name) \(values)") }
        }
      }
      return rows
    }
  }

  /// A study with one device that has joined, and so with an id.
  @discardableResult
  func joinedStudy(
    _ title: String = "Alto Huallaga", id: StudyID = StudyID(rawValue: 0x5d),
    device: DeviceID = DeviceID(rawValue: 0xd)
  ) async throws -> (study: Study, device: EnrolledDevice, store: LedgerStudy) {
    let study = try await ledger.createStudy(title: title)
    let reply = try await join(study, device: device, holding: id)
    guard let enrolled = try await ledger.device(token: reply.token) else { throw Missing() }
    return (
      try await ledger.study(matching: title), enrolled,
      ledger.store(for: enrolled, permitting: { _, _, _ in true }, guarding: { _ in false })
    )
  }

  // The name comes last because Swift 6.3.1 miscompiles an async function that gets a UInt128 on the
  // stack when NonisolatedNonsendingByDefault is on.
  @discardableResult
  func join(
    _ study: Study, device: DeviceID, holding id: StudyID? = nil, for name: String = "Ana"
  ) async throws -> JoinReply {
    let (_, secret) = try await ledger.createInvite(
      to: study, for: name, role: nil, usualRole: "researcher")
    return try await ledger.join(
      JoinRequest(secret: secret.text, device: device, deviceName: "laptop", study: id))
  }
}

/// What the fixture needs is not there.
struct Missing: Error {}

final class HandClock: Sendable {
  private let now = Mutex<Int64>(1_700_000_000_000)

  var milliseconds: Int64 { now.withLock { $0 } }

  func advance(hours: Int64 = 0, milliseconds: Int64 = 0) {
    now.withLock { $0 += hours * 3_600_000 + milliseconds }
  }
}

final class SeededBytes: Sendable {
  private let generator: Mutex<SplitMix64>

  init(seed: UInt64) {
    generator = Mutex(SplitMix64(seed: seed))
  }

  func next(_ count: Int) -> [UInt8] {
    generator.withLock { $0.bytes(count) }
  }
}
