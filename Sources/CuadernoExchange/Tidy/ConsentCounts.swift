import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// How many of the interviews in an export ask for care.
package struct ConsentCounts: Hashable, Sendable {
  package var withdrawn = 0
  /// That two people wrote differently, and nobody has settled.
  package var contested = 0
  package var paraphrased = 0
  package var embargoed = 0

  package init() {}

  /// Of the interviews in a part of a study.
  ///
  /// - Parameters:
  ///   - hasCodings: whether only those with codings count.
  ///   - milliseconds: now, since 1970.
  package init(
    _ reader: Reader, of part: StudyPart, hasCodings: Bool, milliseconds: Int64
  ) throws {
    var counter = try ConsentCounter(reader, milliseconds: milliseconds)
    var coded = Set<RecordID>()
    if hasCodings {
      try reader.forEach(Coding.self) { coding in
        if let target = coding.target, part.contains(coding.id) { coded.insert(target) }
      }
    }
    try reader.forEach(InterviewFacts.self) { interview in
      guard part.contains(interview.id), !hasCodings || coded.contains(interview.id) else { return }
      counter.add(interview.consent, of: interview.id)
    }
    self = counter.counts
  }

  /// The lines of a report, in the words of the export to other programs.
  package var lines: [(line: QDAExportReport.Line, count: Int)] {
    [
      (QDAExportReport.Line.withdrawn, withdrawn), (.contested, contested),
      (.paraphrased, paraphrased), (.embargoed, embargoed),
    ].filter { $0.count > 0 }
  }
}

/// Counts them one by one, as of one day and with the conflicts that are open.
struct ConsentCounter {
  private(set) var counts = ConsentCounts()
  private let today: Int
  private let contested: Set<RecordID>

  /// - Parameter milliseconds: now, since 1970, by the machine's clock.
  init(_ reader: Reader, milliseconds: Int64) throws {
    today = try reader.embargoDay(milliseconds)
    contested = try reader.contestedConsents()
  }

  mutating func add(_ consent: Consent?, of interview: RecordID) {
    if contested.contains(interview) { counts.contested += 1 }
    switch consent?.level {
    case .withdrawn: counts.withdrawn += 1
    case .mayParaphrase: counts.paraphrased += 1
    case .mayQuote, .mayArchive, nil: break
    }
    if let embargo = consent?.embargo, embargo.lastDay >= today { counts.embargoed += 1 }
  }
}

extension Reader {
  /// The day by which what is under an embargo is counted.
  ///
  /// - Parameter milliseconds: since 1970, by the machine's clock.
  func embargoDay(_ milliseconds: Int64) throws -> Int {
    Moment.day(try embargoTime(machine: milliseconds))
  }
}

extension Moment {
  /// Year, month and day as one number.
  static func day(_ milliseconds: Int64) -> Int {
    let moment = Moment(milliseconds: milliseconds)
    return (moment.year * 100 + moment.month) * 100 + moment.day
  }
}
