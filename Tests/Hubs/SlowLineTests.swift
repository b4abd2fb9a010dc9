import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Testing

/// A study over 2 kB/s with a cut every 20 seconds: it gets there, and little is sent twice.
@Suite struct SlowLineTests {
  private static let ana = DeviceID(rawValue: 1)
  private static let bytesPerSecond = 2_000

  /// Interviews with their texts, and a few hundred codings: some hundred kB that travel.
  private func study(interviews: Int, seed: UInt64) async throws -> MemoryStore {
    let store = MemoryStore(study: TestServer.study, seed: seed)
    var random = SplitMix64(seed: seed)
    let words = (0..<2_000).map { _ in Self.word(&random) }
    var record: UInt128 = 0
    for _ in 0..<interviews {
      record += 1
      var text = ""
      let length = Int.random(in: 4_000...40_000, using: &random)
      while text.utf8.count < length {
        // Some words are much more frequent than others, as in speech.
        let index = Int(Double(words.count) * pow4(Double.random(in: 0..<1, using: &random)))
        text += words[index] + " "
      }
      try await store.write(
        by: Self.ana, RecordID(rawValue: record), fields: [1, 9], payload: Array(text.utf8))
      for _ in 0..<20 {
        record += 1
        try await store.write(
          by: Self.ana, RecordID(rawValue: record), fields: [1, 2, 3],
          payload: Array(words.shuffled(using: &random).prefix(12).joined(separator: " ").utf8))
      }
    }
    return store
  }

  private func pow4(_ value: Double) -> Double { value * value * value * value }

  private static func word(_ random: inout SplitMix64) -> String {
    let letters = Array("aeiourstnlmcdpñ")
    return String(
      (0..<Int.random(in: 2...9, using: &random)).map { _ in
        letters[Int.random(in: letters.indices, using: &random)]
      })
  }

  /// Syncs until it is done; a session that gives up is begun again, as a person would.
  private func sync(
    _ store: MemoryStore, over line: SlowLine<StoreHub<MemoryStore>>
  ) async throws -> Int {
    for session in 1...200 {
      do {
        let outcome = try await SyncDriver(
          store: store, device: Self.ana, hub: line,
          wait: { await line.wait($0) }
        ).run().outcome
        if outcome != .movedOn { return session }
      } catch HubError.unreachable {
        continue
      }
    }
    throw Missing()
  }

  @Test(arguments: [true, false])
  func
    `a study goes over 2 kB/s with a cut every 20 s, either way, and at most a page is sent again`(
      isPushed: Bool
    ) async throws
  {
    for seed in Seeds.upTo(3) {
      let full = try await study(interviews: 17, seed: seed)
      let empty = MemoryStore(study: TestServer.study, seed: seed &+ 1)
      let (notebook, server) = isPushed ? (full, empty) : (empty, full)
      let line = SlowLine(
        StoreHub(store: server, now: HubKind.now), bytesPerSecond: Self.bytesPerSecond,
        secondsBetweenCuts: 20)

      let sessions = try await sync(notebook, over: line)

      let (seconds, cuts) = (await line.milliseconds / 1_000, await line.cuts)
      let (sent, lost) = (await line.sentBytes, await line.lostBytes)
      #expect(await notebook.summary() == server.summary(), "\(Seeds.replay(seed))")
      #expect(cuts > 3, "\(Seeds.replay(seed)): the line was not cut")
      #expect(lost <= cuts * Self.bytesPerSecond * 20, "\(Seeds.replay(seed))")
      // A line without cuts would take (sent - lost) / 2,000 seconds.
      let ideal = (sent - lost) / Self.bytesPerSecond
      #expect(
        seconds <= 3 * ideal + 60,
        "\(Seeds.replay(seed)): \(seconds) s, \(sessions) sessions, \(cuts) cuts, ideal \(ideal) s")
      #expect(sessions <= 3, "\(Seeds.replay(seed)): \(sessions) sessions")
    }
  }

  @Test func `on a good line pages grow, and a study takes few requests`() async throws {
    let full = try await study(interviews: 60, seed: 9)
    let notebook = MemoryStore(study: TestServer.study, seed: 10)
    let line = CountingHub(StoreHub(store: full, now: HubKind.now))

    _ = try await SyncDriver(
      store: notebook, device: Self.ana, hub: line, wait: { _ in throw Missing() }
    ).run()

    let bytes = await full.page(beyond: VectorClock(), bytesMax: .max).changes
      .reduce(0) { $0 + $1.byteCount }
    // 512 KiB and then 1 MiB each.
    #expect(try #require(line.requests[.pull]) <= bytes / (700 << 10) + 3)
  }

  /// Why the size of a page is counted in bytes of changes: what travels is never much more.
  @Test
  func `what travels of a page is at most its size and a twentieth, however little it compresses`()
    async throws
  {
    var random = SplitMix64(seed: 3)
    for payloadBytes in [0, 10, 100, 5_000] {
      let store = MemoryStore(study: TestServer.study, seed: 4)
      for record in 1...200 {
        try await store.write(
          by: DeviceID(rawValue: UInt128(record % 5 + 1)),
          RecordID(rawValue: UInt128(random.next())),
          fields: [1, 2, 3], payload: random.bytes(payloadBytes))
      }
      let page = await store.page(beyond: VectorClock(), bytesMax: WireLimits.pageBytesMin)
      let counted = page.changes.reduce(0) { $0 + $1.byteCount }
      let travelling = Compression.compress(page.encode(.protobuf)).count

      #expect(travelling <= counted + counted / 20, "\(payloadBytes): \(travelling) of \(counted)")
    }
  }
}
