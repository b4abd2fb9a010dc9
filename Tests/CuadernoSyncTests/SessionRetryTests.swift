import CuadernoSync
import Testing

@Suite struct SessionRetryTests {
  private let luis = DeviceID(rawValue: 2)

  private var behind: VectorClock { VectorClock([Dot(device: luis, sequence: 100)]) }

  private func pulling() -> SyncSession {
    var session = SyncSession()
    _ = session.handle(.started(frontier: VectorClock()))
    _ = session.handle(.greeted(HelloReply(frontier: behind, milliseconds: 0)))
    return session
  }

  @Test func `a lost link is tried six times with doubling waits, and then given up`() {
    var session = pulling()

    let actions = (0..<6).map { _ in session.handle(.linkLost) }

    #expect(
      actions == [
        .retry(afterMilliseconds: 500), .retry(afterMilliseconds: 1_000),
        .retry(afterMilliseconds: 2_000), .retry(afterMilliseconds: 4_000),
        .retry(afterMilliseconds: 8_000), .fail(.linkLost(attempts: 6)),
      ])
    #expect(
      SyncSession.Failure.linkLost(attempts: 6).description
        == "the link was lost and did not come back in 6 attempts; what had been sent or received "
        + "is kept, and the next sync goes on from there")
  }

  @Test func `a hub that does not answer the first request is tried twice`() {
    var session = SyncSession()
    _ = session.handle(.started(frontier: VectorClock()))

    #expect(session.handle(.linkLost) == .retry(afterMilliseconds: 500))
    #expect(session.handle(.linkLost) == .fail(.linkLost(attempts: 2)))
  }

  @Test func `a request that got through starts the count anew`() {
    var session = pulling()
    for _ in 0..<5 { _ = session.handle(.linkLost) }

    let head = ChainHead(dot: Dot(device: luis, sequence: 1), link: .zero)
    _ = session.handle(.received(SyncSession.PulledPage(heads: [head], remaining: 99)))

    #expect(session.handle(.linkLost) == .retry(afterMilliseconds: 500))
  }

  @Test func `pages shrink to a quarter with every lost link, down to 16 KiB`() {
    var session = SyncSession(bytesMax: 1 << 20)
    let pull = SyncSession.Action.pull(PullRequest(frontier: VectorClock(), bytesMax: 1 << 20))
    _ = session.handle(.started(frontier: VectorClock()))
    let asked = session.handle(.greeted(HelloReply(frontier: behind, milliseconds: 0)))
    #expect(asked == pull)

    let sizes = (0..<5).map { _ in
      _ = session.handle(.linkLost)
      guard case .pull(let request) = session.repeated(pull) else { return 0 }
      return request.bytesMax
    }

    #expect(sizes == [256 << 10, 64 << 10, 16 << 10, 16 << 10, 16 << 10])
  }

  @Test func `pages grow to double with every page that got through, up to 1 MiB`() {
    var session = SyncSession(bytesMax: 16 << 10)
    _ = session.handle(.started(frontier: VectorClock()))
    _ = session.handle(.greeted(HelloReply(frontier: behind, milliseconds: 0)))

    let sizes = (UInt64(1)...8).map { sequence in
      let head = ChainHead(dot: Dot(device: luis, sequence: sequence), link: .zero)
      let page = SyncSession.PulledPage(heads: [head], remaining: 100 - sequence)
      guard case .apply(let request?) = session.handle(.received(page)) else { return 0 }
      return request.bytesMax
    }

    #expect(sizes == [32, 64, 128, 256, 512, 1_024, 1_024, 1_024].map { $0 << 10 })
  }

  @Test func `a repeated push keeps its clock and takes the page size of now`() {
    var session = SyncSession(bytesMax: 1 << 20)
    _ = session.handle(.started(frontier: behind))
    let push = session.handle(.greeted(HelloReply(frontier: VectorClock(), milliseconds: 0)))
    _ = session.handle(.linkLost)

    #expect(session.repeated(push) == .push(beyond: VectorClock(), bytesMax: 256 << 10))
    #expect(session.repeated(.hello) == .hello)
    #expect(session.repeated(.verify) == .verify)
  }
}
