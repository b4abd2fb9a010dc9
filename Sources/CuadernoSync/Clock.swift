/// One change's name: the device that wrote it and its number there.
///
/// Numbers count 1, 2, 3 … per device without a gap, so a device and its highest number stand for
/// everything it wrote up to there.
package struct Dot: Hashable, Sendable {
  package var device: DeviceID
  package var sequence: UInt64

  package init(device: DeviceID, sequence: UInt64) {
    self.device = device
    self.sequence = sequence
  }
}

extension Dot: Comparable {
  /// By device and then number; an order for listings, without a meaning in time.
  package static func < (left: Dot, right: Dot) -> Bool {
    (left.device, left.sequence) < (right.device, right.sequence)
  }
}

/// For each device the highest sequence number covered.
///
/// A vector clock (Fidge 1988, Mattern 1988) in the form that version vectors take: an absent
/// device stands at zero. Kept sorted by device, which makes equality, the canonical bytes and the
/// join of two clocks one pass each; most clocks have one to three entries.
package struct VectorClock: Hashable, Sendable {
  /// Sorted by device, each device once, no sequence number zero.
  package private(set) var entries: [Dot]

  package init() {
    entries = []
  }

  package init(_ dots: some Sequence<Dot>) {
    self.init()
    for dot in dots { include(dot) }
  }

  /// Takes entries as they are; nil unless they are sorted by device, each once, none zero.
  package init?(sortedEntries entries: [Dot]) {
    for (index, entry) in entries.enumerated() {
      guard entry.sequence > 0 else { return nil }
      guard index == 0 || entries[index - 1].device < entry.device else { return nil }
    }
    self.entries = entries
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// The highest number covered of a device, zero when there is none.
  package subscript(device: DeviceID) -> UInt64 {
    let index = lowerBound(device)
    return index < entries.count && entries[index].device == device ? entries[index].sequence : 0
  }

  package func covers(_ dot: Dot) -> Bool {
    dot.sequence <= self[dot.device]
  }

  package func covers(_ other: VectorClock) -> Bool {
    other.entries.allSatisfy(covers)
  }

  /// Covers a dot and everything before it of the same device.
  package mutating func include(_ dot: Dot) {
    guard dot.sequence > 0 else { return }
    let index = lowerBound(dot.device)
    if index < entries.count, entries[index].device == dot.device {
      entries[index].sequence = max(entries[index].sequence, dot.sequence)
    } else {
      entries.insert(dot, at: index)
    }
  }

  /// Covers what either covers: the least upper bound of the two.
  package mutating func join(_ other: VectorClock) {
    for dot in other.entries { include(dot) }
  }

  package func joined(with other: VectorClock) -> VectorClock {
    var result = self
    result.join(other)
    return result
  }

  /// The entries in which this clock is beyond another. Joined with the other they are both.
  package func beyond(_ other: VectorClock) -> VectorClock {
    var result = VectorClock()
    result.entries = entries.filter { !other.covers($0) }
    return result
  }

  /// How many changes this clock covers.
  package var changeCount: UInt64 {
    entries.reduce(0) { $0 &+ $1.sequence }
  }

  private func lowerBound(_ device: DeviceID) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].device < device { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
