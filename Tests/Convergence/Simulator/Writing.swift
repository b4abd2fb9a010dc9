import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport

// What people write.
extension FieldWorld {
  /// Any edit of any kind of record, as the notebook's own tests make them.
  mutating func edit(_ index: Int, _ step: Step) throws -> String {
    var editor = RandomEditor(seed: step.chance)
    let before = try sequence(index)
    let texts: [RandomEditor.Text]
    do {
      texts = try editor.edit(seats[index].notebook)
    } catch NotebookError.erased {
      return "refused"
    }
    for text in texts {
      acknowledge(
        AcknowledgedText(
          record: text.record, field: text.field, text: text.text, dot: text.dot))
      if text.field == Field.Interview.text { mixedRecords.insert(text.record) }
    }
    for text in texts { try checkIsThere(text.text, text.field, at: text.dot, index) }
    return "\(try sequence(index) &- before) changes, \(texts.count) texts"
  }

  /// An interview in which no word stands twice.
  mutating func compose(_ index: Int, _ step: Step) throws -> String {
    var editor = words(step)
    let text = editor.text()
    let id = try seats[index].notebook.write {
      try $0.create(.interview, [.init(.Interview.text, text)])
    }
    wordRecords.append(id)
    try acknowledge(id, .Interview.text, text, index)
    return "\(id.short)"
  }

  /// Somebody goes on writing in a text: words and lines come, go and move.
  mutating func retype(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) throws -> String {
    guard let (id, text) = try wordText(index, &random) else { return "nothing there" }
    var editor = words(step)
    let edited = editor.edited(text, moves: Bool.random(using: &random))
    let isWritten = try seats[index].notebook.write {
      try $0.update(id, [.init(.Interview.text, edited)])
    }
    if isWritten { try acknowledge(id, .Interview.text, edited, index) }
    return "\(id.short), \(edited.utf8.count) bytes"
  }

  mutating func code(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) throws -> String {
    guard let (id, text) = try wordText(index, &random) else { return "nothing there" }
    var editor = words(step)
    guard let passage = editor.passage(of: text) else { return "no word there" }
    let coding = try seats[index].notebook.write { writer -> RecordID? in
      guard let (field, text, version) = try writer.reader.codedText(of: id), let version else {
        return nil
      }
      var themes = try writer.reader.ids(of: .theme)
      if themes.isEmpty { themes = [try writer.create(.theme, [.init(.Theme.name, "tema")])] }
      let theme = themes[Int(step.chance % UInt64(themes.count))]
      return try writer.create(
        .coding,
        [
          .init(
            .Coding.target, value: .target(Target(record: id.rawValue, field: field.number))),
          .init(
            .Coding.anchor,
            value: .anchor(try AnchorMaker(text: text, version: version).anchor(passage))),
          .init(.Coding.theme, value: .reference(theme.rawValue)),
        ])
    }
    guard let coding else { return "no text there" }
    passages[coding] = Passage(interview: id, model: PassageModel(passage, of: text))
    return "\(coding.short) on \(id.short)"
  }

  mutating func note(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) throws -> String {
    let kind =
      [Kind.interview, .interview, .place, .theme, .note, .coding]
      .randomElement(using: &random) ?? .interview
    guard
      let about = try seats[index].notebook.read({ try $0.ids(of: kind) })
        .randomElement(using: &random)
    else { return "nothing there" }
    var editor = words(step)
    let text = editor.text()
    let id = try seats[index].notebook.note(text, about: about)
    try acknowledge(id, .Note.text, text, index)
    return "\(id.short) about \(about.short)"
  }

  /// A place or a theme gets another place in its tree; circles that one can see are refused.
  mutating func move(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let field: Field = Bool.random(using: &random) ? .Place.parent : .Theme.parent
    return try setEdge(field, index, &random)
  }

  mutating func mergeThemes(_ index: Int, _ random: inout SplitMix64) throws -> String {
    try setEdge(.Theme.mergedInto, index, &random)
  }

  private mutating func setEdge(
    _ field: Field, _ index: Int, _ random: inout SplitMix64
  ) throws -> String {
    let notebook = seats[index].notebook
    // Few of them, so that two people move the same ones and close circles.
    let ids = Array(try notebook.read { try $0.ids(of: field.kind) }.prefix(4))
    guard let child = ids.randomElement(using: &random),
      let parent = ids.randomElement(using: &random)
    else { return "nothing there" }
    let isCleared = Int.random(in: 0..<6, using: &random) == 0
    do {
      try notebook.write {
        _ = try $0.update(
          child, [.init(field, value: isCleared ? nil : .reference(parent.rawValue))])
      }
    } catch NotebookError.fault {
      return "refused"
    }
    return "\(field.name) of \(child.short)"
  }

  // MARK: - Taking away and bringing back

  mutating func delete(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let kind =
      [Kind.interview, .interview, .note, .coding, .place, .theme, .participant]
      .randomElement(using: &random) ?? .note
    let notebook = seats[index].notebook
    guard let id = try notebook.read({ try $0.ids(of: kind) }).randomElement(using: &random) else {
      return "nothing there"
    }
    try notebook.write { try $0.delete(id) }
    tally.count("deletes")
    return "\(kind.name) \(id.short)"
  }

  mutating func bringBack(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let notebook = seats[index].notebook
    guard
      let id = try notebook.read({ try $0.trash() }).map(\.id).sorted()
        .randomElement(using: &random)
    else { return "nothing there" }
    let isBack = try notebook.write { try $0.undelete(id) }
    return "\(id.short) \(isBack)"
  }

  mutating func undo(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let direction: UndoDirection = Int.random(in: 0..<3, using: &random) == 0 ? .redo : .undo
    let steps = try seats[index].notebook.write { writer -> Int? in
      guard let write = try writer.reader.nextWrite(direction) else { return nil }
      let taken = try writer.takeBack(write)
      return taken.done.count
    }
    return "\(direction) \(steps.map(String.init) ?? "nothing")"
  }

  mutating func decide(_ index: Int, _ random: inout SplitMix64) throws -> String {
    let notebook = seats[index].notebook
    guard let conflict = try notebook.read({ try $0.conflicts() }).randomElement(using: &random),
      let side = conflict.sides.randomElement(using: &random)
    else { return "no conflict" }
    let value = Bool.random(using: &random) ? conflict.shown : side.value
    if conflict.field == Field.Interview.text { mixedRecords.insert(conflict.record) }
    do {
      try notebook.write { try $0.resolve(conflict, with: value) }
    } catch NotebookError.fault {
      return "refused"
    }
    tally.count("conflicts decided")
    return "\(conflict.field.name) of \(conflict.record.short)"
  }

  /// Consent was withdrawn; only the study's owner erases.
  mutating func erase(_ random: inout SplitMix64) throws -> String {
    let notebook = seats[0].notebook
    let kind = [Kind.interview, .interview, .note, .participant].randomElement(using: &random)
    guard
      let id = try notebook.read({ try $0.ids(of: kind ?? .note) })
        .randomElement(using: &random)
    else { return "nothing there" }
    try notebook.write { try $0.erase(id) }
    tally.count("erasures")
    return "\(id.short)"
  }

  // MARK: -

  /// An author of its own for each step, so that no two ever write the same word.
  func words(_ step: Step) -> WordEditor {
    WordEditor(seed: step.chance, author: "v\(step.number)")
  }

  private func wordText(
    _ index: Int, _ random: inout SplitMix64
  ) throws -> (RecordID, String)? {
    guard let id = wordRecords.randomElement(using: &random),
      let text = try seats[index].notebook.read({ try $0.codedText(of: id)?.text })
    else { return nil }
    return (id, text)
  }

  func sequence(_ index: Int) throws -> UInt64 {
    try seats[index].notebook.frontier().changeCount
  }

  mutating func acknowledge(_ text: AcknowledgedText) {
    acknowledged.append(text)
  }

  /// - Precondition: the text was written with the notebook's last change.
  mutating func acknowledge(
    _ record: RecordID, _ field: Field, _ text: String, _ index: Int
  ) throws {
    let device = try seats[index].device
    let dot = Dot(device: device, sequence: try seats[index].notebook.frontier()[device])
    acknowledge(AcknowledgedText(record: record, field: field, text: text, dot: dot))
    try checkIsThere(text, field, at: dot, index)
  }

  private func checkIsThere(_ text: String, _ field: Field, at dot: Dot, _ index: Int) throws {
    let written = try seats[index].notebook.read { try $0.text(field, at: dot) }
    if written != text {
      throw Broken("what was written is there at once", "\(field.name) at \(dot)")
    }
  }
}

extension RecordID {
  /// Enough of it to tell the records of one world apart.
  var short: String { String(description.prefix(8)) }
}
