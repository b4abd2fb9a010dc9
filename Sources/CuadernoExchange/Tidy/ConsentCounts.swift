import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// How many of the interviews in an export ask for care.
package struct ConsentCounts: Hashable, Sendable {
  package var withdrawn = 0
  /// That two people wrote differently, and nobody has settled.
  package var contested = 0
  package var paraphrased = 0
  package var archived = 0
  /// Without a consent, documents aside.
  package var unasked = 0
  package var embargoed = 0

  package init() {}

  /// Of the interviews in a part of a study.
  ///
  /// - Parameters:
  ///   - hasCodings: whether only those count that are coded, or a note about which is.
  ///   - milliseconds: now, since 1970.
  package init(
    _ reader: Reader, of part: StudyPart, hasCodings: Bool, milliseconds: Int64
  ) throws {
    var counter = try ConsentCounter(reader, milliseconds: milliseconds)
    var coded = Set<RecordID>()
    if hasCodings {
      let subjects = try reader.noteSubjects()
      try reader.forEach(Coding.self) { coding in
        guard let target = coding.target, part.contains(coding.id) else { return }
        coded.insert(subjects[target] ?? target)
      }
    }
    try reader.forEach(InterviewFacts.self) { interview in
      guard part.contains(interview.id), !hasCodings || coded.contains(interview.id) else { return }
      counter.add(interview)
    }
    self = counter.counts
  }

  /// The lines of a report, in the words of the export to other programs.
  package var lines: [(line: QDAExportReport.Line, count: Int)] {
    [
      (QDAExportReport.Line.withdrawn, withdrawn), (.contested, contested),
      (.paraphrased, paraphrased), (.archived, archived), (.unasked, unasked),
      (.embargoed, embargoed),
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

  mutating func add(_ interview: InterviewFacts) {
    add(interview.consent, of: interview.id, isDocument: interview.kind == .document)
  }

  /// - Parameter interview: whose consent it is; nil for a text that belongs to none.
  mutating func add(_ consent: Consent?, of interview: RecordID?, isDocument: Bool) {
    if let interview, contested.contains(interview) { counts.contested += 1 }
    switch consent?.level {
    case .withdrawn: counts.withdrawn += 1
    case .mayParaphrase: counts.paraphrased += 1
    case .mayArchive: counts.archived += 1
    case .mayQuote: break
    case nil: if !isDocument { counts.unasked += 1 }
    }
    if let embargo = consent?.embargo, embargo.lastDay >= today { counts.embargoed += 1 }
  }
}

extension Reader {
  /// The day by which embargoes end, year, month and day as one number: where it begins last on Earth, so
  /// that none ends too early.
  ///
  /// - Parameter milliseconds: since 1970, by the machine's clock.
  package func embargoDay(_ milliseconds: Int64) throws -> Int {
    Moment.day(try embargoTime(machine: milliseconds) - 12 * 3_600_000)
  }
}

extension Moment {
  /// Year, month and day as one number.
  static func day(_ milliseconds: Int64) -> Int {
    let moment = Moment(milliseconds: milliseconds)
    return (moment.year * 100 + moment.month) * 100 + moment.day
  }
}
