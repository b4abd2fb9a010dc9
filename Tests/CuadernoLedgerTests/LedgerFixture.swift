import CuadernoSync
import CuadernoTestSupport
import Synchronization

@testable import CuadernoLedger

/// A ledger in a folder of its own, with a clock that only the test moves.
struct LedgerFixture {
  let folder: ScratchFolder
  let clock = HandClock()
  let random = SeededBytes(seed: 7)
  let ledger: Ledger

  init() throws {
    folder = try ScratchFolder()
    ledger = try Self.open(folder, clock, random)
  }

  /// The same ledger once more, as another process would have it.
  func opened() throws -> Ledger {
    try Self.open(folder, clock, random)
  }

  private static func open(
    _ folder: ScratchFolder, _ clock: HandClock, _ random: SeededBytes
  ) throws -> Ledger {
    try Ledger(
      folder: folder.path, now: { clock.milliseconds }, random: { random.next($0) })
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
      ledger.store(for: enrolled, permitting: { _, _, _ in true })
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
