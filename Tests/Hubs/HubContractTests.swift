import CuadernoSync
import CuadernoTestSupport
import Testing

/// What holds for every hub, whatever it is made of. What only some can do is left to them: a bundle
/// takes nothing.
@Suite struct HubContractTests {
  private static let ana = DeviceID(rawValue: 1)
  private static let luis = DeviceID(rawValue: 2)

  /// Everything that a hub holds, told by the hub itself page by page.
  private func copy(
    of hub: any Hub, bytesMax: Int = 1 << 20
  ) async throws -> (store: MemoryStore, pages: [ChangePage]) {
    let store = MemoryStore(study: TestServer.study)
    var pages = [ChangePage]()
    while pages.count < 1_000 {
      let reply = try await hub.pull(
        PullRequest(frontier: await store.frontier(), bytesMax: bytesMax))
      try await store.apply(reply.page)
      if !reply.page.changes.isEmpty { pages.append(reply.page) }
      if reply.remaining == 0 { break }
    }
    return (store, pages)
  }

  /// What a team has written: two devices that have seen each other now and then.
  private func history(_ count: Int = 30, payloadBytes: Int = 40) async throws -> MemoryStore {
    let store = MemoryStore(study: TestServer.study, seed: 5)
    for number in 0..<count {
      let record = RecordID(rawValue: UInt128(number % 7 + 1))
      let device = number % 3 == 0 ? Self.luis : Self.ana
      if number % 11 == 10 {
        try await store.delete(by: device, record)
      } else {
        try await store.write(
          by: device, record, fields: [1, UInt32(number % 4 + 2)],
          payload: [UInt8](repeating: UInt8(number & 0xff), count: payloadBytes))
      }
    }
    return store
  }

  private func pages(_ store: MemoryStore, bytesMax: Int = 1 << 20) async -> [ChangePage] {
    var pages = [ChangePage]()
    var clock = VectorClock()
    while true {
      let page = await store.page(beyond: clock, bytesMax: bytesMax)
      guard !page.changes.isEmpty else { return pages }
      for head in page.heads { clock.include(head.dot) }
      pages.append(page)
    }
  }

  private func hello(
    _ digest: Digest, version: UInt32 = 1, head: ChainHead? = nil
  ) -> Hello {
    Hello(version: version, device: Self.ana, head: head, frontierDigest: digest)
  }

  private func code(_ body: () async throws -> Void) async -> Problem.Code? {
    do {
      try await body()
      return nil
    } catch HubError.refused(let problem) {
      return problem.code
    } catch {
      return nil
    }
  }

  // MARK: - hello

  @Test(arguments: HubKind.allCases)
  func `an equal digest is answered without a frontier, another one with it`(
    kind: HubKind
  ) async throws {
    try await kind.with(pages(history())) { hub in
      let (store, _) = try await copy(of: hub)
      let frontier = await store.frontier()

      let same = try await hub.hello(hello(frontier.digest))
      let other = try await hub.hello(hello(VectorClock().digest))
      // A server says what the notebook's member may do there; another notebook knows of no roles.
      let role = kind.hasRoles ? "researcher" : nil

      #expect(
        same == HelloReply(version: 1, frontier: nil, milliseconds: HubKind.now(), role: role))
      #expect(
        other
          == HelloReply(version: 1, frontier: frontier, milliseconds: HubKind.now(), role: role))
    }
  }

  @Test(arguments: HubKind.allCases)
  func `a newer notebook is answered in this protocol, and one of none is refused`(
    kind: HubKind
  ) async throws {
    try await kind.with { hub in
      let newer = try await hub.hello(hello(.zero, version: 9))
      #expect(newer.version == 1)
      let refused = await code { _ = try await hub.hello(hello(.zero, version: 0)) }
      #expect(refused == .unsupportedVersion)
    }
  }

  @Test(arguments: HubKind.allCases)
  func `a head that the hub holds otherwise is a fork, and one beyond it is none`(
    kind: HubKind
  ) async throws {
    try await kind.with(pages(history())) { hub in
      let (store, _) = try await copy(of: hub)
      let last = Dot(device: Self.ana, sequence: await store.frontier()[Self.ana])
      let link = try #require(await store.link(at: last))
      let beyond = Dot(device: Self.ana, sequence: last.sequence + 5)

      _ = try await hub.hello(hello(.zero, head: ChainHead(dot: last, link: link)))
      _ = try await hub.hello(hello(.zero, head: ChainHead(dot: beyond, link: .zero)))
      let forked = await code {
        _ = try await hub.hello(hello(.zero, head: ChainHead(dot: last, link: .zero)))
      }

      #expect(forked == .forkedChain)
    }
  }

  // MARK: - pull

  @Test(arguments: HubKind.allCases)
  func `pulling page by page brings everything once, and says how much is left`(
    kind: HubKind
  ) async throws {
    try await kind.with(pages(history(60, payloadBytes: 3_000), bytesMax: 40_000)) { hub in
      let store = MemoryStore(study: TestServer.study)
      let total = try await hub.verify().frontier.changeCount
      var seen = Set<Dot>()
      while seen.count < total {
        let reply = try await hub.pull(
          PullRequest(frontier: await store.frontier(), bytesMax: 16 << 10))
        let dots = reply.page.changes.map(\.dot)
        try #require(seen.isDisjoint(with: dots))
        seen.formUnion(dots)
        #expect(reply.remaining == total - UInt64(seen.count))
        #expect(
          reply.page.changes.count == 1
            || reply.page.changes.reduce(0) { $0 + $1.byteCount } <= 16 << 10)
        try await store.apply(reply.page)
        guard !dots.isEmpty else { break }
      }
      #expect(try await hub.verify() == store.summary())
      let end = try await hub.pull(PullRequest(frontier: store.frontier(), bytesMax: 1 << 20))
      #expect(end == PullReply(page: ChangePage(), remaining: 0))
    }
  }

  @Test(arguments: HubKind.allCases)
  func `what the asker holds already is not sent, wherever it stands`(kind: HubKind) async throws {
    try await kind.with(pages(history())) { hub in
      let (whole, _) = try await copy(of: hub)
      let order = await whole.page(beyond: VectorClock(), bytesMax: 1 << 20).changes.map(\.dot)
      for held in stride(from: 0, to: order.count, by: 3) {
        let frontier = VectorClock(order[..<held])
        let reply = try await hub.pull(PullRequest(frontier: frontier, bytesMax: 1 << 20))
        #expect(Set(reply.page.changes.map(\.dot)) == Set(order[held...]))
        #expect(reply.remaining == 0)
      }
    }
  }

  @Test(arguments: HubKind.allCases)
  func `a page is never smaller than 16 KiB nor greater than 1 MiB when it can be`(
    kind: HubKind
  ) async throws {
    try await kind.with(pages(history(300, payloadBytes: 8_000), bytesMax: 1 << 20)) { hub in
      for asked in [0, 1] {
        let reply = try await hub.pull(PullRequest(frontier: VectorClock(), bytesMax: asked))
        #expect((1...3).contains(reply.page.changes.count), "\(asked)")
      }
      for asked in [1 << 20, Int.max] {
        let reply = try await hub.pull(PullRequest(frontier: VectorClock(), bytesMax: asked))
        #expect((100...150).contains(reply.page.changes.count), "\(asked)")
      }
    }
  }

  // MARK: - push

  @Test(arguments: HubKind.allCases.filter(\.takes))
  func `a push says how many changes were new, and may be repeated`(kind: HubKind) async throws {
    try await kind.with { hub in
      let history = try await history()
      let small = await pages(history, bytesMax: 1_500)
      var total = 0
      for page in small {
        #expect(try await hub.push(page).newChanges == page.changes.count)
        #expect(try await hub.push(page).newChanges == 0)
        total += page.changes.count
      }
      for page in small.reversed() {
        #expect(try await hub.push(page).newChanges == 0)
      }
      let everything = await pages(history)
      #expect(try await hub.push(everything[0]).newChanges == 0)
      #expect(total == everything[0].changes.count)
      let frontier = try await hub.verify().frontier
      #expect(await frontier.covers(history.frontier()))
    }
  }

  @Test(arguments: HubKind.allCases.filter(\.takes))
  func `a page that may not be applied is refused with its code and changes nothing`(
    kind: HubKind
  ) async throws {
    try await kind.with { hub in
      let history = try await history()
      let small = await pages(history, bytesMax: 1_500)
      _ = try await hub.push(small[0])
      let before = try await hub.verify()
      var damaged = small[1]
      damaged.heads[0].link = .zero
      var forked = small[0]
      forked.heads[0].link = .zero
      var headless = small[1]
      headless.heads.removeLast()

      let ahead = try await Self.ahead()
      let refused: [(ChangePage, Problem.Code)] = [
        (small[3], .gap), (damaged, .damagedPage), (forked, .forkedChain),
        (headless, .invalidChange), (ahead, .contextAhead),
      ]
      for (page, expected) in refused {
        let code = await code { _ = try await hub.push(page) }
        #expect(code == expected)
      }
      #expect(try await hub.verify() == before)
    }
  }

  /// A change whose author had seen another one, which is not there.
  private static func ahead() async throws -> ChangePage {
    let store = MemoryStore(study: TestServer.study, seed: 6)
    let carla = DeviceID(rawValue: 3)
    let seen = RecordID(rawValue: 99)
    try await store.write(by: DeviceID(rawValue: 4), seen, fields: [1])
    try await store.write(by: carla, seen, fields: [1])
    return await store.page(
      beyond: VectorClock([Dot(device: DeviceID(rawValue: 4), sequence: 1)]), bytesMax: 1 << 20)
  }

  @Test func `a bundle takes nothing and says so`() async throws {
    try await HubKind.bundle.with { hub in
      let before = try await hub.verify()
      let page = await pages(try await history())[0]
      await #expect(
        throws: HubError.refused(
          Problem(
            .forbidden, "a bundle takes nothing; write another one with `cuaderno bundle write`"))
      ) { try await hub.push(page) }
      #expect(try await hub.verify() == before)
    }
  }

  // MARK: - a session

  @Test(arguments: HubKind.allCases)
  func `a session ends with the same on both sides`(kind: HubKind) async throws {
    try await kind.with(pages(history(40, payloadBytes: 20_000))) { hub in
      let notebook = MemoryStore(study: TestServer.study, seed: 8)
      let carla = DeviceID(rawValue: 3)
      if kind.takes {
        for number in 1...9 {
          try await notebook.write(by: carla, RecordID(rawValue: UInt128(number)), fields: [1, 2])
        }
      }

      let first = try await session(notebook, hub, kind)
      let second = try await session(notebook, hub, kind)

      let changes = await notebook.frontier().changeCount
      #expect(first == .verified(changes: changes))
      #expect(second == .nothingToDo)
      #expect(try await hub.verify() == notebook.summary())
    }
  }

  private func session(
    _ notebook: MemoryStore, _ hub: any Hub, _ kind: HubKind
  ) async throws -> SyncSession.Outcome {
    try await outcome(notebook, hub, isReceivingOnly: !kind.takes)
  }

  private func outcome(
    _ notebook: MemoryStore, _ hub: some Hub, isReceivingOnly: Bool
  ) async throws -> SyncSession.Outcome {
    try await SyncDriver(
      store: notebook, device: DeviceID(rawValue: 3), hub: hub, isReceivingOnly: isReceivingOnly,
      wait: { _ in throw Missing() }
    ).run().outcome
  }
}
