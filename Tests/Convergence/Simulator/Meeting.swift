import CuadernoNotebook
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation

// How notebooks meet: over lines good and bad, and by a stick.
extension FieldWorld {
  mutating func sync(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    try await talk(index, with: Int.random(in: servers.indices, using: &random), &random)
  }

  private mutating func talk(
    _ index: Int, with server: Int, _ random: inout SplitMix64
  ) async throws -> String {
    let line = Line.allCases.randomElement(using: &random) ?? .good
    let (notebook, hub) = (seats[index].notebook, try known(server, to: index))
    let checks = try notebook.checks(with: hub)
    do {
      let (outcome, words) = try await line.sync(
        notebook, as: seats[index].device, with: servers[server].hub, checks, seed: random.next(),
        &tally)
      switch outcome {
      case nil, .movedOn: try notebook.cut(from: hub, checks, bringing: notebook.frontier())
      default: try notebook.synced(with: hub, agreeing: notebook.frontier())
      }
      return words
    } catch is ChainsPart {
      return "\(line) found that " + (try await syncMending(index, server))
    }
  }

  mutating func meet(
    _ index: Int, _ other: Int, _ random: inout SplitMix64
  ) async throws -> String {
    guard index != other else { return "alone" }
    let line = Line.allCases.randomElement(using: &random) ?? .good
    let (seed, name) = (random.next(), seats[other].name)
    do {
      for _ in 0..<3 {
        let (notebook, met) = (seats[index].notebook, seats[other].notebook)
        do {
          let (outcome, words) = try await line.sync(
            notebook, as: seats[index].device,
            with: StoreHub(store: met, packing: ZstdPacking(), now: { Seat.now }), .withNotebook,
            seed: seed, &tally)
          if let outcome, outcome != .movedOn {
            try notebook.heard(from: seats[other].device, holding: met.frontier())
            try met.heard(from: seats[index].device, holding: notebook.frontier())
          }
          return "\(name): \(words)"
        } catch let parted as ChainsPart {
          var parting = parted.parting
          try await parting.learnLinks(from: met)
          _ = try mend(index, after: parting)
        }
      }
    } catch is KeepsBranch {
      return "\(name): the other one is to be mended"
    }
    throw Broken("chains that parted are mended in one go", name)
  }

  /// The chains have parted, and it is the other notebook that is to be mended.
  private struct KeepsBranch: Error {}

  /// - Returns: how many changes were written anew.
  private mutating func mend(_ index: Int, after parting: Parting) throws -> Int {
    let seat = seats[index]
    guard try seat.notebook.yields(to: parting) else { throw KeepsBranch() }
    let mending = try seats[index].whileClosed {
      try Notebook.mend(seat.folder, after: parting, surroundings: seat.surroundings)
    }
    // Its own last numbers have other names now.
    seats[index].held = VectorClock()
    tally.count("forks mended")
    return mending.writtenAnew
  }

  /// A server as a notebook knows it, which joins it if it has not.
  private func known(_ server: Int, to index: Int) throws -> KnownHub {
    let url = "https://server-\(server)"
    let notebook = seats[index].notebook
    if let hub = try notebook.hubs().first(where: { $0.url == url }) { return hub }
    let hub = KnownHub(url: url, token: "token", role: "owner")
    try notebook.remember(hub)
    return hub
  }

  /// One sync on a good line, with all that the command does when chains have parted.
  mutating func syncMending(_ index: Int, _ server: Int) async throws -> String {
    var mended = ""
    for _ in 0..<3 {
      let (notebook, hub) = (seats[index].notebook, try known(server, to: index))
      do {
        let outcome = try await Line.converse(
          notebook, seats[index].device, servers[server].hub, try notebook.checks(with: hub))
        try notebook.synced(with: hub, agreeing: notebook.frontier())
        return mended + "\(outcome)"
      } catch let parted as ChainsPart {
        let anew = try mend(index, after: parted.parting)
        mended += "parted, \(anew) written anew, "
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
    do {
      var mended = ""
      let bundle: BundleStore
      do {
        bundle = try seats[index].notebook.bundle(at: url)
      } catch PageFault.forked(let dot) {
        guard let parting = try seats[index].notebook.parting(fromBundleAt: url) else {
          throw PageFault.forked(dot)
        }
        mended = "parted, \(try mend(index, after: parting)) written anew, "
        bundle = try seats[index].notebook.bundle(at: url)
      }
      let notebook = seats[index].notebook
      let (outcome, progress) = try await SyncDriver(
        store: notebook, device: seats[index].device,
        hub: StoreHub(store: bundle, now: { Seat.now }), isReceivingOnly: true, wait: { _ in }
      ).run()
      guard try notebook.frontier().covers(bundle.frontier()) else {
        throw Broken("a bundle that was read is in the notebook whole")
      }
      try notebook.heard(from: bundle.header.device, holding: bundle.frontier())
      tally.count("bundles read")
      return mended + "\(progress.pulled) changes, \(outcome)"
    } catch BundleFault.missing(let changes, _) {
      tally.count("bundles refused")
      return "\(changes) changes missing"
    } catch BundleFault.partsBefore {
      tally.count("bundles refused")
      return "parts before it begins"
    } catch is KeepsBranch {
      tally.count("bundles refused")
      return "its writer is to be mended"
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
