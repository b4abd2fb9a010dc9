import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync

// The end of a world: everybody meets on good lines, and then the promises are checked.
extension FieldWorld {
  /// Everybody syncs with every server until nobody has anything new.
  mutating func settle() async throws {
    var frontiers = Set<VectorClock>()
    // Once to bring everything to each server, once to fetch it, and once more for what was written
    // anew on the way.
    for _ in 0..<5 {
      for index in seats.indices {
        for server in servers.indices {
          do {
            let outcome = try await syncMending(index, server)
            trace.add("end \(seats[index].name) with server \(server): \(outcome)")
          } catch {
            throw Broken(
              "everybody can sync on a good line",
              "\(seats[index].name) with server \(server): \(type(of: error)): \(error)")
          }
        }
      }
      frontiers = Set(try seats.map { try $0.notebook.frontier() })
      for server in servers { frontiers.insert(try await server.store.frontier()) }
      if frontiers.count == 1 { return }
      try await renewServers()
    }
    throw Broken("everybody ends up with the same changes", "\(frontiers.count) frontiers")
  }

  /// Two servers may have got different branches of a chain, and neither can be mended: whoever runs
  /// the second one is told to begin it anew.
  private mutating func renewServers() async throws {
    for index in servers.indices.dropFirst() {
      let parting = try await ForkSearch(store: servers[0].store, hub: servers[index].hub).parting()
      guard parting != nil else { continue }
      try await setBack(index) { try await $0.empty() }
      trace.add("server \(index) holds another branch than server 0, and begins anew")
      tally.count("servers that parted")
    }
  }

  mutating func check() async throws {
    let changes = try await checkChanges()
    try await checkSummaries()
    try checkShownTheSame()
    let notebook = seats[0].notebook
    let tally = try notebook.read { reader -> Tally in
      let model = try ReferenceModel(changes, reader)
      try checkAgainst(model, reader)
      try checkPassages(model, reader)
      var tally = Tally()
      try findTexts(model, &tally)
      tally.changes = changes.count
      tally.records = model.records.count
      tally.devices = Set(changes.keys.map(\.device)).count
      return tally
    }
    self.tally.add(tally)
    trace.add("\(changes.count) changes, \(tally.shown) shown, \(tally.overruled) overruled")
    for server in servers {
      guard try await server.ledger.check().isSound else { throw Broken("a ledger is sound") }
    }
    // One by turns: it makes the whole view anew.
    let index = Int(schedule.seed % UInt64(seats.count))
    let examination = try seats[index].notebook.examine(rebuild: false)
    guard examination.isHealthy else {
      throw Broken(
        "a view is what its log comes to", "\(seats[index].name): \(examination)")
    }
  }

  /// The same set everywhere, to the byte, and of what was erased nothing but hashes.
  private func checkChanges() async throws -> [Dot: Change] {
    func set(_ page: ChangePage) -> [Dot: Change] {
      Dictionary(page.changes.map { ($0.dot, $0) }, uniquingKeysWith: { first, _ in first })
    }
    let first = set(try seats[0].notebook.page(beyond: VectorClock(), bytesMax: 1 << 30))
    for seat in seats.dropFirst() {
      let other = set(try seat.notebook.page(beyond: VectorClock(), bytesMax: 1 << 30))
      guard other == first else {
        throw Broken("everybody holds the same changes", Self.difference(first, other, seat.name))
      }
    }
    for (index, server) in servers.enumerated() {
      let other = set(try await server.store.page(beyond: VectorClock(), bytesMax: 1 << 30))
      guard other == first else {
        throw Broken(
          "everybody holds the same changes", Self.difference(first, other, "server \(index)"))
      }
    }
    return first
  }

  private static func difference(
    _ first: [Dot: Change], _ other: [Dot: Change], _ name: String
  ) -> String {
    let dots = Set(first.keys).union(other.keys).filter { first[$0] != other[$0] }.sorted()
    return "\(name) differs in \(dots.count) of \(first.count), the first \(dots[0])"
  }

  private mutating func checkSummaries() async throws {
    let summary = try seats[0].notebook.summary()
    for seat in seats where try seat.notebook.summary() != summary {
      throw Broken("the same changes make the same registers", seat.name)
    }
    for server in servers where try await server.store.summary() != summary {
      throw Broken("the same changes make the same registers", "a server")
    }
    trace.add("registers \(summary.registers.bytes.prefix(8))")
  }

  private func checkShownTheSame() throws {
    for seat in seats { try seat.notebook.completeIndex() }
    let first = try SharedDump.of(seats[0].folder)
    for seat in seats.dropFirst() {
      let other = try SharedDump.of(seat.folder)
      guard other != first else { continue }
      let lines = Set(first).symmetricDifference(other).sorted().prefix(4)
      throw Broken(
        "the same changes show the same", "\(seat.name): \(lines.joined(separator: " | "))")
    }
  }
}
