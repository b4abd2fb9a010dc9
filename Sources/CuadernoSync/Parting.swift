/// Where the chains of two stores part: two notebooks have written as one device.
package struct Parting: Hashable, Sendable {
  /// For each device concerned the last change that both hold; its number is 0 when they hold none.
  package var lastCommon: [Dot]

  /// What the other one holds: what is not in it has to be written anew, and the rest comes back.
  package var held: VectorClock

  /// The links that the other one's chains have after the last common change, as far as they are known.
  package var linksThere: [DeviceID: Digest]

  package init(
    lastCommon: [Dot], held: VectorClock, linksThere: [DeviceID: Digest] = [:]
  ) {
    self.lastCommon = lastCommon
    self.held = held
    self.linksThere = linksThere
  }

  /// Whether a change stands for another one there.
  package func isBeyond(_ dot: Dot) -> Bool {
    lastCommon.contains { $0.device == dot.device && $0.sequence < dot.sequence }
  }

  /// What both hold under the same names of what a clock covers.
  package func common(in clock: VectorClock) -> VectorClock {
    var common = VectorClock()
    for entry in clock.entries {
      let end = lastCommon.first { $0.device == entry.device }?.sequence ?? entry.sequence
      common.include(Dot(device: entry.device, sequence: min(entry.sequence, end)))
    }
    return common
  }

  /// Takes the links after the last common changes from the store that was met.
  package mutating func learnLinks(from store: some ChangeStore) async throws {
    for common in lastCommon {
      linksThere[common.device] = try await store.link(
        at: Dot(device: common.device, sequence: common.sequence + 1))
    }
  }
}
