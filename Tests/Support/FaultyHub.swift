package import CuadernoSync

/// A hub at the end of a bad line, with everything that goes wrong decided by a seed.
package actor FaultyHub<Base: Hub>: Hub {
  /// How often each fault happens, in a hundred requests.
  package struct Odds: Sendable {
    /// The request never arrives.
    package var lostRequest = 0
    /// The hub does what it was asked, and the answer does not come back.
    package var lostAnswer = 0
    /// The request arrives twice.
    package var repeated = 0
    /// The answer comes back as something else.
    package var unreadable = 0
    /// The answer of an earlier request of the same kind comes back, after the hub has done what it
    /// was asked or, as often, instead of that.
    package var swapped = 0

    package init(
      lostRequest: Int = 0, lostAnswer: Int = 0, repeated: Int = 0, unreadable: Int = 0,
      swapped: Int = 0
    ) {
      self.lostRequest = lostRequest
      self.lostAnswer = lostAnswer
      self.repeated = repeated
      self.unreadable = unreadable
      self.swapped = swapped
    }

    package static var none: Odds { Odds() }
  }

  package nonisolated var isTimekeeper: Bool { base.isTimekeeper }
  package nonisolated var unpacks: Bool { base.unpacks }

  private let base: Base
  private let odds: Odds
  private var generator: SplitMix64

  // Answers given, for those that come at the wrong time.
  private var hellos = [HelloReply]()
  private var pushes = [PushReply]()
  private var pulls = [PullReply]()
  private var summaries = [StoreSummary]()

  /// Requests made, whatever became of them.
  package private(set) var requests = 0

  package init(_ base: Base, odds: Odds, seed: UInt64) {
    self.base = base
    self.odds = odds
    generator = SplitMix64(seed: seed)
  }

  package func hello(_ hello: Hello) async throws(HubError) -> HelloReply {
    let fate = try nextFate()
    if case .swapped(false) = fate, let stale = hellos.randomElement(using: &generator) {
      return stale
    }
    if fate == .repeated { _ = try await base.hello(hello) }
    let reply = try fate.returning(try await base.hello(hello))
    hellos.append(reply)
    return fate.isSwapped ? hellos.randomElement(using: &generator) ?? reply : reply
  }

  package func push(_ page: SentPage) async throws(HubError) -> PushReply {
    let fate = try nextFate()
    if case .swapped(false) = fate, let stale = pushes.randomElement(using: &generator) {
      return stale
    }
    if fate == .repeated { _ = try await base.push(page) }
    let reply = try fate.returning(try await base.push(page))
    pushes.append(reply)
    return fate.isSwapped ? pushes.randomElement(using: &generator) ?? reply : reply
  }

  package func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    let fate = try nextFate()
    if case .swapped(false) = fate, let stale = pulls.randomElement(using: &generator) {
      return stale
    }
    if fate == .repeated { _ = try await base.pull(request) }
    let reply = try fate.returning(try await base.pull(request))
    pulls.append(reply)
    return fate.isSwapped ? pulls.randomElement(using: &generator) ?? reply : reply
  }

  package func verify() async throws(HubError) -> StoreSummary {
    let fate = try nextFate()
    if case .swapped(false) = fate, let stale = summaries.randomElement(using: &generator) {
      return stale
    }
    if fate == .repeated { _ = try await base.verify() }
    let reply = try fate.returning(try await base.verify())
    summaries.append(reply)
    return fate.isSwapped ? summaries.randomElement(using: &generator) ?? reply : reply
  }

  /// What becomes of a request that arrives.
  private enum Fate: Equatable {
    case answered, repeated, answerLost, answerUnreadable
    case swapped(afterDoing: Bool)

    var isSwapped: Bool { self == .swapped(afterDoing: true) }

    func returning<Reply>(_ reply: Reply) throws(HubError) -> Reply {
      switch self {
      case .answered, .repeated, .swapped: return reply
      case .answerLost: throw .unreachable(reason: "the answer got lost")
      case .answerUnreadable: throw .unreadable(reason: "the answer is something else")
      }
    }
  }

  private func nextFate() throws(HubError) -> Fate {
    requests += 1
    var dice = Int.random(in: 0..<100, using: &generator)
    func falls(_ odds: Int) -> Bool {
      dice -= odds
      return dice < 0
    }
    if falls(odds.lostRequest) { throw .unreachable(reason: "the request got lost") }
    if falls(odds.repeated) { return .repeated }
    if falls(odds.lostAnswer) { return .answerLost }
    if falls(odds.unreadable) { return .answerUnreadable }
    if falls(odds.swapped) {
      return .swapped(afterDoing: Bool.random(using: &generator))
    }
    return .answered
  }
}
