import CuadernoNotebook
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation

// How notebooks meet: over lines good and bad, and by a stick.
extension FieldWorld {
  mutating func sync(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    let server = servers.randomElement(using: &random) ?? servers[0]
    return try await talk(index, with: server.hub, &random)
  }

  mutating func meet(
    _ index: Int, _ other: Int, _ random: inout SplitMix64
  ) async throws -> String {
    guard index != other else { return "alone" }
    let outcome = try await talk(
      index, with: StoreHub(store: seats[other].notebook, now: { Seat.now }), &random)
    let device = try seats[other].device
    try seats[index].notebook.heard(from: device, holding: seats[index].notebook.frontier())
    return "\(seats[other].name): \(outcome)"
  }

  private mutating func talk(
    _ index: Int, with hub: some Hub, _ random: inout SplitMix64
  ) async throws -> String {
    let line = Line.allCases.randomElement(using: &random) ?? .good
    do {
      return try await line.sync(
        seats[index].notebook, as: seats[index].device, with: hub, seed: random.next(), &tally)
    } catch is ChainsParted {
      do {
        return "\(line) found that " + (try await syncMending(index, with: hub))
      } catch is KeepsBranch {
        return "\(line) found that the other one is to be mended"
      }
    }
  }

  /// The chains have parted, and it is the other notebook that is to be mended.
  private struct KeepsBranch: Error {}

  mutating func syncMending(_ index: Int, _ server: Int) async throws -> String {
    try await syncMending(index, with: servers[server].hub)
  }

  /// One sync on a good line, with all that the command does when chains have parted.
  private mutating func syncMending(_ index: Int, with hub: some Hub) async throws -> String {
    var mended = ""
    for _ in 0..<3 {
      let seat = seats[index]
      do {
        let outcome = try await Line.converse(seat.notebook, seat.device, hub)
        // Equal frontiers say nothing of what stands under their numbers.
        if outcome == .nothingToDo, try await hub.verify() != seat.notebook.summary() {
          throw SyncSession.Failure.registersDiffer
        }
        return mended + "\(outcome)"
      } catch {
        guard Line.mayBeFork(error),
          let parting = try await ForkSearch(store: seat.notebook, hub: hub).parting()
        else { throw error }
        guard try seat.notebook.yields(to: parting) else { throw KeepsBranch() }
        let mending = try seats[index].whileClosed {
          try Notebook.mend(seat.folder, after: parting, surroundings: seat.surroundings)
        }
        // Its own last numbers have other names now.
        seats[index].held = VectorClock()
        tally.count("forks mended")
        mended += "parted, \(mending.writtenAnew) written anew, "
      }
    }
    throw Broken("chains that parted are mended in one go", mended)
  }

  // MARK: - By stick

  mutating func handBundle(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let notebook = seats[index].notebook
    let partner = try notebook.partners().sorted { $0.device < $1.device }
      .randomElement(using: &random)
    let isWhole = partner == nil || Int.random(in: 0..<4, using: &random) == 0
    bundleCount += 1
    let url = URL(fileURLWithPath: scratch.file("\(bundleCount).bundle"))
    let contents = try notebook.writeBundle(
      to: url, beyond: isWhole ? VectorClock() : partner?.frontier ?? VectorClock())
    bundles.append(url)
    tally.count("bundles written")
    return "\(contents.changes) changes"
  }

  /// Whoever finds the stick reads one: too early, late, twice, or after the river had it.
  mutating func readBundle(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    guard let place = bundles.indices.randomElement(using: &random) else { return "no bundle" }
    let url = bundles[place]
    if Int.random(in: 0..<4, using: &random) == 0 {
      try readDamaged(url, index, &random)
    }
    let isLast = Bool.random(using: &random)
    defer { if isLast { bundles.remove(at: place) } }
    let notebook = seats[index].notebook
    do {
      let bundle = try notebook.bundle(at: url)
      let (outcome, progress) = try await SyncDriver(
        store: notebook, device: seats[index].device,
        hub: StoreHub(store: bundle, now: { Seat.now }), isReceivingOnly: true, wait: { _ in }
      ).run()
      guard try notebook.frontier().covers(bundle.frontier()) else {
        throw Broken("a bundle that was read is in the notebook whole")
      }
      try notebook.heard(from: bundle.header.device, holding: bundle.frontier())
      tally.count("bundles read")
      return "\(progress.pulled) changes, \(outcome)"
    } catch BundleFault.missing(let changes, _) {
      tally.count("bundles refused")
      return "\(changes) changes missing"
    }
  }

  private func readDamaged(_ url: URL, _ index: Int, _ random: inout SplitMix64) throws {
    var bytes = [UInt8](try Data(contentsOf: url))
    if Bool.random(using: &random) {
      bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    } else {
      let place = Int.random(in: bytes.indices, using: &random)
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    }
    let damaged = URL(fileURLWithPath: scratch.file("damaged.bundle"))
    try Data(bytes).write(to: damaged)
    do {
      _ = try seats[index].notebook.bundle(at: damaged)
    } catch is BundleFault {
      return
    }
    throw Broken("a damaged bundle is refused")
  }
}
