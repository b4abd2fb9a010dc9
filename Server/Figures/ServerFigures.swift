import CuadernoSync
import Synchronization

/// What a server has done since it started, as counts and times. No id, name or address is in it.
final class ServerFigures: Sendable {
  /// Why a connection was closed without an answer.
  enum Closing: String, CaseIterable {
    case slowHead = "slow-head"
    case slowReader = "slow-reader"
    case stopping
    case noPlace = "no-place"
  }

  struct Exchange: Hashable {
    let route: String
    let status: Int
  }

  struct Durations {
    /// Upper bounds in milliseconds; what took longer is counted above the last.
    static let bounds: [Int64] = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

    private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    private(set) var milliseconds: Int64 = 0

    mutating func add(_ duration: Int64) {
      // A clock that was set back tells nothing.
      let duration = max(0, duration)
      counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
      milliseconds += duration
    }
  }

  struct Counts {
    var requests: [Exchange: Int] = [:]
    var durations: [String: Durations] = [:]
    var ledger = Durations()
    var refusals: [String: Int] = [:]
    var closings: [String: Int] = [:]
    var receivedBytes = 0
    var sentBytes = 0
    var changes = 0
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func add(_ exchange: Exchange, milliseconds: Int64) {
    state.withLock { state in
      state.requests[exchange, default: 0] += 1
      state.durations[exchange.route, default: Durations()].add(milliseconds)
    }
  }

  func add(refusal code: Problem.Code) {
    state.withLock { $0.refusals[code.rawValue, default: 0] += 1 }
  }

  func add(_ closing: Closing) {
    state.withLock { $0.closings[closing.rawValue, default: 0] += 1 }
  }

  func add(received bytes: Int) {
    state.withLock { $0.receivedBytes += bytes }
  }

  func add(sent bytes: Int) {
    state.withLock { $0.sentBytes += bytes }
  }

  func add(changes: Int) {
    state.withLock { $0.changes += changes }
  }

  func add(ledgerMilliseconds milliseconds: Int64) {
    state.withLock { $0.ledger.add(milliseconds) }
  }
}
