import CuadernoLog
package import CuadernoModel
package import CuadernoSync

/// All that the log holds of one record, and what it came to at any point: a pure function of the
/// changes, so that every device tells the same past.
struct RecordPast {
  let record: RecordID
  /// In the order in which they came here.
  let changes: [Change]
  private let indexes: [Dot: Int]

  /// Nil for a record of which nothing is known.
  init?(_ record: RecordID, _ reader: Reader) throws {
    let changes = try reader.logEntries(of: record).map(\.change)
    guard !changes.isEmpty else { return nil }
    self.record = record
    self.changes = changes
    indexes = Dictionary(changes.enumerated().map { ($1.dot, $0) }) { first, _ in first }
  }

  func change(_ dot: Dot) -> Change? {
    indexes[dot].map { changes[$0] }
  }

  /// The registers at some point, and the changes that their values stand in.
  struct Version {
    let state: RecordState
    /// Whether any change led here; without one there was no record yet.
    let isThere: Bool
    fileprivate let past: RecordPast

    /// What a field showed: the cleared value when nobody had written it, nil when what was written
    /// was erased or cannot be read here. Texts that were written at once are shown merged: each
    /// of them alone would leave out what the others wrote.
    func stored(_ field: FieldID) throws -> StoredValue? {
      if let text = try past.mergedText(field, in: state) {
        return text.leavesOut || text.version == nil ? nil : StoredValue(text.text.map(Value.text))
      }
      guard let write = state.shown(field) else { return .cleared }
      return written(write, field)
    }

    private func written(_ write: RecordState.Write, _ field: FieldID) -> StoredValue? {
      past.change(write.dot)?.storedValue(field)
    }

    /// Whether a field showed one of several values of which somebody had to choose one.
    func isContested(_ field: FieldID) throws -> Bool {
      let register = state.register(field)
      guard register.count > 1 else { return false }
      if let text = try past.mergedText(field, in: state) { return text.isContested }
      let values = register.map { written($0, field) }
      return values.dropFirst().contains { $0 != values[0] }
    }

    var isAlive: Bool { isThere && state.isAlive }
  }

  /// The record as the author of a change saw it before writing.
  func version(before change: Change) -> Version {
    version(of: change) { change.envelope.context.covers($0) }
  }

  /// The record as the author of a change left it.
  func version(after change: Change) -> Version {
    version(of: change) { $0 == change.dot || change.envelope.context.covers($0) }
  }

  /// The record as all changes together have it.
  func now() -> Version {
    version(of: changes[0]) { _ in true }
  }

  /// A text field that several writes of a state hold at once, as it was shown then; nil for every
  /// other field.
  fileprivate func mergedText(_ field: FieldID, in state: RecordState) throws -> ShownText? {
    let register = state.register(field)
    guard register.count > 1, field.key.isEmpty,
      Kind(rawValue: state.kind).flatMap({ Field.find($0, field.number) })?.shape == .text
    else { return nil }
    var texts = try FieldTexts(field) { visit in
      for change in changes { try visit(change) }
    } change: { dot in
      guard let found = change(dot) else { throw StoreError.damagedChange(dot) }
      return found
    }
    return try texts.shown(register.map(\.dot))
  }

  private func version(of change: Change, _ isCovered: (Dot) -> Bool) -> Version {
    var state = RecordState(kind: change.envelope.kind)
    var isThere = false
    for change in changes where isCovered(change.dot) {
      state.apply(change.envelope)
      isThere = true
    }
    return Version(state: state, isThere: isThere, past: self)
  }
}

extension Reader {
  /// What a record is called, or was called when it was deleted: a path is then its last step.
  package func lastName(of id: RecordID, _ kind: Kind) throws -> String {
    let name = try name(of: id, kind)
    let fields = Self.nameFields(of: kind)
    guard name.isEmpty, !fields.isEmpty, let past = try RecordPast(id, self) else { return name }
    let now = past.now()
    for field in fields {
      if case .text(let text) = try now.stored(FieldID(field.number))?.value { return text }
    }
    return ""
  }

  private static func nameFields(of kind: Kind) -> [Field] {
    switch kind {
    case .study: [.Study.title]
    case .interview: [.Interview.label, .Interview.title]
    case .place: [.Place.name]
    case .participant: [.Participant.pseudonym]
    case .theme: [.Theme.name]
    case .note, .coding: []
    }
  }
}
