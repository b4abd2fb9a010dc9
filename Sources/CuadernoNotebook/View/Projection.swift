import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// Brings the view from one change to the next.
///
/// A pure function of the log in its order: whether the changes come one at a time, by the page, or
/// all at once when the view is rebuilt, the tables end up the same.
struct Projection {
  let view: Database
  let log: Database
  let changes: ChangeLog
  let arriving: [Dot: Change]
  /// Where those of them that were applied stand.
  var arrivedAt: [Int64: Dot] = [:]
  /// The text field that was merged last: the next change is often to the same one.
  var texts: (record: Int64, texts: FieldTexts)?
  var entries: EntryReader
  private(set) var registers: Digest
  var arrivals = Arrivals()
  let row: RecordRow
  private let frequent: FrequentStatements
  var words: WordIndex
  var tally: Tally

  /// The records that were erased; they are shown no more, whatever their state says.
  let erased: Set<RecordID>

  /// Those that came here with their erase: nobody knew them. Gathered where anything is erased.
  private var cameErased: Set<RecordID> = []
  private let hasErases: Bool

  /// What a hub did not take; nothing of it is shown.
  let voids: Voids

  /// Whether any record was deleted or is out of sight: until then nobody has to ask what a record is
  /// on.
  var hasDeleted: Bool

  /// - Parameters:
  ///   - arriving: changes that the log is about to hold, and may not show here yet.
  ///   - leavesWords: let the words of new records wait for ``WordIndex/complete(_:)``.
  init(
    view: Database, log: Database, changes: ChangeLog, arriving: [Dot: Change] = [:],
    leavesWords: Bool = false
  ) throws {
    self.view = view
    self.log = log
    self.changes = changes
    self.arriving = arriving
    entries = EntryReader(log: changes)
    registers =
      try Digest.fetchOne(view.cachedStatement(sql: "SELECT registers FROM progress")) ?? .zero
    row = RecordRow(view: view)
    frequent = FrequentStatements(view)
    words = try WordIndex(view, leavesWords: leavesWords)
    tally = try Tally(view)
    erased = try Erasures(log: changes, log).records
    hasErases = !erased.isEmpty || arriving.values.contains { $0.envelope.action == .erase }
    var voids = try Voids(log: changes, log)
    for change in arriving.values { voids.add(change.envelope.voided) }
    self.voids = voids
    hasDeleted =
      try Bool.fetchOne(
        view.cachedStatement(
          sql: "SELECT EXISTS (SELECT 1 FROM record INDEXED BY recordDeleted WHERE isAlive <> 1)"))
      ?? false
  }

  /// The row of a record as it is before a change; nil when it has none.
  func find(_ record: RecordID) throws -> RecordRow.Found? {
    try row.find(record)
  }

  /// Passes over what is void, and the marks that say so.
  ///
  /// - Parameter values: the payload's values when the caller has them; read from it otherwise.
  mutating func apply(_ change: Change, position: Int64, values: [Value?]? = nil) throws {
    guard !voids.passOver(change) else { return }
    // Most changes are the first of their record. They are put in without a look for it, and the
    // look is made when there turns out to be one.
    if change.envelope.context.isEmpty {
      let written = written(change, on: nil)
      let isSimple = isSimple(change.envelope.record, written.state, before: nil)
      if let number = try insert(change.envelope, written, isShown: isSimple) {
        return try follow(change, values, written, number: number, before: nil, position: position)
      }
    }
    try apply(change, to: row.find(change.envelope.record), position: position, values: values)
  }

  /// - Parameter found: the record's row, which the caller has looked up.
  mutating func apply(
    _ change: Change, to found: RecordRow.Found?, position: Int64, values: [Value?]?
  ) throws {
    let written = written(change, on: found)
    let isShown =
      isSimple(change.envelope.record, written.state, before: found) || found?.isShown ?? false
    let number: Int64
    if let found {
      number = found.number
      try row.update(found.number, change.envelope, written, isShown: isShown)
    } else {
      guard let new = try insert(change.envelope, written, isShown: isShown) else {
        throw StoreError.damaged
      }
      number = new
    }
    try follow(change, values, written, number: number, before: found, position: position)
  }

  private func insert(
    _ envelope: Envelope, _ written: RecordRow.Written, isShown: Bool
  ) throws -> Int64? {
    try row.insert(envelope, written, isShown: isShown, by: frequent(.insertRecord))
  }

  private func written(_ change: Change, on found: RecordRow.Found?) -> RecordRow.Written {
    var state = found?.state ?? RecordState(kind: change.envelope.kind)
    state.apply(change.envelope)
    return RecordRow.Written(state: state, bytes: state.canonicalBytes)
  }

  /// Whether a record is shown for what it says itself, so that nobody has to ask others: nothing is out of
  /// sight here, or the record is on nothing, was shown, and nobody took it away.
  private func isSimple(
    _ id: RecordID, _ state: RecordState, before: RecordRow.Found?
  ) -> Bool {
    guard state.isAlive else { return false }
    if !hasDeleted, erased.isEmpty { return true }
    guard let kind = Kind(rawValue: state.kind), Field.saysAbout(kind).isEmpty else { return false }
    if let before, !before.isShown || before.state.kind != state.kind { return false }
    return state.deletes.isEmpty && !erased.contains(id)
  }

  /// Brings everything else to a record's row that was just written.
  private mutating func follow(
    _ change: Change, _ values: [Value?]?, _ written: RecordRow.Written, number: Int64,
    before found: RecordRow.Found?, position: Int64
  ) throws {
    let envelope = change.envelope
    let wasShown = found?.isShown ?? false
    let isConcurrent = found.map { !envelope.context.covers($0.state.clock) } ?? false
    if let found { registers.subtract(found.digest) }
    registers.add(RecordState.digest(of: envelope.record, canonicalBytes: written.bytes))
    try frequent(.insertHistory).run([.integer(number), .integer(position)])
    if !arriving.isEmpty { arrivedAt[position] = change.dot }
    if texts?.record == number { texts?.texts.add(change) }
    let isSimple = isSimple(envelope.record, written.state, before: found)
    var record = ProjectedRecord(
      number: number, id: envelope.record, state: written.state, isShown: isSimple)
    if !isSimple {
      record.isShown = try settle(record, before: found, ripple: .hosts)
    }
    try project(change, values, record, wasShown: wasShown, before: found?.state)
    if !isSimple {
      try settle(record, before: found, ripple: .dependants)
    }
    try count(
      envelope, record, isNew: found == nil, wasShown: wasShown, isConcurrent: isConcurrent)
  }

  /// Says in the view itself how far it is.
  ///
  /// - Parameter link: of the change at that position.
  mutating func finish(position: Int64, link: Digest) throws {
    try view.cachedStatement(sql: "UPDATE progress SET position = ?, link = ?, registers = ?")
      .execute(arguments: [position, link, registers])
    try words.finish()
    try tally.finish(view)
  }

  func change(at dot: Dot) throws -> Change {
    if let change = arriving[dot] { return change }
    guard let entry = try changes.entry(at: dot, log) else { throw StoreError.damagedChange(dot) }
    return entry.change
  }

  private mutating func project(
    _ change: Change, _ values: [Value?]?, _ record: ProjectedRecord, wasShown: Bool,
    before: RecordState?
  ) throws {
    let isNew = before == nil
    // Only a broken peer gives a record another kind; it then moves to that kind's table.
    let isMoved = before.map { $0.kind != record.state.kind } ?? false
    if isMoved, wasShown, let old = before.flatMap({ Kind(rawValue: $0.kind) }) {
      try RecordTables(view: view, record: record, kind: old).remove(&words, &tally)
    }
    guard let tables = tables(of: record) else { return }
    switch (wasShown && !isMoved, record.isShown) {
    case (false, false):
      return
    case (true, false):
      try tables.remove(&words, &tally)
    case (false, true):
      let isFirst = isNew && record.state.writes.count == 1
      let all =
        isFirst
        ? try shownValues(change, values, record) : try shownValues(record)
      try tables.insert(all, &words, &tally, frequent)
    case (true, true):
      try tables.update(shownValues(change, values, record), &words, &tally)
    }
    guard !isNew else { return }
    // Of a record that stays what it is only the registers written can have come into conflict.
    let isSame = wasShown && record.isShown && !isMoved
    guard isSame else { return try projectConflicts(record, in: nil) }
    if before?.contestedFields.isEmpty == false || !record.state.contestedFields.isEmpty {
      try projectConflicts(record, in: change.envelope.fields)
    }
  }

  /// Brings a record's tables to what it is shown as, after something else has changed that.
  mutating func show(_ record: ProjectedRecord) throws {
    guard let tables = tables(of: record) else { return }
    if record.isShown {
      try tables.insert(shownValues(record), &words, &tally, frequent)
    } else {
      try tables.remove(&words, &tally)
    }
    try projectConflicts(record, in: nil)
  }

  /// Nil for a kind that a newer notebook knows.
  private func tables(of record: ProjectedRecord) -> RecordTables? {
    Kind(rawValue: record.state.kind).map {
      RecordTables(view: view, record: record, kind: $0)
    }
  }

  /// The values that this change is now shown with.
  private mutating func shownValues(
    _ change: Change, _ values: [Value?]?, _ record: ProjectedRecord
  ) throws -> [ShownValue] {
    let fields = change.envelope.fields
    guard change.envelope.action == .write, !fields.isEmpty else { return [] }
    // What cannot be read here is shown as nothing: what stood there before was replaced.
    let values = values ?? Self.values(of: change) ?? fields.map { _ in nil }
    let isOnly = record.state.writes.count == 1
    var result = [ShownValue]()
    result.reserveCapacity(fields.count)
    for (field, value) in zip(fields, values) {
      if !isOnly {
        if let merged = try mergedValue(field, record) {
          result.append(merged)
          continue
        }
        guard record.state.shown(field)?.dot == change.dot else { continue }
      }
      result.append(
        ShownValue(field: field, value: value, dot: change.dot, stamp: change.envelope.stamp))
    }
    return result
  }

  /// The values of all registers, from the log: for a record that comes alive again.
  private mutating func shownValues(_ record: ProjectedRecord) throws -> [ShownValue] {
    var result = [ShownValue]()
    for write in record.state.writes {
      let change = try change(at: write.dot)
      let values = Self.values(of: change)
      for (index, field) in change.envelope.fields.enumerated()
      where record.state.shown(field)?.dot == write.dot {
        if let merged = try mergedValue(field, record) {
          result.append(merged)
        } else if let values {
          result.append(
            ShownValue(field: field, value: values[index], dot: write.dot, stamp: write.stamp))
        }
      }
    }
    return result
  }

  /// The values that a change wrote, as its fields name them; nil when they cannot be read here.
  static func values(of change: Change) -> [Value?]? {
    guard case .payload(_, let bytes) = change.content else { return nil }
    return try? PayloadCodec.decode(bytes, count: change.envelope.fields.count)
  }

  // MARK: - Conflicts

  /// - Parameter fields: those that may have changed; all of them when nil.
  private mutating func projectConflicts(_ record: ProjectedRecord, in fields: [FieldID]?) throws {
    if let fields {
      for field in fields {
        try view.cachedStatement(
          sql: "DELETE FROM conflict WHERE record = ? AND field = ? AND key = ?"
        ).run([.integer(record.number), .integer(Int64(field.number)), .blob(field.key)])
      }
    } else {
      try view.cachedStatement(sql: "DELETE FROM conflict WHERE record = ?")
        .run([.integer(record.number)])
    }
    guard record.state.writes.count > 1, record.isShown else { return }
    for field in record.state.contestedFields
    where try fields?.contains(field) != false && differ(field, record) {
      try view.cachedStatement(sql: "INSERT INTO conflict (record, field, key) VALUES (?, ?, ?)")
        .run([.integer(record.number), .integer(Int64(field.number)), .blob(field.key)])
    }
  }

  /// Whether concurrent writes of a field say different things; two people who correct the same
  /// typing error in the same way have no conflict. Texts have one where their merge has.
  private mutating func differ(_ field: FieldID, _ record: ProjectedRecord) throws -> Bool {
    if let text = try mergedText(field, record) { return text.isContested }
    let values = try record.state.register(field).map { write -> Value? in
      let change = try change(at: write.dot)
      let index = change.envelope.fields.firstIndex(of: field)
      return index.flatMap { Self.values(of: change)?[$0] }
    }
    return values.dropFirst().contains { $0 != values[0] }
  }

  // MARK: - What is told

  private mutating func count(
    _ envelope: Envelope, _ record: ProjectedRecord, isNew: Bool, wasShown: Bool,
    isConcurrent: Bool
  ) throws {
    guard let kind = Kind(rawValue: record.state.kind) else { return }
    if kind == .study, !envelope.fields.isEmpty,
      envelope.fields.allSatisfy({ $0.number == Field.Study.members.number })
    {
      arrivals.devices += 1
      return
    }
    if isNew {
      if record.isShown { arrivals.new[kind, default: 0] += 1 }
      if hasErases { cameErased.insert(record.id) }
    } else if envelope.action == .erase {
      if !cameErased.contains(record.id) { arrivals.erased += 1 }
    } else if wasShown, !record.isShown {
      arrivals.deleted += 1
    } else if record.isShown, envelope.action == .delete || (!wasShown && isConcurrent) {
      arrivals.kept.insert(record.id)
    } else if record.isShown {
      arrivals.changed[kind, default: []].insert(envelope.record)
    }
    guard isConcurrent, envelope.action == .write else { return }
    let clashing =
      record.state.contestedFields.isEmpty ? 0 : try conflicts(record, in: envelope.fields)
    if clashing > 0 {
      arrivals.conflicts += clashing
    } else if kind != .study {
      // Everybody who joins writes to the study's record, so that there it says nothing.
      arrivals.parallel += 1
    }
  }

  private func conflicts(_ record: ProjectedRecord, in fields: [FieldID]) throws -> Int {
    var count = 0
    try view.cachedStatement(sql: "SELECT field, key FROM conflict WHERE record = ?")
      .scan([.integer(record.number)]) { row in
        let field = FieldID(UInt32(clamping: row.integer(0)), key: row.blob(1))
        if fields.contains(field) { count += 1 }
        return true
      }
    return count
  }
}
