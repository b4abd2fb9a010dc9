import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// A value for one field of a record, or nil to clear it.
package struct FieldEdit: Sendable {
  package var field: Field
  package var key: [UInt8]
  package var value: Value?

  package init(_ field: Field, key: [UInt8] = [], value: Value?) {
    self.field = field
    self.key = key
    self.value = value
  }

  package init(_ field: Field, _ text: String?) {
    self.init(field, value: text.map(Value.text))
  }
}

/// Writes changes in the name of this notebook's device, inside one transaction.
///
/// What was written is at once in the view that the writer reads, so one edit can build on another.
package struct Writer {
  package let reader: Reader
  package let keys: FieldKeys
  private let surroundings: Surroundings
  private(set) var projection: Projection
  private var appender: ChangeLog.Appender
  private var head: ChainHead
  private var stamp: Stamp
  private var definitions: [AttributeDefinition]?
  private let now: Int64
  /// What the member may do on the hub; nil when no hub has said.
  let role: Role?
  private var written = 0
  /// How much was written here before the write that is going on.
  private var writtenBefore = 0
  /// The change that is being taken back.
  var undoing: Dot?

  /// Whether something was erased, so that the files have to be cleaned of it.
  private(set) var hasErased = false

  init(reader: Reader, surroundings: Surroundings) throws {
    self.reader = reader
    self.surroundings = surroundings
    keys = FieldKeys(study: reader.identity.study)
    projection = try Projection(view: reader.view, log: reader.log, changes: Notebook.changes)
    appender = try Notebook.changes.appender(reader.log)
    let device = reader.identity.device
    head =
      try Notebook.changes.provenHead(of: device, reader.log)
      ?? ChainHead(dot: Dot(device: device, sequence: 0), link: .zero)
    stamp = reader.identity.lastStamp
    now = try Notebook.milliseconds(surroundings, reader.log)
    role = try KnownHub.lastRole(reader.log).flatMap(Role.init)
    guard appender.position < Int64(Limits.studyChanges) else { throw NotebookError.studyFull }
  }

  /// The number of this device's last change.
  var sequence: UInt64 { head.dot.sequence }

  /// The change written last, here or before.
  package var lastDot: Dot { head.dot }

  /// Makes a record, with a new random id unless one is given.
  @discardableResult
  package mutating func create(
    _ kind: Kind, _ edits: [FieldEdit], id: RecordID? = nil
  ) throws -> RecordID {
    let record = id ?? newID()
    try append(record, kind, edits, to: projection.find(record), context: VectorClock())
    return record
  }

  /// Sets fields of a record; those that hold the value already, and in agreement, are left alone.
  ///
  /// - Parameter seen: the record's clock when the person began to write, where that was before this
  ///   transaction: what came meanwhile they have not seen, and it is not replaced.
  /// - Returns: whether anything was written.
  @discardableResult
  package mutating func update(
    _ record: RecordID, _ edits: [FieldEdit], seen: VectorClock? = nil
  ) throws -> Bool {
    guard let found = try projection.find(record) else { throw NotebookError.unknownRecord }
    return try update(record, found, edits, seen: seen)
  }

  private mutating func update(
    _ record: RecordID, _ found: RecordRow.Found, _ edits: [FieldEdit], seen: VectorClock? = nil
  ) throws -> Bool {
    let state = found.state
    guard let kind = Kind(rawValue: state.kind) else { throw NotebookError.newerKind }
    var changed = [FieldEdit]()
    for var edit in edits {
      edit.value = edit.value.map { TextEntry.normalised($0) }
      if try !holds(state, edit) { changed.append(edit) }
    }
    guard !changed.isEmpty else { return false }
    try append(record, kind, changed, to: found, context: seen ?? state.clock)
    return true
  }

  /// Sets fields of a record that may be new.
  @discardableResult
  package mutating func put(_ record: RecordID, _ kind: Kind, _ edits: [FieldEdit]) throws -> Bool {
    guard let found = try projection.find(record) else {
      try append(record, kind, edits, to: nil, context: VectorClock())
      return true
    }
    guard found.state.kind == kind.rawValue else { throw NotebookError.wrongKind(expected: kind) }
    return try update(record, found, edits)
  }

  /// Sets fields of a record that may be new, with one look-up.
  ///
  /// - Parameter choose: what to write to a record that is here; it is told whether it is alive.
  package mutating func put(
    _ record: RecordID, _ kind: Kind, _ edits: [FieldEdit],
    choosing choose: (_ isAlive: Bool) throws -> [FieldEdit]
  ) throws -> (isNew: Bool, isWritten: Bool) {
    guard let found = try projection.find(record) else {
      try append(record, kind, edits, to: nil, context: VectorClock())
      return (true, true)
    }
    guard found.state.kind == kind.rawValue else { throw NotebookError.wrongKind(expected: kind) }
    let isAlive = found.state.isAlive
    let chosen = try choose(isAlive)
    return (!isAlive, try !chosen.isEmpty && update(record, found, chosen))
  }

  package mutating func newID() -> RecordID {
    var generator = surroundings.generator
    return RecordID(using: &generator)
  }

  /// Whether no other notebook can know yet whose device this is.
  var isStranger: Bool {
    get throws {
      try head.dot.sequence == 0
        || reader.memberName(of: reader.identity.device) == nil
    }
  }

  /// Writes into the study whose device this is, so that its changes are told with a name.
  mutating func introduce() throws {
    let identity = reader.identity
    let edit = FieldEdit(
      .Study.members, key: identity.device.bytes,
      value: .member(Member(name: identity.member, device: identity.deviceName)))
    try put(reader.studyRecord, .study, [edit])
  }

  /// Begins what is undone in one go; what was written until here stands by itself.
  mutating func beginWrite() {
    writtenBefore = written
  }

  // MARK: - Appending

  private mutating func append(
    _ record: RecordID, _ kind: Kind, _ edits: [FieldEdit], to found: RecordRow.Found?,
    context: VectorClock
  ) throws {
    // Two lists and not one of pairs: to look at a field would copy its value each time.
    var (fields, values) = ([FieldID](), [Value?]())
    fields.reserveCapacity(edits.count)
    values.reserveCapacity(edits.count)
    for edit in edits {
      guard edit.field.kind == kind else {
        throw NotebookError.wrongKind(expected: edit.field.kind)
      }
      let value = edit.value.map { TextEntry.normalised($0) }
      if let value { try check(value, edit.field) }
      let field = FieldID(edit.field.number, key: edit.key)
      // Of two edits of one field the later one counts.
      if let index = fields.firstIndex(of: field) {
        values[index] = value
      } else {
        // Mostly they come in their order.
        let index = fields.last.map { $0 < field } ?? true ? fields.count : fields.rank(of: field)
        fields.insert(field, at: index)
        values.insert(value, at: index)
      }
    }
    try refuseCircles(record, edits, isNew: found == nil)
    let envelope = Envelope(
      dot: try nextDot(), stamp: try nextStamp(), record: record, kind: kind.rawValue,
      context: context, fields: fields, about: try about(record, kind, fields, values, found))
    try append(envelope, to: found, values: values)
  }

  /// The records that a record is on or about after some writes; nil when they leave that alone.
  func about(
    _ record: RecordID, _ kind: Kind, _ fields: [FieldID], _ values: [Value?],
    _ found: RecordRow.Found?
  ) throws -> [RecordID]? {
    let saying = Field.saysAbout(kind)
    guard !saying.isEmpty else { return nil }
    let places = saying.map { fields.firstIndex(of: FieldID($0.number)) }
    guard places.contains(where: { $0 != nil }) else { return nil }
    var records = [RecordID]()
    for (field, place) in zip(saying, places) {
      let field = FieldID(field.number)
      let value =
        try place.map { values[$0] }
        ?? found?.state.shown(field).flatMap {
          try reader.value(field, of: $0)
        }
      guard let named = value?.namedRecord.map({ RecordID(rawValue: $0) }) else { continue }
      if named != record, !records.contains(named) { records.append(named) }
    }
    return records.sorted()
  }

  /// - Parameter stored: the values as they are to lie in the payload, when they come from another.
  mutating func append(
    _ envelope: Envelope, to found: RecordRow.Found?, values: [Value?], stored: [StoredValue]? = nil
  ) throws {
    // Whatever writes it: a version brought back releases codings as well as the command does.
    if opensCodings(envelope), reader.blindness.isOn, role != .owner {
      throw NotebookError.notOpenHere
    }
    if let role, !role.allows(deed(envelope)) { throw NotebookError.notAllowed(role) }
    do {
      try envelope.validate()
    } catch EnvelopeFault.tooManyFields(let count) {
      throw NotebookError.tooManyFields(count)
    }
    let note = WriteNote(step: UInt64(written - writtenBefore), undoes: undoing)
    let payload =
      try stored.map { try PayloadCodec.encode($0.map(\.proto), note) }
      ?? PayloadCodec.encode(values, note)
    // No hub would take it, and nothing written after it could be sent either.
    guard payload.count <= WireLimits.payloadBytes else {
      throw NotebookError.changeTooLong(bytes: payload.count)
    }
    let change = Change(
      envelope: envelope,
      content: .payload(
        salt: surroundings.randomBytes(WireLimits.saltBytes), bytes: payload))
    let own = AdmittedChange(own: change, after: head.link)
    let stored = try appender.append(own, reader.log)
    guard stored == own else { throw NotebookError.erased }
    hasErased = hasErased || envelope.action == .erase
    head = ChainHead(dot: envelope.dot, link: own.link)
    stamp = envelope.stamp
    written += 1
    try projection.apply(change, to: found, position: appender.position, values: values)
  }

  private func deed(_ envelope: Envelope) -> Deed {
    let introduction = FieldID(Field.Study.members.number, key: envelope.dot.device.bytes)
    let introduces =
      envelope.record == reader.studyRecord && envelope.fields == [introduction]
    return Deed(
      Deed.Action(
        number: envelope.action.rawValue, introduces: introduces, opens: opensCodings(envelope),
        isOnStudy: envelope.record == reader.studyRecord),
      kinds: [envelope.kind])
  }

  private func opensCodings(_ envelope: Envelope) -> Bool {
    envelope.record == reader.studyRecord
      && envelope.fields.contains { $0.number == Field.Study.codingsOpenTo.number }
  }

  /// A change of a record that sets no field.
  mutating func append(
    _ action: Envelope.Action, to record: RecordID, _ found: RecordRow.Found, context: VectorClock
  ) throws {
    try append(
      Envelope(
        dot: try nextDot(), stamp: try nextStamp(), record: record, kind: found.state.kind,
        action: action, context: context, fields: []),
      to: found, values: [])
  }

  func find(_ record: RecordID) throws -> RecordRow.Found {
    guard let found = try projection.find(record) else { throw NotebookError.unknownRecord }
    return found
  }

  func nextDot() throws -> Dot {
    Dot(device: head.dot.device, sequence: head.dot.sequence + 1)
  }

  func nextStamp() throws -> Stamp {
    do {
      return try stamp.next(milliseconds: now)
    } catch {
      throw NotebookError.clockExhausted
    }
  }

  mutating func finish() throws {
    guard written > 0 else { return }
    try appender.finish(reader.log)
    try reader.log.execute(
      sql: "UPDATE notebook SET lastStamp = ?", arguments: [Int64(bitPattern: stamp.rawValue)])
    try projection.finish(position: appender.position, link: head.link)
  }

  // MARK: - Checks

  private mutating func check(_ value: Value, _ field: Field) throws {
    do {
      try Validation.check(value, for: field)
      if field == .Coding.coder, reader.blindness.isOn, value != .text(reader.identity.member) {
        throw NotebookError.otherCoder
      }
      if case .attribute(let attribute) = value, let text = attribute.value,
        let definition = try definition(of: attribute.name, field.kind)
      {
        try Validation.check(text, as: definition, isKnownZone: Surroundings.isKnownTimeZone)
      }
      if case .attributeDefinition = value { definitions = nil }
    } catch let fault as Fault {
      throw NotebookError.fault(fault)
    }
  }

  private mutating func definition(
    of name: String, _ kind: Kind
  ) throws -> AttributeDefinition? {
    let all = try definitions ?? reader.attributeDefinitions()
    definitions = all
    return all.first { $0.record == kind && $0.name == name }
  }

  /// Whether a register shows this value already and nobody disagrees.
  private func holds(_ state: RecordState, _ edit: FieldEdit) throws -> Bool {
    let field = FieldID(edit.field.number, key: edit.key)
    let register = state.register(field)
    guard register.count <= 1, state.isAlive else { return false }
    guard let write = register.first else { return edit.value == nil }
    return try reader.value(field, of: write) == .some(edit.value)
  }

  /// - Parameter isNew: nothing lies below a record that is new, so the whole tree need not be read.
  func refuseCircles(_ record: RecordID, _ edits: [FieldEdit], isNew: Bool) throws {
    guard let kind = edits.first?.field.kind, kind == .place || kind == .theme else { return }
    for edit in edits where Columns.isTreeEdge(edit.field) {
      guard case .reference(let parent) = edit.value else { continue }
      guard parent != record.rawValue else {
        throw NotebookError.fault(.ownParent(field: edit.field.name))
      }
      if isNew, try reader.hasRoomBelow(parent, edit.field) { continue }
      var (tree, above) = (try reader.tree(edit.field), parent)
      if edit.field == Field.Theme.parent {
        let themes = try reader.themeTree()
        (tree, above) = (themes.tree, themes.standing(for: parent))
      }
      guard !tree.isWithin(above, record.rawValue) else {
        throw NotebookError.fault(.cycle(field: edit.field.name))
      }
      let depth = tree.path(to: above).count + tree.height(of: record.rawValue)
      guard depth <= Limits.treeDepth else { throw NotebookError.fault(.tooDeep) }
    }
  }
}

extension [FieldID] {
  /// Where a field that is not here comes in their order.
  fileprivate func rank(of field: FieldID) -> Int {
    firstIndex { field < $0 } ?? count
  }
}
