/// Finds up to which number a notebook and a hub hold the same changes of each device.
///
/// Two notebooks that write as one device, such as a copy that could not be told from its original,
/// give the same numbers to different changes. The hub refuses the one that comes second, and whoever
/// got its changes by a bundle; this says where they parted, by asking with earlier heads: half the
/// numbers are left out each time.
package struct ForkSearch<Store: ChangeStore, Remote: Hub> {
  private let store: Store
  private let hub: Remote

  package init(store: Store, hub: Remote) {
    self.store = store
    self.hub = hub
  }

  /// - Parameter known: what the two are known to hold alike, which is not asked about.
  /// - Returns: nil when the two hold the same under every name that both know.
  /// - Throws: ``HubError`` when the hub cannot be asked or refuses for another reason.
  package func parting(beyond known: VectorClock = VectorClock()) async throws -> Parting? {
    let there = try await frontierThere(known)
    var lastCommon = [Dot]()
    for end in try await store.frontier().entries where there[end.device] > 0 {
      let last = Dot(device: end.device, sequence: min(end.sequence, there[end.device]))
      guard !known.covers(last), try await !isSame(last, known) else { continue }
      lastCommon.append(try await self.lastCommon(of: end.device, before: last.sequence, known))
    }
    return lastCommon.isEmpty ? nil : Parting(lastCommon: lastCommon, held: there)
  }

  /// - Returns: the last change of the device that both hold; its number is 0 when they hold none.
  /// - Throws: ``HubError`` when the hub cannot be asked or refuses for another reason.
  package func lastCommon(of device: DeviceID) async throws -> Dot {
    let there = try await frontierThere(VectorClock())[device]
    return try await lastCommon(
      of: device, before: min(there, try await store.frontier()[device]) + 1,
      VectorClock())
  }

  private func frontierThere(_ known: VectorClock) async throws -> VectorClock {
    // No frontier has this digest, so the hub answers with its own.
    let reply = try await hub.hello(hello(DeviceID(rawValue: 0), nil, known))
      .whole(knowing: known)
    return reply.frontier ?? VectorClock()
  }

  /// - Parameter parted: a number from which on the two differ.
  private func lastCommon(
    of device: DeviceID, before parted: UInt64, _ known: VectorClock
  ) async throws -> Dot {
    var parted = parted
    var common: UInt64 = 0
    while common + 1 < parted {
      let middle = common + (parted - common) / 2
      if try await isSame(Dot(device: device, sequence: middle), known) {
        common = middle
      } else {
        parted = middle
      }
    }
    return Dot(device: device, sequence: common)
  }

  private func isSame(_ dot: Dot, _ known: VectorClock) async throws -> Bool {
    guard let link = try await store.link(at: dot) else { return false }
    do {
      _ = try await hub.hello(hello(dot.device, ChainHead(dot: dot, link: link), known))
      return true
    } catch HubError.refused(let problem) where problem.code == .forkedChain {
      return false
    }
  }

  /// Whatever is known is named, since the hub would send all of its frontier with each answer.
  private func hello(_ device: DeviceID, _ head: ChainHead?, _ known: VectorClock) -> Hello {
    Hello(
      device: device, head: head, frontierDigest: .zero,
      knownDigest: known.isEmpty ? nil : known.digest)
  }
}
