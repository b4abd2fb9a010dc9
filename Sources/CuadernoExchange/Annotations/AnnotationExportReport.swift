/// What a file of annotations holds, and what it lacks: numbers and kinds alone.
package struct AnnotationExportReport: Hashable, Sendable {
  package enum Line: String, CaseIterable, Sendable {
    case annotations, texts
    case unplaced, changed, withoutTheme, withdrawn, contested, paraphrased, archived, unasked,
      embargoed
  }

  package private(set) var counts: [Line: Int] = [:]

  package init() {}

  mutating func count(_ line: Line, _ number: Int = 1) {
    guard number > 0 else { return }
    counts[line, default: 0] += number
  }
}

extension AnnotationExportReport.Line {
  /// What a person is told before the number.
  package var words: String {
    switch self {
    case .annotations: "annotations"
    case .texts: "texts that they are on"
    case .unplaced:
      "codings left out, since their place in the text is not known; see `cuaderno coding list "
        + "--review`"
    case .changed:
      "codings whose words were edited since; they lie on what the words have become"
    case .withoutTheme: "codings left out, since they have no theme"
    case .withdrawn: "texts quoted in the file whose consent was withdrawn"
    case .contested:
      "texts quoted in the file whose consent two people wrote differently (cuaderno conflicts)"
    case .paraphrased: "texts quoted in the file that may be paraphrased and not quoted"
    case .archived: "texts quoted in the file that may be archived and not quoted"
    case .unasked: "texts quoted in the file for which no consent is written down"
    case .embargoed: "texts quoted in the file that are under an embargo still"
    }
  }
}
