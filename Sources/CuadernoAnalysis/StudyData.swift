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
  package var participantRoles: [RecordID: String]
  package var participantAttributes: [RecordID: [Attribute]]
  package var placeAttributes: [RecordID: [Attribute]]
  package var periods: [Period]
  package var sources: [RecordID: Source]
  package var passages: [CodedPassage]

  package init(_ reader: Reader) throws {
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
    for participant in try reader.fetchAll(Participant.self) {
      participantRoles[participant.id] = participant.role
    }
    participantAttributes = try reader.attributes(of: .participant)
    placeAttributes = try reader.attributes(of: .place)
    periods = try reader.periods()
    sources = try Self.sources(reader)
    passages = try reader.codingSpans().compactMap { coding in
      guard let source = coding.target, let theme = coding.theme else { return nil }
      return CodedPassage(
        id: coding.id, source: source, theme: merged[theme] ?? theme, coder: coding.coder,
        span: coding.span)
    }
  }

  /// The interviews, and the notes with what they are about when that is an interview.
  private static func sources(_ reader: Reader) throws -> [RecordID: Source] {
    let participants = try reader.references(.Interview.participants)
    let attributes = try reader.attributes(of: .interview)
    var sources = [RecordID: Source]()
    try reader.forEach(InterviewFacts.self) { interview in
      sources[interview.id] = Source(
        id: interview.id, kind: .interview, interviewKind: interview.kind, date: interview.date,
        place: interview.place, participants: participants[interview.id, default: []],
        attributes: attributes[interview.id, default: []], consent: interview.consent)
    }
    try reader.forEach(Note.self) { note in
      var source =
        note.about.flatMap { sources[$0] }
        ?? Source(id: note.id, kind: .note, date: nil, place: nil, participants: [], attributes: [])
      source.id = note.id
      source.kind = .note
      source.interviewKind = nil
      source.date = note.at ?? source.date
      sources[note.id] = source
    }
    return sources
  }
}
