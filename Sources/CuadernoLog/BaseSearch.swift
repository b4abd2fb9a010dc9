import CuadernoSync

/// Finds for the changes of a page earlier ones that it may be packed with.
///
/// A change's context names the last changes to its record that its author had seen. From there it goes
/// back, newest first, to one that the reader holds and that is of about the same size: between two
/// versions of a text there may be others, or changes that are not about it.
struct BaseSearch {
  /// What is still looked for, for one change.
  private struct Trail {
    let record: RecordID
    let bytes: Int
    /// Looked at next.
    var open: [Dot]
    /// Looked at.
    var steps = 0
  }

  private let clock: VectorClock
  private let envelopes: [Dot: (envelope: Envelope, bytes: Int)]
  private var trails: [Trail] = []
  private var found = Set<Dot>()
  private var foundBytes = 0

  init(_ page: ChangePage, heldBy clock: VectorClock) {
    self.clock = clock
    let building = page.changes.filter { !$0.envelope.context.isEmpty }
    guard building.contains(where: { $0.payloadBytes >= WireLimits.packedPayloadBytesMin }) else {
      envelopes = [:]
      return
    }
    envelopes = Dictionary(
      page.changes.map { ($0.dot, ($0.envelope, $0.payloadBytes)) },
      uniquingKeysWith: { first, _ in first })
    for change in building where change.payloadBytes >= WireLimits.packedPayloadBytesMin {
      var trail = Trail(record: change.envelope.record, bytes: change.payloadBytes, open: [])
      follow(change.envelope, &trail)
      if !trail.open.isEmpty { trails.append(trail) }
    }
  }

  /// What has to be looked up before the search goes on; nothing at its end.
  var wanted: [Dot] { Array(Set(trails.lazy.flatMap(\.open))) }

  /// Ascending, each once.
  var chosen: [Dot] { found.sorted() }

  mutating func take(_ candidates: [Dot: BaseCandidate]) {
    let before = trails
    trails = []
    for var trail in before {
      let known = trail.open.compactMap { candidates[$0] }
        .filter { $0.envelope.record == trail.record }
        .sorted { $0.envelope.stamp > $1.envelope.stamp }
      trail.steps += trail.open.count
      trail.open = []
      if let fit = known.first(where: { fits($0, trail) }) {
        add(fit)
        continue
      }
      for candidate in known { follow(candidate.envelope, &trail) }
      if !trail.open.isEmpty { trails.append(trail) }
    }
  }

  private func fits(_ candidate: BaseCandidate, _ trail: Trail) -> Bool {
    guard let bytes = candidate.payloadBytes, clock.covers(candidate.envelope.dot) else {
      return false
    }
    return isAlike(bytes, trail.bytes)
  }

  /// Whether one may be a version of the other: much smaller it would save little, and much larger it
  /// takes more room than it is worth.
  private func isAlike(_ base: Int, _ bytes: Int) -> Bool {
    2 * base >= bytes && base <= 4 * bytes
  }

  /// Takes one more, as long as there is room.
  mutating func add(_ candidate: BaseCandidate) {
    let bytes = candidate.payloadBytes ?? 0
    guard !found.contains(candidate.envelope.dot), found.count < WireLimits.pageBases,
      foundBytes + bytes <= WireLimits.pageBaseBytes
    else { return }
    found.insert(candidate.envelope.dot)
    foundBytes += bytes
  }

  /// Opens what an author had seen. What stands in the page itself is passed through without a look-up,
  /// and ends the trail where it is a version: the page is smaller for it already.
  private func follow(_ envelope: Envelope, _ trail: inout Trail) {
    var next = envelope.context.entries
    while let dot = next.popLast() {
      guard trail.steps + trail.open.count < WireLimits.baseSteps else { return }
      guard let (seen, bytes) = envelopes[dot], seen.record == trail.record else {
        if !trail.open.contains(dot) { trail.open.append(dot) }
        continue
      }
      if isAlike(bytes, trail.bytes) {
        trail.open = []
        trail.steps = WireLimits.baseSteps
        return
      }
      trail.steps += 1
      next += seen.context.entries
    }
  }
}

extension Change {
  var payloadBytes: Int {
    switch content {
    case .payload(_, let bytes): bytes.count
    case .erased: 0
    }
  }
}
