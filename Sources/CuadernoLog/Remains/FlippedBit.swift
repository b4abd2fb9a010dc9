import CuadernoSync

/// Turns one flipped bit back, where the hashes around a row say which it was.
///
/// A hash that fits again cannot be chance, so what comes of it is as proven as any other change. It
/// is the usual damage of a worn-out memory or disk, and what it hits may be a note that is nowhere
/// else.
struct FlippedBit {
  private var pages: DamagedPages

  /// The changes that are missing, and the links that stand before them.
  private let missing: [Dot: Digest]
  private let links: [Digest]

  /// How many bytes may still be hashed: some seconds' work, enough for a row of ten kilobytes.
  private var budget = 1 << 30

  /// - Parameter missing: only those of which the link before is known.
  init(_ pages: DamagedPages, missing: [Dot: Digest]) {
    self.pages = pages
    self.missing = missing
    links = Array(Set(missing.values))
  }

  /// The rows that are whole again with one bit turned back.
  ///
  /// - Parameter suspects: where rows seem to begin that could not be proven.
  mutating func rows(at suspects: [Int]) -> [RowTrace] {
    var rows = [RowTrace]()
    for start in suspects {
      guard let layout = RowLayout(pages, at: start) else { continue }
      if let row = row(at: start, flipping: Self.places(of: layout, at: start, pages)) {
        rows.append(row)
      }
    }
    guard rows.count < missing.count else { return rows }
    let found = Set(rows.compactMap { $0.change?.dot })
    for dot in missing.keys.sorted() where !found.contains(dot) {
      if let row = rowWithoutHeader(of: dot) { rows.append(row) }
    }
    return rows
  }

  /// A row is known by its header; one whose header was hit, by its envelope.
  private mutating func rowWithoutHeader(of dot: Dot) -> RowTrace? {
    var pattern: [UInt8] = [1] + dot.device.bytes
    appendVarint(dot.sequence, to: &pattern)
    for place in pages.places(of: pattern) {
      for start in max(0, place - Self.headerBytesMax)..<place {
        let header = start..<min(start + Self.headerBytesMax, place)
        if let row = row(at: start, flipping: [header], envelope: place) { return row }
      }
    }
    return nil
  }

  /// A header and the three numbers between it and the envelope.
  private static let headerBytesMax = 48

  /// What may have been hit, what is soonest tried first.
  private static func places(
    of layout: RowLayout, at start: Int, _ pages: DamagedPages
  ) -> [Range<Int>] {
    let local = start..<start + layout.localBytes
    guard layout.overflowPages > 0 else { return [local] }
    let pointer = local.upperBound..<local.upperBound + 4
    let overflow = pages.overflow(from: pointer.lowerBound, count: layout.overflowPages)
    return [pointer] + overflow.map { $0..<$0 + 4 } + [local]
      + overflow.map { $0 + 4..<$0 + DamagedPages.pageBytes }
  }

  private mutating func row(
    at start: Int, flipping places: [Range<Int>], envelope: Int? = nil
  ) -> RowTrace? {
    for place in places.joined() where place < pages.bytes.count {
      for bit in 0..<8 {
        guard budget > 0 else { return nil }
        pages.bytes[place] ^= 1 << UInt8(bit)
        defer { pages.bytes[place] ^= 1 << UInt8(bit) }
        guard let layout = RowLayout(pages, at: start),
          envelope.map({ $0 == start + layout.envelope.lowerBound }) ?? true,
          let row = RowTrace(pages, at: start, layout)
        else { continue }
        budget -= layout.count
        if isProven(row) { return row }
      }
    }
    return nil
  }

  private func isProven(_ row: RowTrace) -> Bool {
    let (link, payloadDigest) = (row.link, row.payloadDigest)
    return links.contains { previous in
      row.link(after: previous, payloadDigest: payloadDigest) == link
        && row.change.map { missing[$0.dot] == previous } == true
    }
  }
}
