/// What a record is. The numbers are stable for ever: they stand in every envelope.
package enum Kind: UInt32, CaseIterable, Sendable {
  case study = 1
  /// A document is an interview of the kind "document": a text with a source instead of a voice.
  case interview = 2
  case note = 3
  case place = 4
  case participant = 5
  case theme = 6
  case coding = 7

  /// The word for it in commands, JSON and messages.
  package var name: String {
    switch self {
    case .study: "study"
    case .interview: "interview"
    case .note: "note"
    case .place: "place"
    case .participant: "participant"
    case .theme: "theme"
    case .coding: "coding"
    }
  }

  package init?(name: String) {
    guard let kind = Kind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}

package enum InterviewKind: String, CaseIterable, Sendable {
  case interview
  case focusGroup = "focus group"
  case observation
  case document
}

package enum PlaceKind: String, CaseIterable, Sendable {
  case country, region, province, district, town, valley, other
}

/// What a person allowed when interviewed.
package enum ConsentLevel: String, CaseIterable, Sendable {
  case mayQuote = "may quote"
  case mayParaphrase = "may paraphrase"
  case mayArchive = "may archive"
  case withdrawn
}
