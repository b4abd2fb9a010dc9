import CuadernoLedger
import CuadernoServer
import CuadernoSync
import CuadernoTestSupport
import Synchronization
import Testing

@testable import CuadernoClient

/// A server that asks to come later is waited for, and a sync does not fail for it.
@Suite struct PatientSyncTests {
  /// A clock that goes on only when somebody waits.
  private final class Waiting: Sendable {
    let waits = Mutex<[Int64]>([])

    var milliseconds: Int64 { HubKind.now() + waits.withLock { $0.reduce(0, +) } }
  }

  private func sync(_ limits: ServerLimits) async throws -> (waits: [Int64], error: HubError?) {
    let server = try await TestServer()
    let token = try await server.token(device: 0xC0)
    let store = MemoryStore(study: TestServer.study, seed: 3)
    for number in 0..<400 {
      try await store.write(
        by: DeviceID(rawValue: 0xC0), RecordID(rawValue: UInt128(number + 1)), fields: [1],
        payload: [UInt8](repeating: UInt8(number & 255), count: 6_000))
    }
    let waiting = Waiting()
    let failure = Mutex<HubError?>(nil)
    try await server.run(limits: limits, now: { waiting.milliseconds }) { port in
      try await withHTTPClient { client in
        let wait: @Sendable (Int64) async throws -> Void = { milliseconds in
          waiting.waits.withLock { $0.append(milliseconds) }
        }
        let hub = HTTPHub(
          client: client, url: "http://127.0.0.1:\(port)", study: TestServer.study, token: token,
          wait: wait)
        do {
          _ = try await SyncDriver(
            store: store, device: DeviceID(rawValue: 0xC0), hub: hub, wait: wait
          ).run()
          let theirs = try await server.store().summary()
          #expect(await store.summary() == theirs)
        } catch let error as HubError {
          failure.withLock { $0 = error }
        }
      }
    }
    return (waiting.waits.withLock { $0 }, failure.withLock { $0 })
  }

  @Test func `a sync that asks too often waits as it is told, and ends well`() async throws {
    var limits = ServerLimits()
    limits.requestsPerSecond = 1
    limits.requestsAtOnce = 1
    let (waits, error) = try await sync(limits)
    #expect(error == nil)
    #expect(waits.count >= 4, "\(waits)")
    #expect(waits.allSatisfy { $0 == 1_000 })
  }

  @Test func `a server that never has room is given up with its own words`() async throws {
    var limits = ServerLimits.withoutRates
    limits.bodyBytes = 1_000
    let (waits, error) = try await sync(limits)
    #expect(
      error
        == .unreachable(
          reason: """
            hub has too much to send and to read at once; nothing of this was stored; sync again \
            soon
            """))
    #expect(!waits.isEmpty)
  }
}
