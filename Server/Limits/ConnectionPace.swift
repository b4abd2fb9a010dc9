import NIOCore

/// When a connection must have got on, at the latest. No clock and no timer of its own.
struct ConnectionPace {
  enum Wait: Equatable {
    case head, body, reading, leaving, stopping
  }

  private let patience: TimeAmount
  private let linger: TimeAmount
  private let nanosecondsPerByte: Int64

  /// Since when a head is waited for; nil while a request is under way.
  private var waitingSince: NIODeadline?
  /// When the body, or the reading of the answer, must have got on.
  private var body: NIODeadline?
  private var answer: NIODeadline?
  private var leavingSince: NIODeadline?
  private var end: NIODeadline?

  init(_ limits: ServerLimits, now: NIODeadline) {
    patience = .milliseconds(limits.patienceMilliseconds)
    linger = .milliseconds(limits.lingerMilliseconds)
    nanosecondsPerByte = 1_000_000_000 / Int64(max(1, limits.bytesPerSecondMin))
    waitingSince = now
  }

  var isBodyDue: Bool { body != nil }

  mutating func headCame(at now: NIODeadline) {
    waitingSince = nil
    body = now + patience
  }

  mutating func bodyCame(_ bytes: Int, at now: NIODeadline) {
    body = body.map { prolonged($0, by: bytes, at: now) }
  }

  mutating func bodyEnded() {
    body = nil
  }

  mutating func answerBegins(at now: NIODeadline) {
    answer = now + patience
  }

  mutating func flushed(_ bytes: Int, at now: NIODeadline) {
    answer = answer.map { prolonged($0, by: bytes, at: now) }
  }

  /// - Parameter isLast: whether no other request is under way.
  mutating func answerEnded(isLast: Bool, at now: NIODeadline) {
    answer = nil
    if isLast, body == nil { waitingSince = now }
  }

  mutating func leaves(at now: NIODeadline) {
    leavingSince = now
  }

  /// However slowly it may go, it ends then.
  mutating func limit(to deadline: NIODeadline) {
    end = deadline
  }

  /// The first of what is due; nil while only the server has something to do.
  var deadline: (of: Wait, at: NIODeadline)? {
    if let leavingSince { return (.leaving, leavingSince + linger) }
    var due: [(of: Wait, at: NIODeadline)] = []
    if let end { due.append((.stopping, end)) }
    if let waitingSince { due.append((.head, waitingSince + patience)) }
    if let body { due.append((.body, body)) }
    if let answer { due.append((.reading, answer)) }
    return due.min { $0.at < $1.at }
  }

  /// Bytes earn time, and never more than there was at the beginning: what came fast, or lies in the
  /// system's buffers, buys nobody an hour of silence.
  private func prolonged(
    _ deadline: NIODeadline, by bytes: Int, at now: NIODeadline
  ) -> NIODeadline {
    min(now + patience, deadline + .nanoseconds(Int64(bytes) * nanosecondsPerByte))
  }
}
