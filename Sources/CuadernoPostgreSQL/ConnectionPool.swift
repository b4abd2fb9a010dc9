package import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A bounded number of connections, each opened when it is first needed and anew when it was lost.
///
/// libpq waits for its server with the thread it is called on, so each connection has a queue of its own
/// and keeps no thread of the others.
package final class ConnectionPool: Sendable {
  private struct State {
    var free: [Lane]
    var waiting: [Waiter] = []
    var waiterCount = 0
    var isClosed = false
  }

  private struct Waiter {
    let number: Int
    let continuation: CheckedContinuation<Lane, any Error>
  }

  private let address: DatabaseAddress
  private let state: Mutex<State>
  private let patience: DispatchTimeInterval
  private let timer = DispatchQueue(label: "cuaderno.postgresql.patience")

  /// - Parameter patience: how long somebody waits for a connection.
  package init(
    _ address: DatabaseAddress, connections: Int, patience: DispatchTimeInterval = .seconds(10)
  ) {
    self.address = address
    state = Mutex(State(free: (0..<connections).map { _ in Lane(address) }))
    self.patience = patience
  }

  /// - Throws: ``PostgreSQLFault``, and what the body throws.
  package func transact<Result: Sendable>(
    _ isolation: Isolation, _ body: @escaping @Sendable (PostgreSQLTransaction) throws -> Result
  ) async throws -> Result {
    try await perform { connection in try connection.transact(isolation, body) }
  }

  /// Runs commands that no transaction may be around, and settings for them alone.
  package func executeAlone(_ commands: [String]) async throws {
    let address = address
    try await perform { _ in try executeOnce(at: address, commands) }
  }

  /// Runs a body on a connection that nobody else has meanwhile.
  func perform<Result: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Result
  ) async throws -> Result {
    let lane = try await freeLane()
    defer { giveBack(lane) }
    return try await withCheckedThrowingContinuation { continuation in
      lane.queue.async { continuation.resume(with: Swift.Result { try lane.perform(body) }) }
    }
  }

  /// Ends the connections; those that are in use when they are given back.
  package func close() {
    let (waiting, free) = state.withLock { state in
      state.isClosed = true
      defer { (state.waiting, state.free) = ([], []) }
      return (state.waiting, state.free)
    }
    for waiter in waiting { waiter.continuation.resume(throwing: PostgreSQLFault.closed) }
    for lane in free { lane.disconnect() }
  }

  private func freeLane() async throws -> Lane {
    try await withCheckedThrowingContinuation { continuation in
      let (found, number) = state.withLock { state -> (Result<Lane, any Error>?, Int) in
        if state.isClosed { return (.failure(PostgreSQLFault.closed), 0) }
        // The last one used, so that what nobody needs is never opened.
        if let lane = state.free.popLast() { return (.success(lane), 0) }
        state.waiterCount += 1
        state.waiting.append(Waiter(number: state.waiterCount, continuation: continuation))
        return (nil, state.waiterCount)
      }
      if let found { return continuation.resume(with: found) }
      timer.asyncAfter(deadline: .now() + patience) { [weak self] in self?.giveUp(number) }
    }
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    waiter?.continuation.resume(throwing: PostgreSQLFault.poolExhausted)
  }

  private func giveBack(_ lane: Lane) {
    let (next, isClosed) = state.withLock { state -> (Waiter?, Bool) in
      if state.isClosed { return (nil, true) }
      if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
      state.free.append(lane)
      return (nil, false)
    }
    next?.continuation.resume(returning: lane)
    if isClosed { lane.disconnect() }
  }
}

/// A place for a connection, and the queue that it is used on.
private final class Lane: Sendable {
  let queue = DispatchQueue(label: "cuaderno.postgresql")
  private let address: DatabaseAddress
  private let connection = Mutex<Connection?>(nil)

  /// A restart takes some seconds; a transaction is not kept waiting for that long.
  private static let attempts = 5

  init(_ address: DatabaseAddress) {
    self.address = address
  }

  func disconnect() {
    connection.withLock { $0 = nil }
  }

  /// Runs a body again when what kept it from succeeding is likely to be over.
  func perform<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) throws -> Result {
    var attempt = 1
    while true {
      do {
        return try once(body)
      } catch let fault as PostgreSQLFault where fault.isWorthRepeating && attempt < Self.attempts {
        // Whoever lost against another transaction lets it finish: 5, 10, 20 and 40 ms.
        usleep(5_000 << useconds_t(attempt - 1))
        attempt += 1
      }
    }
  }

  private func once<Result: Sendable>(
    _ body: @Sendable (Connection) throws -> Result
  ) throws -> Result {
    try connection.withLock { connection in
      let live = try connection ?? Connection(address)
      connection = live
      defer { if live.isLost { connection = nil } }
      return try body(live)
    }
  }
}
