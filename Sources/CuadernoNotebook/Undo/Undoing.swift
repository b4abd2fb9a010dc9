import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

extension Writer {
  /// Takes back a write: its fields are written once more with what they showed before it, as its
  /// author saw it; what it made is deleted, and what it deleted is brought back.
  ///
  /// What somebody has changed since is left alone. Each change written says which one it takes
  /// back, and can be taken back like any other.
  package mutating func takeBack(_ write: DeviceWrite) throws -> TakenBack {
    var result = TakenBack()
    defer { undoing = nil }
    let voids = try Voids(log: Notebook.changes, reader.log)
    for sequence in write.sequences.reversed() {
      let dot = Dot(device: write.device, sequence: sequence)
      guard let entry = try Notebook.changes.entry(at: dot, reader.log) else {
        throw StoreError.damagedChange(dot)
      }
      guard !entry.change.introducesDevice, !voids.contains(dot) else { continue }
      undoing = dot
      try takeBack(entry.change, &result)
    }
    return result
  }

  private mutating func takeBack(_ change: Change, _ result: inout TakenBack) throws {
    guard let past = try RecordPast(change.envelope.record, reader) else { return }
    let step = ChangeStep(change: change, past: past)
    let record = try reader.told(past)
    guard change.envelope.action != .erase, !projection.erased.contains(past.record) else {
      result.left.append((record, nil, .erased))
      return
    }
    switch change.envelope.action {
    case .delete:
      try bringBack(step, record, &result)
    case .write where step.makesAlive:
      try deleteAgain(step, record, &result)
    case .write:
      try restoreFields(step, record, &result)
    default:
      result.left.append((record, nil, .newerAction))
    }
  }

  // MARK: - A record that was deleted

  private mutating func bringBack(
    _ step: ChangeStep, _ record: TakenBack.Record, _ result: inout TakenBack
  ) throws {
    guard step.before.isAlive, !step.now.isAlive else {
      result.left.append((record, nil, .isThere))
      return
    }
    if let other = step.otherDelete {
      result.left.append((record, nil, .deletedSince(try reader.memberName(of: other))))
      return
    }
    try undelete(step.past.record)
    result.done.append((try reader.told(step.past), .broughtBack))
  }

  // MARK: - A record that was made

  private mutating func deleteAgain(
    _ step: ChangeStep, _ record: TakenBack.Record, _ result: inout TakenBack
  ) throws {
    guard step.now.isAlive else {
      result.left.append((record, nil, .isDeleted))
      return
    }
    guard step.past.record != reader.studyRecord else { return }
    if let other = step.laterAuthor {
      result.left.append((record, nil, .changedSince(try reader.memberName(of: other))))
      return
    }
    // A record that was only brought back was deleted before although others named it.
    let uses = step.before.isThere ? nil : try reader.mentions(of: step.past.record)
    if let uses {
      result.left.append((record, nil, .inUse(uses)))
      return
    }
    if step.before.isThere {
      // A write to a deleted record brought it back: who restores it later means what it was.
      let restored = try step.change.envelope.fields.compactMap { field in
        try step.before.stored(field).map { (field: field, stored: $0) }
      }
      if !restored.isEmpty { try copy(restored, to: step.past.record) }
    }
    try delete(step.past.record)
    result.done.append((record, .deleted))
  }

  // MARK: - Fields

  private mutating func restoreFields(
    _ step: ChangeStep, _ record: TakenBack.Record, _ result: inout TakenBack
  ) throws {
    guard step.now.isAlive else {
      result.left.append((record, nil, .isDeleted))
      return
    }
    var restored = [(field: FieldID, stored: StoredValue)]()
    for field in step.change.envelope.fields where !reader.isOfMembers(field, step.now) {
      if let other = step.laterAuthor(of: field) {
        result.left.append((record, field, .changedSince(try reader.memberName(of: other))))
        continue
      }
      guard var stored = try step.before.stored(field) else {
        result.left.append((record, field, .unreadable))
        continue
      }
      if stored == .cleared, let current = try step.now.stored(field) { stored = current.emptied }
      if let fault = try obstacle(field, stored, step.now.state.kind, step.past.record) {
        result.left.append((record, field, .fault(fault)))
        continue
      }
      restored.append((field, stored))
      if try step.before.isContested(field) { result.settled.append((record, field)) }
    }
    guard !restored.isEmpty else { return }
    try copy(restored, to: step.past.record)
    result.done.append((record, .fields(restored.map(\.field))))
  }

  /// Writes values as they lay in earlier changes, with the record's whole clock for context.
  ///
  /// - Parameter values: sorted by field.
  mutating func copy(
    _ values: [(field: FieldID, stored: StoredValue)], to record: RecordID
  ) throws {
    guard let found = try projection.find(record) else { throw NotebookError.unknownRecord }
    let envelope = Envelope(
      dot: try nextDot(), stamp: try nextStamp(), record: record, kind: found.state.kind,
      context: found.state.clock, fields: values.map(\.field),
      about: try Kind(rawValue: found.state.kind).flatMap { kind in
        try about(
          record, kind, values.map(\.field), values.map(\.stored.value), found)
      })
    try append(
      envelope, to: found, values: values.map(\.stored.value), stored: values.map(\.stored))
  }

  /// What a value that was right once would break now: the tree, when others have moved since.
  func obstacle(
    _ field: FieldID, _ stored: StoredValue, _ kind: UInt32, _ record: RecordID
  ) throws -> Fault? {
    guard let kind = Kind(rawValue: kind), let known = Field.find(kind, field.number) else {
      return nil
    }
    do {
      let edit = FieldEdit(known, key: field.key, value: stored.value)
      try refuseCircles(record, [edit], isNew: false)
      return nil
    } catch NotebookError.fault(let fault) {
      return fault
    }
  }
}

/// One change between what its author saw and what there is now.
struct ChangeStep {
  let change: Change
  let past: RecordPast
  let before: RecordPast.Version
  let now: RecordPast.Version

  init(change: Change, past: RecordPast) {
    self.change = change
    self.past = past
    before = past.version(before: change)
    now = past.now()
  }

  /// Whether the record was not there, or deleted, before it.
  var makesAlive: Bool { !before.isAlive && past.version(after: change).isAlive }

  private var laterChanges: [Change] {
    past.changes.filter { $0.dot != change.dot && !change.envelope.context.covers($0.dot) }
  }

  /// Whose delete keeps the record deleted beside this one.
  var otherDelete: DeviceID? {
    laterChanges.last {
      $0.envelope.action == .delete && $0.dot.device != change.dot.device
    }?.dot.device
  }

  /// Who has changed the record since; nil when all that followed was taken back again.
  var laterAuthor: DeviceID? {
    var takenBack = Set<Dot>()
    for change in past.changes.reversed() where !takenBack.contains(change.dot) {
      if let target = change.note.undoes { takenBack.insert(target) }
    }
    let later = laterChanges
    let laterDots = Set(later.map(\.dot))
    return later.last { change in
      let takesBackLater = change.note.undoes.map(laterDots.contains) ?? false
      return !takesBackLater && !takenBack.contains(change.dot)
    }?.dot.device
  }

  /// Who has written a field since; nil when it shows what this change wrote, and nothing else is
  /// current in it.
  ///
  /// A field that was written by taking something back is looked at as it was before that: when the
  /// write after this one was undone, this one can be undone too.
  func laterAuthor(of field: FieldID) -> DeviceID? {
    let register = now.state.register(field)
    guard register.count == 1, let shown = register.first else {
      return register.last { $0.dot != change.dot }?.dot.device ?? change.dot.device
    }
    var dot = shown.dot
    var visited = Set<Dot>()
    while dot != change.dot, visited.insert(dot).inserted {
      guard let undone = past.change(dot)?.note.undoes.flatMap(past.change),
        let previous = past.version(before: undone).state.shown(field)
      else { return shown.dot.device }
      dot = previous.dot
    }
    return dot == change.dot ? nil : shown.dot.device
  }
}

extension Reader {
  /// A record as it is named to a person who is told of it.
  func told(_ past: RecordPast) throws -> TakenBack.Record {
    let kind = past.changes.map(\.envelope.kind).min().flatMap(Kind.init)
    return TakenBack.Record(
      id: past.record, kind: kind, name: try kind.map { try lastName(of: past.record, $0) } ?? "")
  }

  /// Whether a field says whose devices write in the study; that stays as it is.
  func isOfMembers(_ field: FieldID, _ version: RecordPast.Version) -> Bool {
    version.state.kind == Kind.study.rawValue && field.number == Field.Study.members.number
  }

  /// How many records shown here name one: as what they lie on, are about, are within, or are coded with;
  /// nil when none does. Zero when only codings do that are withheld: how many there are is not told.
  func mentions(of record: RecordID) throws -> Int? {
    let all = try mentions(of: record, "")
    guard all > 0 else { return nil }
    return blindness.isOn ? try mentions(of: record, unlessWithheld("record")) : all
  }

  private func mentions(of record: RecordID, _ condition: String) throws -> Int {
    try Int.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT (SELECT count(*) FROM coding WHERE (target = ?1 OR theme = ?1)\(condition))
            + (SELECT count(*) FROM note WHERE about = ?1\(condition))
            + (SELECT count(*) FROM interview WHERE place = ?1)
            + (SELECT count(*) FROM place WHERE parent = ?1)
            + (SELECT count(*) FROM theme WHERE parent = ?1 OR mergedInto = ?1)
            + (SELECT count(*) FROM membership WHERE member = ?1)
          """),
      arguments: [record]) ?? 0
  }
}
