import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport

// How stores in memory meet, and what happens to them.
extension StoreWorld {
  mutating func sync(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    let server = servers.randomElement(using: &random) ?? servers[0]
    return try await talk(index, with: server.store, &random)
  }

  mutating func meet(
    _ index: Int, _ other: Int, _ random: inout SplitMix64
  ) async throws -> String {
    guard index != other else { return "alone" }
    return try await talk(index, with: desks[other].store, &random)
  }

  private mutating func talk(
    _ index: Int, with store: MemoryStore, _ random: inout SplitMix64
  ) async throws -> String {
    let line = Line.allCases.randomElement(using: &random) ?? .good
    return try await line.sync(
      desks[index].store, as: desks[index].device,
      with: StoreHub(store: store, packing: ZstdPacking(), now: { 0 }), seed: random.next(), &tally
    ).words
  }

  mutating func syncMending(_ index: Int, _ server: Int) async throws -> String {
    let hub = StoreHub(store: servers[server].store, packing: ZstdPacking(), now: { 0 })
    let desk = desks[index]
    do {
      return "\(try await Line.converse(desk.store, desk.device, hub))"
    } catch let parted as ChainsPart {
      guard let common = parted.parting.lastCommon.first(where: { $0.device == desk.device })
      else { throw parted }
      let count = try await mend(index, after: common)
      tally.count("forks mended")
      let outcome = try await Line.converse(desks[index].store, desks[index].device, hub)
      return "parted after \(common.sequence), \(count) written anew, \(outcome)"
    }
  }

  /// Writes what came after the fork anew, as another device.
  private mutating func mend(_ index: Int, after fork: Dot) async throws -> Int {
    let all = await desks[index].store.everything
    let left = all.changes.filter {
      $0.dot.device == fork.device && $0.dot.sequence > fork.sequence
    }
    let salt = UInt64(truncatingIfNeeded: fork.device.rawValue) &+ fork.sequence
    var random = SplitMix64(seed: salt)
    let store = MemoryStore(study: study, seed: random.next())
    try await store.apply(await all.without(left.map(\.dot), in: desks[index].store))
    desks[index].store = store
    desks[index].device = DeviceID(using: &random)
    desks[index].held = VectorClock()
    for change in left {
      guard case .payload(_, let payload) = change.content else { continue }
      let record = change.envelope.record
      try await store.author(
        by: desks[index].device, record, kind: 3, action: change.envelope.action,
        context: await store.state(of: record)?.clock ?? VectorClock(),
        fields: change.envelope.fields, payload: payload,
        milliseconds: desks[index].milliseconds)
    }
    return left.count
  }

  // MARK: - Sticks

  mutating func handStick(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    let frontier = await desks[index].store.frontier()
    let held = desks.randomElement(using: &random)?.held ?? VectorClock()
    let start = Bool.random(using: &random) ? VectorClock() : frontier.met(with: held)
    let page = await desks[index].store.page(beyond: start, bytesMax: .max)
    guard !page.changes.isEmpty else { return "nothing to hand" }
    sticks.append((page, start))
    return "\(page.changes.count) changes"
  }

  mutating func readStick(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    guard let place = sticks.indices.randomElement(using: &random) else { return "no stick" }
    let (page, start) = sticks[place]
    if Bool.random(using: &random) { sticks.remove(at: place) }
    let store = desks[index].store
    if Bool.random(using: &random) { try await refuseDamaged(page, store, &random) }
    guard await store.frontier().covers(start) else { return "too early" }
    let count = try await store.apply(page)
    tally.count("bundles read")
    return "\(count) changes"
  }

  /// A page of which a byte is another one is refused, or says the same.
  private func refuseDamaged(
    _ page: ChangePage, _ store: MemoryStore, _ random: inout SplitMix64
  ) async throws {
    var bytes = page.encode(.protobuf)
    let place = Int.random(in: bytes.indices, using: &random)
    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    let before = await store.summary()
    guard let damaged = try? ChangePage(decoding: bytes, format: .protobuf), damaged != page,
      (try? await store.apply(damaged)) != nil, await store.summary() != before
    else { return }
    // What it held already it passed over, whatever the page said of it.
    let sent = Set(page.changes)
    for change in await store.page(beyond: before.frontier, bytesMax: .max).changes
    where !sent.contains(change) {
      throw Broken("a damaged page is refused", "\(change.dot)")
    }
  }

  // MARK: - Copies and servers

  mutating func copy(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    guard copies.count < 2 else { return "copies enough" }
    var desk = desks[index]
    desk.store = MemoryStore(study: study, seed: random.next())
    try await desk.store.apply(await desks[index].store.everything)
    desk.isCopy = true
    desk = Desk(copying: desk, name: "copy of \(desks[index].name)")
    copies.append(desks.count)
    desks.append(desk)
    tally.count("copies")
    return desk.name
  }

  mutating func keep(_ index: Int) async throws -> String {
    desks[index].kept = await desks[index].store.everything
    return "kept"
  }

  mutating func restore(_ index: Int) async throws -> String {
    guard let kept = desks[index].kept else { return "none kept" }
    let before = await desks[index].store.frontier()
    desks[index].store = MemoryStore(study: study, seed: before.changeCount &+ 77)
    try await desks[index].store.apply(kept)
    desks[index].held = VectorClock()
    // It knows the highest number it gave away, and that it holds less.
    let after = await desks[index].store.frontier()
    if after != before { desks[index].isCopy = true }
    await noteLost(from: before, to: after)
    tally.count("notebooks set back")
    return "set back"
  }

  mutating func liveTwice(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    _ = try await syncMending(index, server)
    // Whoever is a copy is a new device before anything else happens to it.
    _ = try await write(index, step, &random)
    _ = try await syncMending(index, server)
    let snapshot = desks[index]
    let everything = await snapshot.store.everything
    let first = Int.random(in: 0...3, using: &random)
    let isSent = Int.random(in: 0..<3, using: &random) > 0
    var known = acknowledged
    for _ in 0..<first { _ = try await write(index, step, &random) }
    if isSent {
      _ = try await syncMending(index, server)
      known = acknowledged
    }
    acknowledged = known
    let milliseconds = desks[index].milliseconds
    desks[index] = snapshot
    desks[index].store = MemoryStore(study: study, seed: random.next())
    desks[index].milliseconds = milliseconds
    try await desks[index].store.apply(everything)
    let second = Int.random(in: 0...3, using: &random)
    var written = [RecordID: Change.Content]()
    for _ in 0..<second {
      let record = RecordID(using: &random)
      let change = try await author(
        index, record, .write, context: VectorClock(), [FieldID(1)], step, &random,
        isAcknowledged: false)
      written[record] = change.content
    }
    tally.count("machines set back")
    let outcome = try await syncMending(index, server)
    // They may have other names now.
    let all = await desks[index].store.everything.changes
    for (record, content) in written {
      guard let change = all.first(where: { $0.envelope.record == record }),
        case .payload(_, let payload) = content
      else { throw Broken("no acknowledged text is lost", "of a second past") }
      acknowledged[change.dot] = payload
    }
    return outcome
  }

  mutating func backUp(_ random: inout SplitMix64) async -> String {
    let server = Int.random(in: servers.indices, using: &random)
    servers[server].backup = await servers[server].store.everything
    return "server \(server)"
  }

  mutating func setBack(
    isEmptied: Bool, _ random: inout SplitMix64
  ) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    guard isEmptied || servers[server].backup != nil else { return "no backup" }
    let before = await servers[server].store.frontier()
    servers[server].store = MemoryStore(study: study, seed: random.next())
    if !isEmptied, let backup = servers[server].backup {
      try await servers[server].store.apply(backup)
    }
    servers[server].held = VectorClock()
    await noteLost(from: before, to: await servers[server].store.frontier())
    tally.count(isEmptied ? "servers emptied" : "servers set back")
    return "server \(server)"
  }

  private mutating func noteLost(from before: VectorClock, to after: VectorClock) async {
    var others = [VectorClock]()
    for desk in desks { others.append(await desk.store.frontier()) }
    for server in servers { others.append(await server.store.frontier()) }
    for end in before.entries where end.sequence > after[end.device] {
      for sequence in after[end.device] + 1...end.sequence {
        let dot = Dot(device: end.device, sequence: sequence)
        if !others.contains(where: { $0.covers(dot) }) { lost.insert(dot) }
      }
    }
  }
}

extension Desk {
  init(copying other: Desk, name: String) {
    self.init(
      name: name, store: other.store, device: other.device, milliseconds: other.milliseconds)
    isCopy = true
  }
}

extension MemoryStore {
  var everything: ChangePage { page(beyond: VectorClock(), bytesMax: .max) }
}

extension ChangePage {
  /// The page without some of its changes, with the heads that it has then.
  func without(_ dots: [Dot], in store: MemoryStore) async -> ChangePage {
    let left = Set(dots)
    let changes = changes.filter { !left.contains($0.dot) }
    var heads = [ChainHead]()
    for dot in VectorClock(changes.map(\.dot)).entries {
      if let link = await store.link(at: dot) { heads.append(ChainHead(dot: dot, link: link)) }
    }
    return ChangePage(changes: changes, heads: heads)
  }
}

extension VectorClock {
  /// What both cover.
  fileprivate func met(with other: VectorClock) -> VectorClock {
    VectorClock(
      entries.map { Dot(device: $0.device, sequence: min($0.sequence, other[$0.device])) })
  }
}
