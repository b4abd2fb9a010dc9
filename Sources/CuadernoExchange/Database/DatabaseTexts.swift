import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Interviews and notes with the codings on them: each text is read once.
extension StudyDatabase {
  func texts() throws {
    let gathered = try reader.gatheredCodings(part.contains)
    var codings = CodingWriting(gathered: gathered, rows: rows(of: "codings", 10))
    try interviews(&codings)
    try notes(&codings)
    report.codingsWithoutText = gathered.count - codings.written
  }

  private func interviews(_ codings: inout CodingWriting) throws {
    var people = [(interview: RecordID, person: RecordID)]()
    var names = [(interview: RecordID, name: String)]()
    var languages = [(interview: RecordID, language: String)]()
    try table("interviews", 16) { table in
      try reader.forEachByID(InterviewText.self, where: part.contains) { interview in
        let (id, facts) = (interview.id, interview.facts)
        dates[id] = .some(facts.date)
        consents.add(facts)
        people += self.facts.participantsOf[id, default: []]
          .filter { self.facts.participants[$0] != nil && part.contains($0) }.map { (id, $0) }
        names += facts.interviewers.map { (id, $0) }
        languages += facts.languages.map { (id, $0) }
        try insert(interview, table)
        try place(&codings, on: id, of: id, isNote: false, in: interview.coded)
      }
    }
    try table("interview_participants", 2) { table in
      for (interview, person) in people { try table.insert(Self.id(interview), Self.id(person)) }
    }
    try table("interview_interviewers", 2) { table in
      for (interview, name) in names { try table.insert(Self.id(interview), .text(name)) }
    }
    try table("interview_languages", 2) { table in
      for (interview, language) in languages {
        try table.insert(Self.id(interview), .text(language))
      }
    }
  }

  private func insert(_ interview: InterviewText, _ table: TableRows) throws {
    let text = interview.coded?.text.utf8
    let interview = interview.facts
    let place = interview.place.flatMap { facts.places[$0]?.id }
    let (consent, date) = (interview.consent, interview.date)
    try table.insert { row in
      row.add(interview.id)
      row.add(interview.label)
      row.add(interview.title)
      row.add(interview.kind?.rawValue)
      row.add(date?.description)
      row.add(day: date?.firstDay)
      row.add(day: date?.lastDay)
      row.add(date?.year)
      row.add(place.flatMap { part.contains($0) ? $0 : nil })
      row.add(consent?.level.rawValue)
      row.add(consent?.form)
      row.add(consent?.date?.description)
      row.add(consent?.embargo?.description)
      row.add(interview.summary)
      row.add(interview.source)
      row.add(utf8: hasTexts ? text?[...] : nil)
    }
  }

  private func notes(_ codings: inout CodingWriting) throws {
    let ids = try reader.ids(of: .note).filter(part.contains)
    let subjects = try reader.noteSubjects()
    try table("notes", 8) { table in
      for id in ids {
        guard let note = try reader.fetch(Note.self, id) else { continue }
        let subject = subjects[id]
        let interview = subject.flatMap { dates[$0] == nil ? nil : $0 }
        let kind = try note.about.flatMap { try reader.state(of: $0)?.kind }
          .flatMap { Kind(rawValue: $0) }
        let date = try note.at ?? subject.flatMap(self.date)
        try table.insert(
          Self.id(id), .init(kind?.name), Self.id(note.about), Self.id(interview),
          .init(note.at?.description), .day(date?.firstDay), .day(date?.lastDay),
          .init(hasTexts ? note.text : nil))
        try place(
          &codings, on: id, of: interview, isNote: true,
          in: note.text.map { CodedText($0, note.textVersion) })
      }
    }
  }

  /// Of an interview, whether it is in the part or not.
  private func date(of interview: RecordID) throws -> PartialDate? {
    if let date = dates[interview] { return date }
    return try reader.fetch(InterviewFacts.self, interview)?.date
  }

  private struct CodingWriting {
    let gathered: GatheredCodings
    let rows: TableRows
    /// Where those of one text stand.
    var standing: [Range<Int>?] = []
    var written = 0
  }

  /// Writes the codings on a text, each of which is compared with it; those that do not stand there are
  /// looked for.
  private func place(
    _ codings: inout CodingWriting, on target: RecordID, of interview: RecordID?, isNote: Bool,
    in text: CodedText?
  ) throws {
    let entries = codings.gathered.entries(on: target)
    codings.standing.removeAll(keepingCapacity: true)
    var others = [GatheredCodings.Entry]()
    for entry in entries {
      let standing = text.flatMap { codings.gathered.standing(entry, in: $0) }
      codings.standing.append(standing)
      if standing == nil { others.append(entry) }
    }
    var placed =
      try others.isEmpty
      ? [] : reader.placed(reader.codings(others), on: target).reversed()
    for (entry, standing) in zip(entries, codings.standing) {
      let found = standing == nil ? placed.popLast() : nil
      let span = standing == nil ? found?.span : entry.span
      let theme = entry.theme.map { facts.merged[$0] ?? $0 }
      try codings.rows.insert { row in
        row.add(entry.id)
        row.add(interview)
        row.add(isNote ? target : nil)
        row.add(theme.flatMap { themes.contains($0) ? $0 : nil })
        row.add(entry.coder)
        row.add(span?.lowerBound)
        row.add(span?.upperBound)
        if let text, let standing {
          row.add(utf8: text.text.utf8[standing])
        } else {
          row.add(found?.quote ?? "")
        }
        row.add((found?.status ?? .exact).rawValue)
        row.add(entry.memo)
      }
      codings.written += 1
    }
  }
}
