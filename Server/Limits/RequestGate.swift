import CuadernoSync
import HTTPTypes
import NIOCore
import Synchronization

/// Decides whether somebody may ask now.
final class RequestGate: Sendable {
  private struct State {
    var devices: Allowances<Int64>
    var strangers: Allowances<ClientAddress>
    var failures: Allowances<ClientAddress>
  }

  let budget: BodyBudget
  /// Answers that were written and not yet read.
  let answers: BodyBudget
  let places: ConnectionPlaces
  let figures = ServerFigures()
  private let limits: ServerLimits
  private let now: @Sendable () -> Int64
  private let state: Mutex<State>

  /// - Parameter now: milliseconds since 1970.
  init(_ limits: ServerLimits, now: @escaping @Sendable () -> Int64) {
    self.limits = limits
    self.now = now
    budget = BodyBudget(bytes: limits.bodyBytes)
    answers = BodyBudget(bytes: limits.answerBytes)
    places = ConnectionPlaces(limits)
    state = Mutex(
      State(
        devices: Allowances(
          limits.requestsPerSecond, perMilliseconds: 1_000, atOnce: limits.requestsAtOnce),
        strangers: Allowances(
          limits.requestsPerSecond, perMilliseconds: 1_000, atOnce: limits.requestsAtOnce),
        failures: Allowances(
          limits.failuresPerMinute, perMilliseconds: 60_000, atOnce: limits.failuresPerMinute)))
  }

  /// Counts a request of a device that showed its token.
  func admit(device: Int64, on connection: ObjectIdentifier?) throws(Refusal) {
    if let wait = state.withLock({ $0.devices.take(device, at: now()) }) {
      throw .tooMany(
        "this device asked more than \(limits.requestsPerSecond) times a second", after: wait)
    }
    if let connection, !places.claim(connection, for: device) {
      throw .tooMany(
        "this device has \(limits.connectionsPerDevice) connections, which is the limit",
        after: 1_000)
    }
  }

  /// Refuses a large answer while those that nobody reads take all the memory there is for them.
  func admitAnswer(of bytes: Int) throws(Refusal) {
    guard answers.hasRoom(for: bytes) else { throw .noMemory }
  }

  /// Counts a request for which no token is asked.
  func admit(stranger address: ClientAddress?) throws(Refusal) {
    guard let address,
      let wait = state.withLock({ $0.strangers.take(address, at: now()) })
    else { return }
    throw .tooMany(
      "this address asked more than \(limits.requestsPerSecond) times a second", after: wait)
  }

  /// Counts a token or an invite that was refused.
  func noteFailure(of address: ClientAddress?) throws(Refusal) {
    guard let address,
      let wait = state.withLock({ $0.failures.take(address, at: now()) })
    else { return }
    throw .tooMany(
      "this address sent more than \(limits.failuresPerMinute) tokens or invites a minute that are "
        + "not known here", after: wait)
  }
}

extension Refusal {
  /// - Parameter milliseconds: until it is worth asking again.
  fileprivate static func tooMany(_ fact: String, after milliseconds: Int64) -> Refusal {
    let seconds = max(1, (milliseconds + 999) / 1_000)
    return Refusal(
      Problem(.tooManyRequests, "\(fact); ask again in \(seconds) s"),
      headers: [.retryAfter: String(seconds)])
  }

  /// More bodies are on their way than the memory set aside for them holds.
  static let noMemory = Refusal(
    Problem(
      .busy,
      "hub has too much to send and to read at once; nothing of this was stored; sync again soon"),
    headers: [.retryAfter: "2"])
}
