package import CuadernoSync

/// What can still be proven of a log whose file is damaged.
///
/// A change is taken when the hashes around it say that it is the one that was written. What cannot
/// be proven is left out: to fetch a change again is better than to show a wrong text.
package struct LogRemains: Sendable {
  package struct Found: Sendable {
    package let change: Change
    package let link: Digest

    package init(change: Change, link: Digest) {
      self.change = change
      self.link = link
    }
  }

  /// In the order of arrival, as far as that can be read.
  package private(set) var found: [Found] = []

  /// The names of changes that were here and are not among those found, sorted.
  package private(set) var missing: [Dot] = []

  /// Changes of which one bit was flipped, and is turned back in what was found; sorted.
  package private(set) var turnedBack: [Dot] = []

  /// Finds every row of `change`, wherever it lies and whatever leads to it.
  ///
  /// - Parameter heads: where the chains ended, as far as that can be read.
  package init(of pages: DamagedPages, heads: [ChainHead]) {
    let traces = Self.traces(pages)
    var chains = Chains(traces.compactMap(\.row), heads)
    chains.prove()
    missing = chains.missing(atMost: UInt64(pages.rowsMax))
    let before = chains.linksBefore(missing)
    if !before.isEmpty, before.count <= Self.repairsMax {
      let suspects = traces.filter { trace in trace.row.map { !chains.holds($0) } ?? true }
      var flipped = FlippedBit(pages, missing: before)
      let rows = flipped.rows(at: suspects.prefix(Self.repairsMax).map(\.start))
      if !rows.isEmpty {
        chains = Chains(traces.compactMap(\.row) + rows, heads)
        chains.prove()
        missing = chains.missing(atMost: UInt64(pages.rowsMax))
        turnedBack = rows.compactMap { $0.change?.dot }.filter { !missing.contains($0) }.sorted()
      }
    }
    found = chains.proven
  }

  /// More rows than this were not hit by a bit here and there.
  private static let repairsMax = 32

  /// Every place where a row seems to begin; the row is nil when it cannot be read.
  private static func traces(_ pages: DamagedPages) -> [(start: Int, row: RowTrace?)] {
    var traces = [(start: Int, row: RowTrace?)]()
    let bytes = pages.bytes
    var start = 0
    while start + 2 < bytes.count {
      if bytes[start + 1] == 0, bytes[start + 2] == 9, let layout = RowLayout(pages, at: start) {
        traces.append((start, RowTrace(pages, at: start, layout)))
      }
      start += 1
    }
    return traces
  }
}

/// The chains of the devices, as the rows of a damaged log give them.
private struct Chains {
  private struct Link {
    let row: RowTrace
    let change: Change
    /// As it stands in the row.
    let stored: Digest
  }

  private var rows: [DeviceID: [UInt64: [Link]]] = [:]
  private let heads: [DeviceID: ChainHead]
  private var provenLinks: [Dot: (link: Digest, change: Change, position: Int64?)] = [:]

  init(_ traces: [RowTrace], _ heads: [ChainHead]) {
    for trace in traces {
      guard let change = trace.change else { continue }
      let link = Link(row: trace, change: change, stored: trace.link)
      rows[change.dot.device, default: [:]][change.dot.sequence, default: []].append(link)
    }
    self.heads = Dictionary(heads.map { ($0.dot.device, $0) }) { first, _ in first }
  }

  /// Proves what it can of each chain.
  ///
  /// A change is proven by its own link, or, where only that was damaged, by the link of the change
  /// after it or by the device's row. The first change after one that is gone can only be proven by
  /// what the row of that one still says of itself.
  mutating func prove() {
    for (device, chain) in rows {
      for sequence in chain.keys.sorted() {
        let dot = Dot(device: device, sequence: sequence)
        let previous = previousLinks(of: dot, chain)
        // Of two states of one change, the erased one is the later.
        let links = (chain[sequence] ?? []).sorted { $0.change.isErased && !$1.change.isErased }
        for link in links where provenLinks[dot] == nil {
          let payloadDigest = link.row.payloadDigest
          let new = previous.map { link.row.link(after: $0, payloadDigest: payloadDigest) }
            .first { $0 == link.stored || isConfirmed($0, at: dot, chain) }
          if let new { provenLinks[dot] = (new, link.change, link.row.position) }
        }
      }
    }
  }

  private func previousLinks(of dot: Dot, _ chain: [UInt64: [Link]]) -> [Digest] {
    guard dot.sequence > 1 else { return [.zero] }
    let before = Dot(device: dot.device, sequence: dot.sequence - 1)
    if let proven = provenLinks[before] { return [proven.link] }
    return (chain[before.sequence] ?? []).map(\.stored)
  }

  private func isConfirmed(_ link: Digest, at dot: Dot, _ chain: [UInt64: [Link]]) -> Bool {
    if heads[dot.device] == ChainHead(dot: dot, link: link) { return true }
    return chain[dot.sequence + 1]?.contains {
      $0.row.link(after: link, payloadDigest: $0.row.payloadDigest) == $0.stored
    } == true
  }

  func holds(_ row: RowTrace) -> Bool {
    row.change.map { provenLinks[$0.dot] != nil } ?? false
  }

  /// What is proven, in the order of arrival.
  var proven: [LogRemains.Found] {
    provenLinks.sorted { left, right in
      (left.value.position ?? .max, left.key) < (right.value.position ?? .max, right.key)
    }.map { LogRemains.Found(change: $0.value.change, link: $0.value.link) }
  }

  /// The names that the proven changes, and the chains of their devices, know of.
  ///
  /// - Parameter most: a number beyond it is itself damaged.
  func missing(atMost most: UInt64) -> [Dot] {
    var known = VectorClock()
    for (dot, proven) in provenLinks {
      known.include(dot)
      known.join(proven.change.envelope.context)
    }
    for (device, chain) in rows {
      // A name that may itself be damaged is believed only of a device that has written, and so many
      // rows that cannot be proven are at most so many numbers more.
      let proven = known[device]
      let unproven = chain.keys.filter { provenLinks[Dot(device: device, sequence: $0)] == nil }
      guard proven > 0 else { continue }
      for sequence in unproven where sequence <= proven + UInt64(unproven.count) {
        known.include(Dot(device: device, sequence: sequence))
      }
      if let head = heads[device], isBelievable(head) { known.include(head.dot) }
    }
    var missing = [Dot]()
    for end in known.entries where end.sequence <= most {
      for sequence in 1...end.sequence {
        let dot = Dot(device: end.device, sequence: sequence)
        if provenLinks[dot] == nil { missing.append(dot) }
      }
    }
    return missing
  }

  /// A head whose number was hit still has the link of a change that is here.
  private func isBelievable(_ head: ChainHead) -> Bool {
    !provenLinks.contains {
      $0.key.device == head.dot.device && $0.key != head.dot && $0.value.link == head.link
    }
  }

  /// The links that stand before changes that are missing, where they are known.
  func linksBefore(_ missing: [Dot]) -> [Dot: Digest] {
    var links = [Dot: Digest]()
    for dot in missing {
      let before = Dot(device: dot.device, sequence: dot.sequence - 1)
      links[dot] = dot.sequence == 1 ? .zero : provenLinks[before]?.link
    }
    return links
  }
}

extension Change {
  fileprivate var isErased: Bool {
    if case .erased = content { true } else { false }
  }
}
