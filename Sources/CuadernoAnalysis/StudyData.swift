package import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// What the analysis works on, read once from a notebook: facts about texts and codings, no texts.
///
/// Merged themes are folded here: a coding with a theme that was merged counts as the theme that
/// stayed.
package struct StudyData: Sendable {
  /// An interview or note, as far as its codings are compared by it.
  package struct Source: Sendable {
    package var id: RecordID
    package var kind: Kind
    package var interviewKind: InterviewKind?
    package var date: PartialDate?
    package var place: RecordID?
    package var participants: [RecordID]
    package var attributes: [Attribute]
    package var consent: Consent?
    /// Whether two people wrote the consent differently, and nobody has settled it.
    package var isConsentContested = false
    /// The interview itself, or the one that a note is about.
    package var interview: RecordID?

    /// Whether the words of a text may be printed: its consent says so and no embargo holds. A document,
    /// which nobody was asked for, may be quoted unless a consent says otherwise; what two people wrote
    /// differently allows nothing until it is settled.
    ///
    /// - Parameter day: year, month and day as one number, such as 20170512.
    package func mayBeQuoted(on day: Int) -> Bool {
      guard !isConsentContested else { return false }
      guard let consent else { return interviewKind == .document }
      return consent.level == .mayQuote && (consent.embargo.map { $0.lastDay < day } ?? true)
    }
  }

  package struct CodedPassage: Sendable {
    package var id: RecordID
    package var source: RecordID
    package var theme: RecordID
    package var coder: String?
    /// In scalars of the text as it is; nil when the passage is gone or has to be looked for.
    package var span: Range<Int>?
  }

  package var themes: [RecordID: String]
  package var themePaths: Paths
  package var placeNames: [RecordID: String]
  package var placeKinds: [RecordID: PlaceKind]
  package var placePaths: Paths
  /// The valleys and the like that a place is within, beside its administrative parent.
  package var placesWithin: [RecordID: [RecordID]]
  /// Labels and pseudonyms, each one's own: where two have the same, with the first digits of the id.
  package var interviewNames: [RecordID: String] = [:]
  package var participantNames: [RecordID: String] = [:]
  package var participantRoles: [RecordID: String]
  package var participantAttributes: [RecordID: [Attribute]]
  package var placeAttributes: [RecordID: [Attribute]]
  package var periods: [Period]
  /// By the dimension that each is compared by.
  package var attributeDefinitions: [Dimension: AttributeDefinition] = [:]
  package var sources: [RecordID: Source]
  /// The notes about themes and the study, which belong to no interview.
  package var codeBookNotes: Set<RecordID> = []
  package var passages: [CodedPassage]

  /// - Parameter isPlaced: whether it is looked where in the texts the passages lie, which takes reading
  ///   all of them; counts and selections need no places.
  package init(_ reader: Reader, isPlaced: Bool = true) throws {
    let merged = try reader.mergedThemes()
    var themes = [RecordID: String]()
    for theme in try reader.fetchAll(Theme.self) where merged[theme.id] == nil {
      themes[theme.id] = theme.name ?? ""
    }
    self.themes = themes
    themePaths = try reader.themePaths()
    placePaths = try reader.placePaths()
    placesWithin = try reader.references(.Place.within)
    (placeNames, placeKinds) = ([:], [:])
    for place in try reader.fetchAll(Place.self) {
      placeNames[place.id] = place.name ?? ""
      placeKinds[place.id] = place.kind
    }
    participantRoles = [:]
    var pseudonyms = [RecordID: String]()
    for participant in try reader.fetchAll(Participant.self) {
      participantRoles[participant.id] = participant.role
      pseudonyms[participant.id] = participant.pseudonym ?? ""
    }
    participantNames = Self.toldApart(pseudonyms)
    participantAttributes = try reader.attributes(of: .participant)
    placeAttributes = try reader.attributes(of: .place)
    periods = try reader.periods()
    attributeDefinitions = Dictionary(
      try reader.attributeDefinitions().map { (.attribute($0.record, name: $0.name), $0) },
      uniquingKeysWith: { first, _ in first })
    var labels = [RecordID: String]()
    sources = try Self.sources(reader, &labels)
    let codeBook = Set(try reader.ids(of: .theme)).union([reader.studyRecord])
    codeBookNotes = Set(
      try reader.fetchAll(Note.self).filter { $0.about.map(codeBook.contains) ?? false }.map(\.id))
    interviewNames = Self.toldApart(labels)
    passages = []
    func add(
      _ id: RecordID, _ source: RecordID?, _ theme: RecordID?, _ coder: String?, _ span: Range<Int>?
    ) {
      guard let source, let theme else { return }
      passages.append(
        CodedPassage(
          id: id, source: source, theme: merged[theme] ?? theme, coder: coder, span: span))
    }
    if isPlaced {
      for coding in try reader.codingSpans() {
        add(coding.id, coding.target, coding.theme, coding.coder, coding.span)
      }
    } else {
      try reader.forEach(CodingSpan.self) { add($0.id, $0.target, $0.theme, $0.coder, nil) }
    }
  }

  /// The interviews, and the notes with what they are about when that is an interview.
  private static func sources(
    _ reader: Reader, _ labels: inout [RecordID: String]
  ) throws -> [RecordID: Source] {
    let participants = try reader.references(.Interview.participants)
    let attributes = try reader.attributes(of: .interview)
    let contested = try reader.contestedConsents()
    var sources = [RecordID: Source]()
    try reader.forEach(InterviewFacts.self) { interview in
      labels[interview.id] = interview.name
      sources[interview.id] = Source(
        id: interview.id, kind: .interview, interviewKind: interview.kind, date: interview.date,
        place: interview.place, participants: participants[interview.id, default: []],
        attributes: attributes[interview.id, default: []], consent: interview.consent,
        isConsentContested: contested.contains(interview.id), interview: interview.id)
    }
    try addNotes(reader, &sources)
    return sources
  }

  /// Notes have the place, the date and the consent of what they are about, through as many notes as lie
  /// between; two that are about each other have none.
  ///
  /// Upwards from each, and not in the order in which they came here, which is another on each notebook.
  private static func addNotes(_ reader: Reader, _ sources: inout [RecordID: Source]) throws {
    let notes = try reader.noteAbouts()
    for id in notes.keys.sorted() {
      var chain = [RecordID]()
      var next: RecordID? = id
      while let note = next, notes[note] != nil, sources[note] == nil, !chain.contains(note) {
        chain.append(note)
        next = notes[note]?.about
      }
      let isCircle = next.map(chain.contains) ?? false
      for note in chain.reversed() {
        var source =
          (isCircle ? nil : notes[note]?.about.flatMap { sources[$0] })
          ?? Source(
            id: note, kind: .note, date: nil, place: nil, participants: [], attributes: [])
        source.id = note
        source.kind = .note
        source.interviewKind = nil
        source.date = notes[note]?.at ?? source.date
        sources[note] = source
      }
    }
  }

  /// Whether a text may be quoted (``Source/mayBeQuoted(on:)``); one that is not there may not.
  package func mayBeQuoted(_ source: RecordID, today: Int) -> Bool {
    sources[source]?.mayBeQuoted(on: today) ?? false
  }

  /// Names of which no two are the same, those that are with the first digits of their ids.
  package static func toldApart(_ names: [RecordID: String]) -> [RecordID: String] {
    toldApart(names) { id, name in "\(name) (\(id.description.prefix(8)))" }
  }

  /// - Parameter longer: what one is called whose name another has too.
  package static func toldApart(
    _ names: [RecordID: String], by longer: (RecordID, String) -> String
  ) -> [RecordID: String] {
    let shared = Dictionary(grouping: names.values, by: \.self).filter { $0.value.count > 1 }
    guard !shared.isEmpty else { return names }
    return Dictionary(
      uniqueKeysWithValues: names.map { id, name in
        (id, shared[name] == nil ? name : longer(id, name))
      })
  }
}
