/// What a project that was written holds, and what REFI-QDA could not carry: numbers and kinds alone.
package struct QDAExportReport: Hashable, Sendable {
  package enum Line: String, CaseIterable, Sendable {
    case texts, codings, themes, participants, places, periods, notes, coders
    case unselectedInterviews, unselectedCodings
    case withdrawn, contested, paraphrased, archived, unasked, embargoed
    case unplacedCodings, changedCodings, codingsWithoutTheme, mergedThemes, themeAttributes
    case looseNotes, renamed, wideTexts, emptyTexts, manyTexts
  }

  package private(set) var counts: [Line: Int] = [:]

  mutating func count(_ line: Line, _ number: Int = 1) {
    guard number > 0 else { return }
    counts[line, default: 0] += number
  }
}

extension QDAExportReport.Line {
  /// Whether it says what the file lacks or a person should know; the others say what is in it.
  package var isWarning: Bool { words != nil }

  /// What a person is told after the number.
  package var words: String? {
    switch self {
    case .texts, .codings, .themes, .participants, .places, .periods, .notes, .coders: nil
    case .unselectedInterviews: "interviews left out, since they were not selected"
    case .unselectedCodings:
      "codings on interviews in the file left out, since they were not selected"
    case .withdrawn:
      "interviews in the file whose consent was withdrawn; `cuaderno erase` takes them out of the study"
    case .contested:
      "interviews in the file whose consent two people wrote differently; settle it (`cuaderno "
        + "conflicts`) before it goes to anybody"
    case .paraphrased: "interviews in the file that may be paraphrased and not quoted"
    case .archived: "interviews in the file that may be archived and not quoted"
    case .unasked: "interviews in the file for which no consent is written down"
    case .embargoed: "interviews in the file that are under an embargo still"
    case .unplacedCodings:
      "codings left out, since their place in the text is not known; see `cuaderno coding list "
        + "--review`"
    case .changedCodings:
      "codings whose words were edited since; they lie on what the words have become"
    case .codingsWithoutTheme: "codings left out, since they have no theme"
    case .mergedThemes: "themes left out, since they were merged; their codings are with the others"
    case .themeAttributes: "attributes of themes left out; REFI-QDA has none"
    case .looseNotes: "notes that are in the file without what they are about, which is not"
    case .renamed:
      "names made unique with what is above them or a number; an import here knows them"
    case .wideTexts:
      "texts with characters beyond Unicode's basic plane, such as emoji; programs count them "
        + "differently, so look at the codings in them"
    case .emptyTexts: "interviews without a text; they are in the file with an empty one"
    case .manyTexts: "texts, more than the 10,000 that importers such as ours take"
    }
  }
}
