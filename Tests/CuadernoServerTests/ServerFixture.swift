import CuadernoLedger
import CuadernoSchema
import CuadernoServer
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization

/// A server over a real ledger in a folder of its own, with a clock that only the test moves.
struct ServerFixture {
  let folder: ScratchFolder
  let ledger: Ledger
  let clock = HandClock()
  let lines = LogLines()
  var limits = ServerLimits.withoutRates

  init(folder: ScratchFolder? = nil) throws {
    let folder = try folder ?? ScratchFolder()
    self.folder = folder
    let source = RandomSource(seed: 11)
    let clock = clock
    ledger = try Ledger(
      folder: folder.path, now: { clock.milliseconds }, random: { source.next($0) })
  }

  func withServer<Value>(
    _ setup: TestingSetup = .router,
    _ body: @Sendable (any TestClientProtocol) async throws -> Value
  ) async throws -> Value {
    let clock = clock
    let server = buildServer(
      ServerConfiguration(host: "127.0.0.1", port: 0, limits: limits), ledger: ledger,
      logger: lines.logger,
      now: { clock.milliseconds })
    return try await server.test(setup, body)
  }

  /// An invite to a study, which is made when there is none of the title.
  func invite(to title: String = "Alto Huallaga", for name: String = "Ana") async throws -> String {
    let studies = try await ledger.studies()
    if !studies.contains(where: { $0.title == title }) {
      _ = try await ledger.createStudy(title: title)
    }
    let (_, secret) = try await ledger.createInvite(
      to: try await ledger.study(matching: title), for: name, role: nil, usualRole: "researcher")
    return secret.text
  }

  /// A device of a study, and what it asks with.
  func enrolled(
    _ device: UInt64 = 0xd, in title: String = "Alto Huallaga", for name: String = "Ana"
  ) async throws -> Enrolled {
    let reply = try await ledger.join(
      JoinRequest(
        secret: try await invite(to: title, for: name), device: DeviceID(device),
        deviceName: "laptop of \(name)", study: nil))
    return Enrolled(token: reply.token, study: reply.study.description)
  }

  func store(of title: String = "Alto Huallaga") async throws -> LedgerStudy {
    guard let store = ledger.store(of: try await ledger.study(matching: title)) else {
      throw Missing()
    }
    return store
  }

  /// Everything that a request could have changed.
  func state() async throws -> [String] {
    var state = [String]()
    for study in try await ledger.studies() {
      state.append("\(study)")
      state += try await ledger.members(of: study).map { "\($0)" }
      state += try await ledger.invites(to: study).map { "\($0)" }
      state.append("\(try await ledger.contents(of: study))")
      if let store = ledger.store(of: study) { state.append("\(try await store.summary())") }
    }
    return state
  }
}

/// What a device asks with. Ids are text here because Swift 6.3.1 miscompiles async functions that
/// get a UInt128 on the stack.
struct Enrolled: Sendable {
  let token: String
  let study: String
}

/// What the fixture needs is not there.
struct Missing: Error {}

extension DeviceID {
  init(_ number: UInt64) {
    self.init(rawValue: UInt128(number))
  }
}

final class HandClock: Sendable {
  private let now = Mutex<Int64>(1_700_000_000_000)

  var milliseconds: Int64 { now.withLock { $0 } }

  func advance(milliseconds: Int64) {
    now.withLock { $0 += milliseconds }
  }

  func advance(hours: Int64) {
    now.withLock { $0 += hours * 3_600_000 }
  }
}

final class RandomSource: Sendable {
  private let generator: Mutex<SplitMix64>

  init(seed: UInt64) {
    generator = Mutex(SplitMix64(seed: seed))
  }

  func next(_ count: Int) -> [UInt8] {
    generator.withLock { $0.bytes(count) }
  }
}

/// Every line that the server logs, at every level.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(lines: self) }
    logger.logLevel = .trace
    return logger
  }

  private func append(_ line: String) {
    lines.withLock { $0.append(line) }
  }

  private struct Handler: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
        .filter { $0.key != "hb.request.id" }
        .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      lines.append("\(event.level) \(event.message) \(all.joined(separator: " "))")
    }
  }
}
