import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Interviews and notes with the codings on them: each text is read once.
extension StudyDatabase {
  func texts() throws {
    let byTarget = try codingsByTarget()
    let codings = try database.insertion(into: "codings", columns: 10)
    try interviews(byTarget, codings)
    try notes(byTarget, codings)
    report.rows["codings"] = codings.rows
    report.codingsWithoutText = byTarget.values.reduce(0) { $0 + $1.count } - codings.rows
  }

  private func codingsByTarget() throws -> [RecordID?: [Coding]] {
    var byTarget = [RecordID?: [Coding]]()
    try reader.forEach(Coding.self) { coding in
      if part.contains(coding.id) { byTarget[coding.target, default: []].append(coding) }
    }
    return byTarget
  }

  private func interviews(_ byTarget: [RecordID?: [Coding]], _ codings: Insertion) throws {
    var people = [(interview: RecordID, person: RecordID)]()
    var names = [(interview: RecordID, name: String)]()
    var languages = [(interview: RecordID, language: String)]()
    let ids = try reader.ids(of: .interview).filter(part.contains)
    try table("interviews", 16) { table in
      for id in ids {
        guard let interview = try reader.fetch(Interview.self, id) else { continue }
        dates[id] = .some(interview.date)
        consents.add(interview.consent, of: id)
        people += facts.participantsOf[id, default: []]
          .filter { facts.participants[$0] != nil && part.contains($0) }.map { (id, $0) }
        names += interview.interviewers.map { (id, $0) }
        languages += interview.languages.map { (id, $0) }
        try insert(interview, table)
        try place(
          byTarget[id], on: id, of: id, isNote: false,
          in: interview.text.map { (.Interview.text, $0, interview.textVersion) }, codings)
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

  private func insert(_ interview: Interview, _ table: Insertion) throws {
    let place = interview.place.flatMap { facts.places[$0]?.id }
    let (consent, date) = (interview.consent, interview.date)
    try table.insert(
      Self.id(interview.id), .init(interview.label), .init(interview.title),
      .init(interview.kind?.rawValue), .init(date?.description), Self.day(date?.firstDay),
      Self.day(date?.lastDay), .init(date?.year),
      Self.id(place.flatMap { part.contains($0) ? $0 : nil }), .init(consent?.level.rawValue),
      .init(consent?.form), .init(consent?.date?.description),
      .init(consent?.embargo?.description), .init(interview.summary), .init(interview.source),
      .init(hasTexts ? interview.text : nil))
  }

  private func notes(_ byTarget: [RecordID?: [Coding]], _ codings: Insertion) throws {
    let ids = try reader.ids(of: .note).filter(part.contains)
    try table("notes", 8) { table in
      for id in ids {
        guard let note = try reader.fetch(Note.self, id) else { continue }
        let interview = note.about.flatMap { dates[$0] == nil ? nil : $0 }
        let kind = try note.about.flatMap { try reader.state(of: $0)?.kind }
          .flatMap { Kind(rawValue: $0) }
        let date = try note.at ?? note.about.flatMap(self.date)
        try table.insert(
          Self.id(id), .init(kind?.name), Self.id(note.about), Self.id(interview),
          .init(note.at?.description), Self.day(date?.firstDay), Self.day(date?.lastDay),
          .init(hasTexts ? note.text : nil))
        try place(
          byTarget[id], on: id, of: interview, isNote: true,
          in: note.text.map { (.Note.text, $0, note.textVersion) }, codings)
      }
    }
  }

  /// Of an interview, whether it is in the part or not.
  private func date(of interview: RecordID) throws -> PartialDate? {
    if let date = dates[interview] { return date }
    return try reader.fetch(InterviewFacts.self, interview)?.date
  }

  private func place(
    _ codings: [Coding]?, on target: RecordID, of interview: RecordID?, isNote: Bool,
    in text: (field: Field, text: String, version: TextVersion?)?, _ table: Insertion
  ) throws {
    guard let codings else { return }
    for placed in try reader.placed(codings, on: target, in: text) {
      let coding = placed.coding
      let theme = coding.theme.map { facts.merged[$0] ?? $0 }
      try table.insert(
        Self.id(coding.id), Self.id(interview), isNote ? Self.id(target) : .null,
        Self.id(theme.flatMap { themes.contains($0) ? $0 : nil }), .init(coding.coder),
        .init(placed.span?.lowerBound), .init(placed.span?.upperBound), .text(placed.quote),
        .text(placed.status.rawValue), .init(coding.memo))
    }
  }
}
