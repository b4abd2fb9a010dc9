import CuadernoSync

/// The chains of the devices, as the rows of a damaged log give them.
struct Chains {
  private struct Row {
    let trace: RowTrace
    let change: Change
    /// As it stands in the row.
    let stored: Digest
  }

  /// A row that is proven, and the link that it was chained to.
  private struct Proven {
    let change: Change
    let position: Int64?
    let link: Digest
    let previous: Digest
  }

  private var rows: [DeviceID: [UInt64: [Row]]] = [:]
  private let heads: [DeviceID: ChainHead]
  private var provenRows: [Dot: Proven] = [:]

  /// - Parameter heads: where the chains ended, as far as that can be read.
  init(_ traces: [RowTrace], _ heads: [ChainHead]) {
    for trace in traces {
      guard let change = trace.change else { continue }
      let row = Row(trace: trace, change: change, stored: trace.link)
      rows[change.dot.device, default: [:]][change.dot.sequence, default: []].append(row)
    }
    self.heads = Dictionary(heads.map { ($0.dot.device, $0) }) { first, _ in first }
    for (device, chain) in rows { choose(from: prove(chain, of: device), of: device) }
  }

  /// Proves what it can of a chain.
  ///
  /// A change is proven by its own link, or, where only that was damaged, by the link of the change
  /// after it or by the device's row. The first change after one that is gone can only be proven by
  /// what the row of that one still says of itself.
  private func prove(_ chain: [UInt64: [Row]], of device: DeviceID) -> [UInt64: [Proven]] {
    var proven = [UInt64: [Proven]]()
    for sequence in chain.keys.sorted() {
      let dot = Dot(device: device, sequence: sequence)
      let links = proven[sequence - 1].map { $0.map(\.link) } ?? chain[sequence - 1]?.map(\.stored)
      let previous = sequence == 1 ? [.zero] : links ?? []
      // Of two states of one change, the erased one is the later.
      let states = (chain[sequence] ?? []).sorted { $0.change.isErased && !$1.change.isErased }
      for row in states {
        let payloadDigest = row.trace.payloadDigest
        for before in previous {
          let link = row.trace.link(after: before, payloadDigest: payloadDigest)
          guard link == row.stored || isConfirmed(link, at: dot, chain),
            proven[sequence]?.contains(where: { $0.link == link }) != true
          else { continue }
          proven[sequence, default: []].append(
            Proven(
              change: row.change, position: row.trace.position, link: link, previous: before))
        }
      }
    }
    return proven
  }

  private func isConfirmed(_ link: Digest, at dot: Dot, _ chain: [UInt64: [Row]]) -> Bool {
    if heads[dot.device] == ChainHead(dot: dot, link: link) { return true }
    return chain[dot.sequence + 1]?.contains {
      $0.trace.link(after: link, payloadDigest: $0.trace.payloadDigest) == $0.stored
    } == true
  }

  /// One chain of what is proven. A WAL also has what a number stood for before it was written anew:
  /// what the chain's end leads back to counts, and otherwise what has the later stamp.
  private mutating func choose(from proven: [UInt64: [Proven]], of device: DeviceID) {
    var wanted: Digest?
    for sequence in proven.keys.sorted(by: >) {
      let dot = Dot(device: device, sequence: sequence)
      let rows = proven[sequence] ?? []
      let isKnownEnd = wanted == nil && heads[device]?.dot == dot
      if isKnownEnd { wanted = heads[device]?.link }
      let chosen =
        rows.first { $0.link == wanted }
        ?? rows.max { $0.change.envelope.stamp < $1.change.envelope.stamp }
      provenRows[dot] = chosen
      wanted = chosen?.previous
    }
  }

  func holds(_ row: RowTrace) -> Bool {
    row.change.map { provenRows[$0.dot] != nil } ?? false
  }

  /// What is proven, in the order of arrival.
  var proven: [LogRemains.Found] {
    provenRows.sorted { left, right in
      (left.value.position ?? .max, left.key) < (right.value.position ?? .max, right.key)
    }.map { LogRemains.Found(change: $0.value.change, link: $0.value.link) }
  }

  /// The names that the proven changes, and the chains of their devices, know of.
  ///
  /// - Parameter most: a number beyond it is itself damaged.
  func missing(atMost most: UInt64) -> [Dot] {
    var known = VectorClock()
    for (dot, proven) in provenRows {
      known.include(dot)
      known.join(proven.change.envelope.context)
    }
    let links = Dictionary(grouping: provenRows) { $0.key.device }
      .mapValues { Set($0.map(\.value.link)) }
    for (device, chain) in rows {
      // A name that may itself be damaged is believed only of a device that has written, and so many
      // rows that cannot be proven are at most so many numbers more. One with the link of a change
      // that is here is that change, under a number that was hit.
      let proven = known[device]
      // A device and its rows name each other, even where the first row was hit and none is proven.
      if let head = heads[device], isBelievable(head) { known.include(head.dot) }
      guard proven > 0 else { continue }
      let unproven = chain.keys.filter { sequence in
        provenRows[Dot(device: device, sequence: sequence)] == nil
          && chain[sequence]?.allSatisfy { links[device]?.contains($0.stored) == true } != true
      }
      for sequence in unproven where sequence <= proven + UInt64(unproven.count) {
        known.include(Dot(device: device, sequence: sequence))
      }
    }
    var missing = [Dot]()
    for end in known.entries where end.sequence <= most {
      for sequence in 1...end.sequence {
        let dot = Dot(device: end.device, sequence: sequence)
        if provenRows[dot] == nil { missing.append(dot) }
      }
    }
    return missing
  }

  /// A head whose number was hit still has the link of a change that is here.
  private func isBelievable(_ head: ChainHead) -> Bool {
    !provenRows.contains {
      $0.key.device == head.dot.device && $0.key != head.dot && $0.value.link == head.link
    }
  }

  /// The links that stand before changes that are missing, where they are known.
  func linksBefore(_ missing: [Dot]) -> [Dot: Digest] {
    var links = [Dot: Digest]()
    for dot in missing {
      let before = Dot(device: dot.device, sequence: dot.sequence - 1)
      links[dot] = dot.sequence == 1 ? .zero : provenRows[before]?.link
    }
    return links
  }
}

extension Change {
  fileprivate var isErased: Bool {
    if case .erased = content { true } else { false }
  }
}
