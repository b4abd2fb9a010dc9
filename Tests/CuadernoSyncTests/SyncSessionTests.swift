import CuadernoSync
import Testing

@Suite struct SyncSessionTests {
  private let ana = DeviceID(rawValue: 1)
  private let luis = DeviceID(rawValue: 2)
  private let start = WireLimits.pageBytes / 4

  private func clock(_ entries: [(DeviceID, UInt64)]) -> VectorClock {
    VectorClock(entries.map { Dot(device: $0.0, sequence: $0.1) })
  }

  private func head(_ device: DeviceID, _ sequence: UInt64) -> ChainHead {
    ChainHead(dot: Dot(device: device, sequence: sequence), link: .zero)
  }

  private func page(to sequence: UInt64, remaining: UInt64) -> SyncSession.PulledPage {
    SyncSession.PulledPage(heads: [head(luis, sequence)], remaining: remaining)
  }

  private func reply(_ frontier: VectorClock?, version: UInt32 = 1) -> SyncSession.Event {
    .greeted(HelloReply(version: version, frontier: frontier, milliseconds: 0))
  }

  private func summary(_ frontier: VectorClock, _ registers: Digest = .zero) -> StoreSummary {
    StoreSummary(frontier: frontier, registers: registers)
  }

  /// What a hub holds in the midst of a push.
  private let elsewhere = StoreDigests(frontier: .zero, registers: .zero)

  @Test func `equal digests end the session after one request`() {
    var session = SyncSession()

    #expect(session.handle(.started(frontier: clock([(ana, 3)]))) == .hello)
    #expect(session.handle(reply(nil)) == .finish(.nothingToDo))
  }

  @Test func `a notebook that is ahead pushes page after page, and the last answer verifies it`() {
    var session = SyncSession()
    let own = clock([(ana, 5), (luis, 2)])
    let common = clock([(ana, 1), (luis, 2)])

    #expect(session.handle(.started(frontier: own)) == .hello)
    #expect(session.handle(reply(common)) == .push(beyond: common, bytesMax: start))
    #expect(
      session.handle(.pushed(heads: [head(ana, 3)], elsewhere))
        == .push(beyond: clock([(ana, 3), (luis, 2)]), bytesMax: start * 2))
    let digests = summary(own).digests
    #expect(session.handle(.pushed(heads: [head(ana, 5)], digests)) == .summarise)
    #expect(session.handle(.summarised(digests)) == .finish(.verified(changes: 7)))
  }

  @Test(arguments: [false, true])
  func `what differs from the answer to a push is asked about`(isFrontier: Bool) {
    var session = SyncSession()
    let own = clock([(ana, 5)])
    _ = session.handle(.started(frontier: own))
    _ = session.handle(reply(clock([])))
    let here = summary(own).digests
    var there = here
    if isFrontier {
      there.frontier = clock([(ana, 5), (luis, 1)]).digest
    } else {
      there.registers = Digest(hashing: [1])
    }

    #expect(session.handle(.pushed(heads: [head(ana, 5)], there)) == .summarise)
    #expect(session.handle(.summarised(here)) == .verify)
  }

  @Test func `a notebook that is behind pulls page after page and verifies`() {
    var session = SyncSession()
    let own = clock([(ana, 5)])
    let both = clock([(ana, 5), (luis, 9)])

    _ = session.handle(.started(frontier: own))
    #expect(
      session.handle(reply(both)) == .pull(PullRequest(frontier: own, bytesMax: start)))
    let next = PullRequest(frontier: clock([(ana, 5), (luis, 4)]), bytesMax: start * 2)
    #expect(session.handle(.received(page(to: 4, remaining: 5))) == .apply(fetching: next))
    #expect(
      session.handle(.applied(next: page(to: 9, remaining: 0))) == .apply(fetching: nil))
    #expect(session.handle(.applied(next: nil)) == .verify)
    #expect(
      session.handle(.verified(summary(both), own: summary(both)))
        == .finish(.verified(changes: 14)))
  }

  @Test func `a page that did not come while the last was written is asked for again, and smaller`()
  {
    var session = SyncSession()

    _ = session.handle(.started(frontier: VectorClock()))
    _ = session.handle(reply(clock([(luis, 9)])))
    _ = session.handle(.received(page(to: 4, remaining: 5)))
    #expect(
      session.handle(.applied(next: nil))
        == .pull(PullRequest(frontier: clock([(luis, 4)]), bytesMax: start / 2)))
  }

  @Test func `pages grow while they are quick, stay while they take their time, and shrink beyond`()
  {
    var session = SyncSession()
    let own = clock([(ana, 9)])
    _ = session.handle(.started(frontier: own))
    _ = session.handle(reply(VectorClock()))
    let times: [(milliseconds: Int64, bytesMax: Int)] = [
      (30_000, start * 2), (30_001, start * 2), (80_000, start * 2), (120_000, start),
      (240_000, start / 4), (6_000_000, WireLimits.pageBytesMin),
      (100, WireLimits.pageBytesMin * 2),
    ]
    for (number, time) in zip(UInt64(1)..., times) {
      #expect(
        session.handle(.pushed(heads: [head(ana, number)], elsewhere), after: time.milliseconds)
          == .push(beyond: clock([(ana, number)]), bytesMax: time.bytesMax))
    }
  }

  @Test func `once the link was lost pages take a quarter of the time, and a slow one is halved`() {
    var session = SyncSession()
    _ = session.handle(.started(frontier: clock([(ana, 9)])))
    _ = session.handle(reply(VectorClock()))
    func push(_ number: UInt64, after milliseconds: Int64) -> Int? {
      let action = session.handle(
        .pushed(heads: [head(ana, number)], elsewhere), after: milliseconds)
      guard case .push(_, let bytesMax) = action else { return nil }
      return bytesMax
    }
    func lose() -> Int? {
      _ = session.handle(.linkLost)
      let again = session.repeated(.push(beyond: VectorClock(), bytesMax: 0))
      guard case .push(_, let bytesMax) = again else { return nil }
      return bytesMax
    }

    #expect(push(1, after: 20_000) == start * 2)
    #expect(lose() == start)
    #expect(push(2, after: 7_500) == start * 2)
    #expect(push(3, after: 15_000) == start * 2)
    #expect(push(4, after: 30_000) == start)
    #expect(lose() == start / 2)
    #expect(lose() == start / 8)
    #expect(push(5, after: 1_999) == start / 4)
    #expect(lose() == start / 16)
  }

  @Test func `a session that only receives sends nothing, whatever the hub lacks`() {
    var session = SyncSession(isReceivingOnly: true)
    let own = clock([(ana, 5)])

    _ = session.handle(.started(frontier: own))
    #expect(
      session.handle(reply(clock([(luis, 4)])))
        == .pull(PullRequest(frontier: own, bytesMax: WireLimits.pageBytes)))
    _ = session.handle(.received(page(to: 4, remaining: 0)))
    #expect(session.handle(.applied(next: nil)) == .verify)
    let both = clock([(ana, 5), (luis, 4)])
    #expect(
      session.handle(.verified(summary(clock([(luis, 4)])), own: summary(both)))
        == .finish(.movedOn))
  }

  @Test func `a notebook that is both pushes first and pulls then`() {
    var session = SyncSession()
    let own = clock([(ana, 1)])
    let theirs = clock([(luis, 1)])

    _ = session.handle(.started(frontier: own))
    #expect(session.handle(reply(theirs)) == .push(beyond: theirs, bytesMax: start))
    #expect(
      session.handle(.pushed(heads: [head(ana, 1)], elsewhere))
        == .pull(PullRequest(frontier: own, bytesMax: start * 2)))
    #expect(session.handle(.received(page(to: 1, remaining: 0))) == .apply(fetching: nil))
    #expect(session.handle(.applied(next: nil)) == .verify)
  }

  @Test func `a page that turned out to be empty ends the pushing`() {
    var session = SyncSession()
    let own = clock([(ana, 1)])

    _ = session.handle(.started(frontier: own))
    _ = session.handle(reply(VectorClock()))
    #expect(session.handle(.nothingToPush) == .verify)
  }

  @Test func `a frontier that differs in bytes alone is verified`() {
    var session = SyncSession()
    let own = clock([(ana, 1)])

    _ = session.handle(.started(frontier: own))
    #expect(session.handle(reply(own)) == .verify)
  }

  @Test func `what came to the hub meanwhile is pulled once, and then left for the next sync`() {
    var session = SyncSession()
    let own = clock([(ana, 1)])

    _ = session.handle(.started(frontier: own))
    _ = session.handle(reply(own))
    let hub = summary(clock([(ana, 1), (luis, 1)]))
    guard case .pull(let request) = session.handle(.verified(hub, own: summary(own))) else {
      Issue.record("what the hub has more is not pulled")
      return
    }
    #expect(request.frontier == own)
    let head = ChainHead(dot: Dot(device: luis, sequence: 1), link: .zero)
    #expect(
      session.handle(.received(.init(heads: [head], remaining: 0))) == .apply(fetching: nil))
    #expect(session.handle(.applied(next: nil)) == .verify)
    let more = summary(clock([(ana, 1), (luis, 2)]))
    #expect(session.handle(.verified(more, own: hub)) == .finish(.movedOn))
  }

  @Test func `the same changes with other registers are a failure that is told`() {
    var session = SyncSession()
    let own = clock([(ana, 1)])

    _ = session.handle(.started(frontier: own))
    _ = session.handle(reply(own))
    let hub = summary(own, Digest(hashing: [1]))
    #expect(session.handle(.verified(hub, own: summary(own))) == .fail(.registersDiffer))
    #expect(
      SyncSession.Failure.registersDiffer.description
        == "this notebook and the hub hold the same changes but make different notes of them; "
        + "nothing was overwritten; run `cuaderno doctor` here and `cuaderno-server check` there")
  }

  @Test(arguments: [0, 2, UInt32.max])
  func `a protocol that the notebook does not know ends the session`(version: UInt32) {
    var session = SyncSession()

    _ = session.handle(.started(frontier: VectorClock()))
    #expect(
      session.handle(reply(VectorClock(), version: version))
        == .fail(.unsupportedVersion(version)))
    #expect(
      SyncSession.Failure.unsupportedVersion(version).description
        == "the hub speaks protocol \(version) and this notebook 1; update cuaderno")
  }

  @Test func `a hub that says that changes are left but sends none is left alone`() {
    var session = SyncSession()
    let words =
      "the hub says that changes are left but sends none that is new; sync again, or tell who runs "
      + "the server"

    _ = session.handle(.started(frontier: VectorClock()))
    _ = session.handle(reply(clock([(luis, 1)])))
    #expect(
      session.handle(.received(SyncSession.PulledPage(heads: [], remaining: 1)))
        == .fail(.noProgress))
    #expect(SyncSession.Failure.noProgress.description == words)
  }

  @Test func `a hub that sends the same page for ever is left alone`() {
    var session = SyncSession()

    _ = session.handle(.started(frontier: VectorClock()))
    _ = session.handle(reply(clock([(luis, 9)])))
    _ = session.handle(.received(page(to: 4, remaining: 5)))
    #expect(
      session.handle(.applied(next: page(to: 4, remaining: 5))) == .fail(.noProgress))
  }
}
