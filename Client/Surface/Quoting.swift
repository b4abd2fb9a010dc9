import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

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
    today = Self.day(try reader.embargoTime(machine: now))
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

  /// Year, month and day as one number, where a day begins last: so an embargo ends nowhere too early.
  static func day(_ milliseconds: Int64) -> Int {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: -12 * 3600) ?? .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day], from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    return ((parts.year ?? 0) * 100 + (parts.month ?? 1)) * 100 + (parts.day ?? 1)
  }
}
