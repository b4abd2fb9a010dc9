import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport

// A notebook against the model, and every text against the promise that none is lost.
extension FieldWorld {
  func checkAgainst(_ model: ReferenceModel, _ reader: Reader) throws {
    try checkRegisters(model, reader)
    if let dot = ReferenceModel.unreasonableStamp(in: model.changes) {
      throw Broken("a stamp exceeds all that its author had seen", "\(dot)")
    }
    for (dot, change) in model.changes where change.envelope.action != .erase {
      var isErased = false
      if case .erased = change.content { isErased = true }
      guard isErased == model.erased.contains(change.envelope.record) else {
        throw Broken("what was erased is gone, and nothing else", "\(dot)")
      }
    }
    for kind in Kind.allCases {
      let shown = Set(try reader.ids(of: kind))
      let expected = model.shown(kind)
      guard shown == expected else {
        let wrong = shown.symmetricDifference(expected).sorted()
        throw Broken(
          "a record is shown when it lives and all that it is on",
          "\(kind.name) \(wrong.map(\.short)); shown here: \(shown.contains(wrong[0]))")
      }
    }
    try checkValues(model, reader)
    for field in [Field.Place.parent, .Theme.parent, .Theme.mergedInto] {
      let tree = try reader.tree(field)
      let parents = model.parents(field)
      for node in model.shown(field.kind) {
        guard tree.parent(of: node.rawValue) == parents[node]?.rawValue else {
          throw Broken("everybody draws the tree of the law", "\(field.name) of \(node.short)")
        }
      }
    }
  }

  private func checkRegisters(_ model: ReferenceModel, _ reader: Reader) throws {
    for (record, merge) in model.records {
      try merge.check(reader.state(of: record), of: record)
    }
  }

  // MARK: - What stands in the tables

  private func checkValues(_ model: ReferenceModel, _ reader: Reader) throws {
    func expect(_ shown: String?, _ field: Field, _ record: RecordID) throws {
      let expected = Self.plain(model.shownValue(field, of: record))
      guard shown != expected else { return }
      throw Broken(
        "a field shows the greatest write that nobody replaced", "\(field.name) of \(record.short)")
    }
    func expect(_ shown: RecordID?, _ field: Field, _ record: RecordID) throws {
      try expect(shown?.description, field, record)
    }
    func expectText(_ shown: String?, _ field: Field, _ record: RecordID) throws {
      let writes = model.records[record]?.register(FieldID(field.number)) ?? []
      if writes.count < 2 { return try expect(shown, field, record) }
      let bytes = Array((shown ?? "").utf8)
      for word in model.addedWords(field, of: record)
      where !contains(Array(word.utf8), in: bytes) {
        throw Broken(
          "a merged text holds the words that everybody brought in",
          "\(field.name) of "
            + "\(record.short)")
      }
    }
    for interview in try reader.fetchAll(Interview.self) {
      try expect(interview.label, .Interview.label, interview.id)
      try expect(interview.title, .Interview.title, interview.id)
      try expect(interview.source, .Interview.source, interview.id)
      try expect(interview.place, .Interview.place, interview.id)
      try expectText(interview.text, .Interview.text, interview.id)
      try expectText(interview.summary, .Interview.summary, interview.id)
    }
    for note in try reader.fetchAll(Note.self) {
      try expect(note.about, .Note.about, note.id)
      try expectText(note.text, .Note.text, note.id)
    }
    for place in try reader.fetchAll(Place.self) {
      try expect(place.name, .Place.name, place.id)
      try expect(place.code, .Place.code, place.id)
      try expect(place.parent, .Place.parent, place.id)
    }
    for participant in try reader.fetchAll(Participant.self) {
      try expect(participant.pseudonym, .Participant.pseudonym, participant.id)
      try expect(participant.role, .Participant.role, participant.id)
    }
    for theme in try reader.fetchAll(Theme.self) {
      try expect(theme.name, .Theme.name, theme.id)
      try expect(theme.parent, .Theme.parent, theme.id)
      try expect(theme.mergedInto, .Theme.mergedInto, theme.id)
      try expect(theme.colour, .Theme.colour, theme.id)
      try expectText(theme.definition, .Theme.definition, theme.id)
    }
    for coding in try reader.fetchAll(Coding.self) {
      try expect(coding.theme, .Coding.theme, coding.id)
      try expect(coding.target, .Coding.target, coding.id)
      try expect(coding.coder, .Coding.coder, coding.id)
      try expectText(coding.memo, .Coding.memo, coding.id)
    }
  }

  private static func plain(_ value: Value?) -> String? {
    switch value {
    case .text(let text): text
    case .reference(let reference): RecordID(rawValue: reference).description
    case .target(let target): RecordID(rawValue: target.record).description
    default: nil
    }
  }

  private func contains(_ word: [UInt8], in text: [UInt8]) -> Bool {
    guard text.count >= word.count else { return word.isEmpty }
    return (0...text.count - word.count).contains { start in
      text[start] == word[0] && text[start..<start + word.count].elementsEqual(word)
    }
  }

  // MARK: - Codings

  /// Codings on texts of which every word is known by itself lie where a model says that follows each.
  func checkPassages(_ model: ReferenceModel, _ reader: Reader) throws {
    for (id, passage) in passages.sorted(by: { $0.key < $1.key })
    where !mixedRecords.contains(passage.interview) && model.isShown(id) {
      // Somebody may have given it another place or another text.
      let isAsMade = [Field.Coding.target, .Coding.anchor].allSatisfy { field in
        model.records[id]?.writes.count { $0.fields.contains(FieldID(field.number)) } == 1
      }
      guard isAsMade, let coding = try reader.fetch(Coding.self, id),
        let text = try reader.codedText(of: passage.interview)?.text,
        let placed = try reader.placed([coding], on: passage.interview).first
      else { continue }
      if let fault = passage.model.fault(of: placed, in: text, isSimple: false) {
        throw Broken("a coding lies on what was coded", "\(id.short): \(fault)")
      }
    }
  }

  // MARK: - The oracle

  /// Every text that was ever acknowledged is shown, overruled, in the history, or erased on purpose.
  func findTexts(_ model: ReferenceModel, _ tally: inout Tally) throws {
    for text in acknowledged {
      let field = FieldID(text.field.number)
      if model.erased.contains(text.record) {
        tally.erased += 1
        continue
      }
      guard let dot = model.dot(of: text, field) else {
        guard lost.contains(text.dot) else {
          throw Broken(
            "no acknowledged text is lost", "\(text.field.name) of \(text.record.short)")
        }
        tally.lostWithDisk += 1
        continue
      }
      let register = model.records[text.record]?.register(field) ?? []
      if !model.isShown(text.record) || !register.contains(dot) {
        tally.inHistory += 1
      } else if register.last == dot {
        tally.shown += 1
      } else {
        tally.overruled += 1
      }
    }
  }
}

extension ObviousMerge {
  /// Compares the registers that a store keeps of a record with the obvious ones.
  func check(_ state: RecordState?, of record: RecordID) throws {
    guard let state else {
      throw Broken("registers are what the set of changes makes", "\(record.short) is missing")
    }
    if let fault = fault(in: state) {
      throw Broken("registers are what the set of changes makes", "\(record.short): \(fault)")
    }
    if let dot = lost(from: state) {
      throw Broken("no write is lost that nobody replaced knowingly", "\(dot)")
    }
    if let dot = replacedButShown(in: state) {
      throw Broken("nothing is shown that somebody replaced knowingly", "\(dot)")
    }
  }
}
