import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Interviews, documents and notes with the codings on them.
extension ProjectExport {
  mutating func sources() throws {
    report.count(.unselectedInterviews, study.unselectedInterviews)
    guard !study.interviews.isEmpty else { return }
    report.count(.texts, study.interviews.count)
    let texts = try reader.codedTexts(of: .interview)
    try writer.open(.sources)
    for facts in study.interviews {
      let interview = facts.interview
      consents.add(interview.consent, of: interview.id, isDocument: interview.kind == .document)
      if facts.name != interview.name { report.count(.renamed) }
      try openText(.textSource, interview.id, named: facts.name)
      let description = Renaming.description(
        interview.summary, name: interview.label, written: facts.name, key: "Label")
      if let description { try writer.element(.description, description) }
      let text = try texts?.text(of: interview.id)
      if text?.text.utf8.isEmpty ?? true { report.count(.emptyTexts) }
      try selections(on: interview.id, text)
      try write(study.values(of: interview))
      try writer.close()
    }
    for (line, count) in consents.counts.lines { report.count(line, count) }
    try writer.close()
  }

  private mutating func openText(
    _ element: QDAElement, _ record: RecordID, named name: String
  ) throws {
    try writer.open(element)
    try writer.attribute(.guid, record)
    try writer.attribute(.name, name)
    try writer.attribute(.plainTextPath, "internal://\(record.guid).txt")
    texts.append(record)
  }

  // MARK: - Notes

  mutating func notes() throws {
    guard !study.notes.isEmpty else { return }
    report.count(.notes, study.notes.count)
    let names = Dictionary(
      study.interviews.map { ($0.interview.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var used = UniqueNames()
    let texts = try reader.codedTexts(of: .note)
    try writer.open(.notes)
    for note in study.notes {
      let parts = [note.about.flatMap { names[$0] }, note.at?.description].compactMap { $0 }
      let name = parts.isEmpty ? "note" : parts.joined(separator: ", ")
      try openText(.note, note.id, named: used.name(name))
      try writer.attribute(.creationDateTime, try date(of: note))
      try selections(on: note.id, try texts?.text(of: note.id))
      try write(study.values(of: note))
      try writer.close()
    }
    try writer.close()
  }

  /// A note without a date stops one importer, so the day on which it was written stands in for one.
  private func date(of note: Note) throws -> String {
    if let at = note.at { return Moment(at).description }
    let written = try reader.state(of: note.id)?.shown(FieldID(Field.Note.text.number))?.stamp
    return Moment(milliseconds: written?.milliseconds ?? milliseconds).description
  }

  // MARK: - Codings

  /// Codings that are one selection in the file.
  private struct Passage {
    var span: Range<Int>
    var coder: String?
    /// One importer takes the description of a selection for the memo of each coding on it.
    var memo: String?
    var codings: [(id: RecordID, theme: RecordID)]

    func isSame(as other: Passage) -> Bool {
      span == other.span && coder == other.coder && memo == other.memo
    }

    func isBefore(_ other: Passage) -> Bool {
      (span.lowerBound, span.upperBound, coder ?? "", memo ?? "", codings[0].id)
        < (
          other.span.lowerBound, other.span.upperBound, other.coder ?? "", other.memo ?? "",
          other.codings[0].id
        )
    }
  }

  private mutating func selections(
    on record: RecordID, _ coded: CodedText?
  ) throws {
    let text = coded?.text ?? ScalarText("")
    packed.pack(text.utf8, of: record)
    let positions = OutgoingPositions(text, tool?.unit ?? .scalars)
    if tool?.unit != .utf16, !OutgoingPositions.wideScalars(text).isEmpty {
      report.count(.wideTexts)
    }
    var passages = [Passage]()
    var others = [GatheredCodings.Entry]()
    for entry in codings.entries(on: record) {
      guard part.contains(entry.id) else {
        report.count(.unselectedCodings)
        continue
      }
      guard let coded, let span = entry.span, codings.standing(entry, in: coded) != nil else {
        others.append(entry)
        continue
      }
      add(entry, span, to: &passages)
    }
    let placed = try others.isEmpty ? [] : reader.placed(reader.codings(others), on: record)
    for (entry, placed) in zip(others, placed) {
      if let span = try place(placed, text) { add(entry, span, to: &passages) }
    }
    passages.sort { $0.isBefore($1) }
    var index = passages.startIndex
    while index < passages.endIndex {
      var whole = passages[index]
      index += 1
      while index < passages.endIndex, passages[index].isSame(as: whole) {
        whole.codings += passages[index].codings
        index += 1
      }
      try write(whole, positions)
    }
  }

  /// Where a coding lies that was made on an earlier text; nil when it cannot be told in the file.
  private mutating func place(
    _ placed: PlacedCoding, _ text: ScalarText
  ) throws -> Range<Int>? {
    guard let span = placed.span, !placed.needsReview else {
      report.count(.unplacedCodings)
      return nil
    }
    guard let words = text.substring(span), words.utf8.elementsEqual(placed.quote.utf8) else {
      throw QDAFault.quoteDiffers
    }
    if placed.status == .changed { report.count(.changedCodings) }
    return span
  }

  private mutating func add(
    _ coding: GatheredCodings.Entry, _ span: Range<Int>, to passages: inout [Passage]
  ) {
    guard let theme = coding.theme.map({ study.codes.merged[$0] ?? $0 }),
      study.codes.ids.contains(theme)
    else {
      report.count(.codingsWithoutTheme)
      return
    }
    passages.append(
      Passage(
        span: span, coder: coding.coder, memo: coding.memo, codings: [(coding.id, theme)]))
  }

  private mutating func write(_ passage: Passage, _ positions: OutgoingPositions) throws {
    let user = passage.coder.map { userID($0) }
    let first = passage.codings[0].id
    try writer.open(.plainTextSelection)
    try writer.attribute(.guid, RecordID(rawValue: first.rawValue ^ selectionMask))
    try writer.attribute(.startPosition, positions.position(passage.span.lowerBound))
    try writer.attribute(.endPosition, positions.position(passage.span.upperBound))
    if let user { try writer.attribute(.creatingUser, user) }
    if let memo = passage.memo, !memo.isEmpty { try writer.element(.description, memo) }
    for (coding, theme) in passage.codings {
      try writer.open(.coding)
      try writer.attribute(.guid, coding)
      if let user { try writer.attribute(.creatingUser, user) }
      try writer.reference(.codeRef, theme)
      try writer.close()
    }
    try writer.close()
    report.count(.codings, passage.codings.count)
  }
}
