import CuadernoModel
import CuadernoNotebook

/// How many of the interviews in an export ask for care.
package struct ConsentCounts: Hashable, Sendable {
  package var withdrawn = 0
  package var paraphrased = 0
  package var embargoed = 0

  package init() {}

  /// - Parameter today: year, month and day as one number, such as 20170512.
  mutating func count(_ consent: Consent?, today: Int) {
    switch consent?.level {
    case .withdrawn: withdrawn += 1
    case .mayParaphrase: paraphrased += 1
    case .mayQuote, .mayArchive, nil: break
    }
    if let embargo = consent?.embargo, embargo.lastDay >= today { embargoed += 1 }
  }

  /// The lines of a report, in the words of the export to other programs.
  package var lines: [(line: QDAExportReport.Line, count: Int)] {
    [
      (QDAExportReport.Line.withdrawn, withdrawn), (.paraphrased, paraphrased),
      (.embargoed, embargoed),
    ].filter { $0.count > 0 }
  }
}

extension Moment {
  /// Year, month and day as one number.
  static func day(_ milliseconds: Int64) -> Int {
    let moment = Moment(milliseconds: milliseconds)
    return (moment.year * 100 + moment.month) * 100 + moment.day
  }
}
