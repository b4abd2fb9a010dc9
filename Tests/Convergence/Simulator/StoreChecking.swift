import CuadernoSync
import CuadernoTestSupport

// The end of a world in memory.
extension StoreWorld {
  mutating func settle() async throws {
    var frontiers = Set<VectorClock>()
    for _ in 0..<4 {
      for index in desks.indices {
        for server in servers.indices {
          do {
            trace.add("end \(index) with \(server): \(try await syncMending(index, server))")
          } catch {
            throw Broken(
              "everybody can sync on a good line",
              "\(desks[index].name): \(type(of: error)): \(error)")
          }
        }
      }
      frontiers = []
      for desk in desks { frontiers.insert(await desk.store.frontier()) }
      for server in servers { frontiers.insert(await server.store.frontier()) }
      if frontiers.count == 1 { return }
    }
    throw Broken("everybody ends up with the same changes", "\(frontiers.count) frontiers")
  }

  mutating func check() async throws {
    let first = await set(desks[0].store)
    let summary = await desks[0].store.summary()
    for store in desks.dropFirst().map(\.store) + servers.map(\.store) {
      guard await set(store) == first else { throw Broken("everybody holds the same changes") }
      guard await store.summary() == summary else {
        throw Broken("the same changes make the same registers")
      }
    }
    if let dot = ReferenceModel.unreasonableStamp(in: first) {
      throw Broken("a stamp exceeds all that its author had seen", "\(dot)")
    }
    let records = Dictionary(grouping: first.values.map(\.envelope), by: \.record)
      .mapValues { ObviousMerge($0) }
    for (record, merge) in records {
      try merge.check(await desks[0].store.state(of: record), of: record)
    }
    try findTexts(first, records)
    tally.changes += first.count
    tally.records += records.count
    tally.devices += Set(first.keys.map(\.device)).count
    trace.add("\(first.count) changes, registers \(summary.registers.bytes.prefix(8))")
  }

  private func set(_ store: MemoryStore) async -> [Dot: Change] {
    Dictionary(
      await store.everything.changes.map { ($0.dot, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func findTexts(
    _ changes: [Dot: Change], _ records: [RecordID: ObviousMerge]
  ) throws {
    for (dot, payload) in acknowledged {
      guard let change = changes[dot] else {
        guard lost.contains(dot) else { throw Broken("no acknowledged text is lost", "\(dot)") }
        tally.lostWithDisk += 1
        continue
      }
      guard case .payload(_, payload) = change.content else {
        throw Broken("an acknowledged text stays as it was", "\(dot)")
      }
      count(change, records)
    }
  }

  private mutating func count(_ change: Change, _ records: [RecordID: ObviousMerge]) {
    guard let merge = records[change.envelope.record], !merge.isErased else {
      tally.erased += 1
      return
    }
    let registers = change.envelope.fields.map { merge.register($0) }
    if registers.contains(where: { $0.last == change.dot }) {
      tally.shown += 1
    } else if registers.contains(where: { $0.contains(change.dot) }) {
      tally.overruled += 1
    } else {
      tally.inHistory += 1
    }
  }
}
