import CuadernoSync

/// The writes of one text field of a record, and which of them each author had seen.
///
/// A pure function of the envelopes, so it is the same wherever the same writes can be read.
struct TextLineage {
  struct Write {
    let dot: Dot
    let stamp: Stamp
    let context: VectorClock
  }

  /// In the order of their stamps, so that each comes after those its author had seen.
  private var writes: [Write]
  private var indices: [Dot: Int]
  /// For each place, a clock that covers every write before it.
  private var before: [VectorClock]

  init(_ writes: [Write] = []) {
    self.writes = writes.sorted { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) }
    indices = [:]
    before = []
    var clock = VectorClock()
    for (index, write) in self.writes.enumerated() {
      indices[write.dot] = index
      before.append(clock)
      clock.include(write.dot)
    }
  }

  mutating func add(_ write: Write) {
    self = TextLineage(writes + [write])
  }

  func holds(_ dot: Dot) -> Bool { indices[dot] != nil }

  /// Those of some writes that can be read, in the order in which they are merged.
  func ordered(_ dots: some Sequence<Dot>) -> [Dot] {
    dots.compactMap { indices[$0] }.sorted().map { writes[$0].dot }
  }

  /// The text that the author of a write had before them: of all writes they had seen the ones that
  /// no other of those replaced.
  func seen(by dot: Dot) -> [Dot] {
    guard let index = indices[dot] else { return [] }
    return greatest(coveredBy: writes[index].context)
  }

  /// What concurrent writes have in common: of the writes that all their authors had seen the ones
  /// that no other of those replaced. Several when the authors had a merge before them.
  func base(of dots: [Dot]) -> [Dot] {
    let contexts = dots.compactMap { indices[$0].map { writes[$0].context } }
    guard var common = contexts.first else { return [] }
    for context in contexts.dropFirst() {
      common = VectorClock(
        common.entries.map {
          Dot(device: $0.device, sequence: min($0.sequence, context[$0.device]))
        })
    }
    return greatest(coveredBy: common)
  }

  /// Whether a write was made having seen all of a version, or is all of it.
  func descends(_ dot: Dot, from version: TextVersion) -> Bool {
    guard let index = indices[dot] else { return false }
    return version.writes.allSatisfy { $0 == dot || writes[index].context.covers($0) }
  }

  private func greatest(coveredBy clock: VectorClock) -> [Dot] {
    var found = [Int]()
    var replaced = VectorClock()
    for index in writes.indices.reversed() {
      let write = writes[index]
      if clock.covers(write.dot), !replaced.covers(write.dot) {
        found.append(index)
        replaced.join(write.context)
      }
      if !found.isEmpty, replaced.covers(before[index]) { break }
    }
    // Only a broken peer gives a write a lower stamp than one it had seen.
    return found.reversed().map { writes[$0].dot }.filter { !replaced.covers($0) }
  }
}
