package import CuadernoSync

/// A store of changes in arrays: the plainest thing that keeps the laws, for comparing the real
/// ones with.
package actor MemoryStore: ChangeStore {
  package nonisolated let study: StudyID

  private var changes = [AdmittedChange]()
  private var frontierNow = VectorClock()
  private var links = [Dot: Digest]()
  private var places = [Dot: Int]()
  private var states = [RecordID: RecordState]()
  private var voids = Set<Dot>()
  private var lastStamp = Stamp.zero
  private var random: SplitMix64

  package init(study: StudyID = StudyID(rawValue: 1), seed: UInt64 = 1) {
    self.study = study
    random = SplitMix64(seed: seed)
  }

  package func frontier() -> VectorClock { frontierNow }

  package func link(at dot: Dot) -> Digest? { links[dot] }

  /// Whatever the authors of a page had seen last of its records, and what those are made of that these are
  /// about, of any size.
  package func bases(of page: ChangePage, heldBy clock: VectorClock) -> [EarlierPayload] {
    let records = Set(page.changes.map(\.envelope.record))
    let seen = Set(page.changes.flatMap(\.envelope.context.entries))
      .filter { dot in
        places[dot].map { records.contains(changes[$0].change.envelope.record) } ?? false
      }
    let hosts = Set(page.changes.flatMap { $0.envelope.about ?? [] })
    let told = hosts.flatMap { states[$0]?.writes.map(\.dot) ?? [] }
    return seen.union(told).filter { clock.covers($0) }.sorted().compactMap { base(at: $0) }
  }

  package func bases(at dots: [Dot]) -> [EarlierPayload]? {
    let bases = dots.compactMap { base(at: $0) }
    return bases.count == dots.count ? bases : nil
  }

  private func base(at dot: Dot) -> EarlierPayload? {
    places[dot].flatMap { EarlierPayload(changes[$0].change) }
  }

  package func page(beyond clock: VectorClock, bytesMax: Int) -> ChangePage {
    var page = ChangePage()
    var heads = [DeviceID: ChainHead]()
    var bytes = 0
    for held in changes where !clock.covers(held.change.dot) {
      guard page.changes.isEmpty || bytes + held.change.byteCount <= bytesMax else { break }
      bytes += held.change.byteCount
      page.changes.append(held.change)
      heads[held.change.dot.device] = ChainHead(dot: held.change.dot, link: held.link)
    }
    page.heads = heads.values.sorted { $0.dot < $1.dot }
    return page
  }

  @discardableResult
  package func apply(_ page: ChangePage) throws -> Int {
    var heads = [DeviceID: Digest]()
    for entry in frontierNow.entries { heads[entry.device] = links[entry] }
    var admission = Admission(frontier: frontierNow, links: heads)
    let admitted = try admission.admit(page) { links[$0] }
    let named = Set(admitted.flatMap { $0.change.envelope.voided })
    let isOvertaken = !named.subtracting(voids).allSatisfy { links[$0] == nil }
    voids.formUnion(named)
    for change in admitted { keep(voids.contains(change.change.dot) ? change.erased : change) }
    if isOvertaken { beginAnew() }
    return admitted.count
  }

  package func summary() -> StoreSummary {
    var sum = Digest.zero
    for (record, state) in states { sum.add(state.digest(of: record)) }
    return StoreSummary(frontier: frontierNow, registers: sum)
  }

  package func state(of record: RecordID) -> RecordState? { states[record] }

  package var records: [RecordID] { states.keys.sorted() }

  private func keep(_ admitted: AdmittedChange) {
    let envelope = admitted.change.envelope
    places[envelope.dot] = changes.count
    changes.append(admitted)
    frontierNow.include(envelope.dot)
    links[envelope.dot] = admitted.link
    lastStamp = max(lastStamp, envelope.stamp)
    guard envelope.action != .void, !voids.contains(envelope.dot) else { return }
    states[envelope.record, default: RecordState(kind: envelope.kind)].apply(envelope)
  }
}

extension MemoryStore {
  /// Everything once more from the changes, after some of them turned out to be void.
  private func beginAnew() {
    let held = changes
    (changes, states) = ([], [:])
    for change in held { keep(voids.contains(change.change.dot) ? change.erased : change) }
  }
}

// What a notebook does with its store beside syncing it.
extension MemoryStore {
  /// Writes fields of a record as a device that has seen everything held here.
  @discardableResult
  package func write(
    by device: DeviceID, _ record: RecordID, fields: [UInt32], kind: UInt32 = 3,
    payload: [UInt8] = [1, 2, 3], milliseconds: Int64 = 1_000
  ) throws -> Change {
    try author(
      by: device, record, kind: kind, action: .write,
      context: states[record]?.clock ?? VectorClock(),
      fields: fields.sorted().map { FieldID($0) }, payload: payload, milliseconds: milliseconds)
  }

  @discardableResult
  package func delete(
    by device: DeviceID, _ record: RecordID, kind: UInt32 = 3, milliseconds: Int64 = 1_000
  ) throws -> Change {
    try author(
      by: device, record, kind: kind, action: .delete, context: frontierNow, fields: [],
      payload: [], milliseconds: milliseconds)
  }

  /// Writes any change as a device that goes on with its chain here.
  @discardableResult
  package func author(
    by device: DeviceID, _ record: RecordID, kind: UInt32, action: Envelope.Action,
    context: VectorClock, fields: [FieldID], about: [RecordID]? = nil, payload: [UInt8],
    milliseconds: Int64
  ) throws -> Change {
    let sequence = frontierNow[device]
    let envelope = Envelope(
      dot: Dot(device: device, sequence: sequence + 1),
      stamp: try lastStamp.next(milliseconds: milliseconds), record: record, kind: kind,
      action: action, context: context, fields: fields, about: about)
    let change = Change(
      envelope: envelope,
      content: .payload(salt: random.bytes(WireLimits.saltBytes), bytes: payload))
    let previous = links[Dot(device: device, sequence: sequence)] ?? .zero
    keep(AdmittedChange(own: change, after: previous))
    return change
  }
}
