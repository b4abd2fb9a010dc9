/// Finds up to which number a notebook and a hub hold the same changes of the notebook's own device.
///
/// Two notebooks that write as one device, such as a copy that could not be told from its original,
/// give the same numbers to different changes. The hub refuses the one that comes second; this says
/// where the two parted, by asking with earlier heads: half the numbers are left out each time.
package struct ForkSearch<Store: ChangeStore, Remote: Hub> {
  private let store: Store
  private let hub: Remote

  package init(store: Store, hub: Remote) {
    self.store = store
    self.hub = hub
  }

  /// - Returns: the last change of the device that both hold; its number is 0 when they hold none.
  /// - Throws: ``HubError`` when the hub cannot be asked or refuses for another reason.
  package func lastCommon(of device: DeviceID) async throws -> Dot {
    // No frontier has this digest, so the hub answers with its own.
    let reply = try await hub.hello(Hello(device: device, head: nil, frontierDigest: .zero))
    let there = reply.frontier?[device] ?? 0
    var common: UInt64 = 0
    var parted = min(there, try await store.frontier()[device]) + 1
    while common + 1 < parted {
      let middle = common + (parted - common) / 2
      if try await isSame(Dot(device: device, sequence: middle)) {
        common = middle
      } else {
        parted = middle
      }
    }
    return Dot(device: device, sequence: common)
  }

  private func isSame(_ dot: Dot) async throws -> Bool {
    guard let link = try await store.link(at: dot) else { return false }
    do {
      _ = try await hub.hello(
        Hello(device: dot.device, head: ChainHead(dot: dot, link: link), frontierDigest: .zero))
      return true
    } catch HubError.refused(let problem) where problem.code == .forkedChain {
      return false
    }
  }
}
