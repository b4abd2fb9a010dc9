import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What may be quoted, and how it is said who said it.
struct Quoting {
  private let reader: Reader
  private let data: StudyData
  private let today: Int
  private var texts: [RecordID: [Unicode.Scalar]] = [:]

  /// - Parameter now: milliseconds since 1970.
  init(_ reader: Reader, _ data: StudyData, now: Int64) throws {
    self.reader = reader
    self.data = data
    today = try reader.embargoDay(now)
  }

  func isAllowed(_ evidence: EvidenceTable.Evidence) -> Bool {
    data.mayBeQuoted(evidence.source, today: today)
  }

  mutating func quote(
    _ evidence: EvidenceTable.Evidence, level: PlaceKind, in language: ReportLanguage
  ) throws -> EvidenceSheet.Quote {
    if texts[evidence.source] == nil {
      texts[evidence.source] = Array(
        (try reader.codedText(of: evidence.source)?.text ?? "").unicodeScalars)
    }
    let text = texts[evidence.source, default: []]
    let words = evidence.spans.map { span in
      String(String.UnicodeScalarView(text[span.clamped(to: 0..<text.count)]))
    }
    return EvidenceSheet.Quote(
      words: words.joined(separator: " […] "),
      attribution: data.attribution(of: evidence.source, level: level, language.name)
        .joined(separator: ", "))
  }
}
