import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// How far several coders agree, theme by theme.
///
/// Each unit is asked of each theme: is there a coding of it by this coder, or not? A unit that nobody
/// coded counts as one of which all said no. So what was left uncoded counts too, and only texts count
/// that the coders can be thought to have read.
package struct CoderAgreement: Sendable {
  /// What is counted.
  package enum Unit: String, CaseIterable, Sendable {
    /// A line of the text that holds more than blanks: a turn of an interview.
    case line
    /// A scalar of the text.
    case character
    /// A whole interview or note.
    case text
  }

  /// Which texts count.
  package enum Texts: String, CaseIterable, Sendable {
    /// Those in which each of the coders coded something.
    case all
    /// Those in which at least one of them did; the others are taken to have read it too.
    case any
  }

  package struct Row: Sendable {
    package var theme: RecordID
    package var steps: [String]
    /// Codings by each coder in the texts that count.
    package var codings: [Int]
    package var measures: Measures
  }

  package struct Measures: Sendable {
    /// The share of pairs of coders and units in which both said the same, from 0 to 1.
    package var agreement: Double?
    /// Cohen's kappa for two coders, Fleiss' for more.
    package var kappa = Disagreement.none
    /// Krippendorff's alpha, nominal.
    package var alpha = Disagreement.none
    /// Krippendorff's alpha for unitizing, of what is marked with the theme and what is not. It counts in
    /// characters, whatever the unit.
    package var unitizing = Disagreement.none
  }

  package var coders: [String]
  package var unit: Unit
  /// How many there are.
  package var texts: Int
  package var units: Int
  /// Codings by these coders that are left out, since their passage has to be looked for.
  package var unplaced: Int
  /// The themes that at least one coder used there, in the order of the code book.
  package var rows: [Row]
  /// All these themes together.
  package var overall: Measures
}

extension StudyData {
  /// Everybody who coded, by name.
  package var coders: [String] {
    Set(passages.compactMap(\.coder)).sorted()
  }

  /// - Parameters:
  ///   - coders: names as ``coders`` has them; with fewer than two there is nothing to compare.
  ///   - withThemesBelow: a coding with a theme counts for the themes above it too.
  package func agreement(
    of coders: [String], in texts: CodedTexts, unit: CoderAgreement.Unit,
    texts choice: CoderAgreement.Texts = .all, withThemesBelow: Bool = false
  ) -> CoderAgreement {
    let numbers = Dictionary(uniqueKeysWithValues: coders.enumerated().map { ($1, $0) })
    var bySource = [RecordID: [Mark]]()
    var unplaced = 0
    for passage in passages where themes[passage.theme] != nil {
      guard let coder = passage.coder.flatMap({ numbers[$0] }) else { continue }
      guard let span = passage.span, texts.shapes[passage.source] != nil else {
        unplaced += 1
        continue
      }
      bySource[passage.source, default: []].append(
        Mark(coder: coder, theme: passage.theme, span: span))
    }
    let counted = bySource.filter { _, marks in
      guard coders.count > 1 else { return false }
      return choice == .any || Set(marks.map(\.coder)).count == coders.count
    }
    var byTheme = [RecordID: [RecordID: [Mark]]]()
    for (source, marks) in counted {
      for mark in marks {
        let steps =
          withThemesBelow
          ? themePaths.tree.path(to: mark.theme.rawValue).map { RecordID(rawValue: $0) }
          : [mark.theme]
        for theme in steps { byTheme[theme, default: [:]][source, default: []].append(mark) }
      }
    }
    let sources = counted.keys.sorted()
    let sizes = sources.map { texts.shapes[$0].map { unit.count(in: $0) } ?? 0 }
    let rows = orderedThemes().compactMap { theme in
      byTheme[theme].map { marks in
        let all = marks.values.joined()
        return CoderAgreement.Row(
          theme: theme, steps: themePaths.steps(to: theme),
          codings: coders.indices.map { coder in all.count { $0.coder == coder } },
          measures: measures(
            marks, texts, unit, coders: coders.count, units: sizes.reduce(0, +), sources))
      }
    }
    var overall = CoderAgreement.Measures()
    let agreements = rows.compactMap(\.measures.agreement)
    overall.agreement =
      agreements.isEmpty ? nil : agreements.reduce(0, +) / Double(agreements.count)
    for row in rows {
      overall.kappa = overall.kappa + row.measures.kappa
      overall.alpha = overall.alpha + row.measures.alpha
      overall.unitizing = overall.unitizing + row.measures.unitizing
    }
    return CoderAgreement(
      coders: coders, unit: unit, texts: sources.count, units: sizes.reduce(0, +),
      unplaced: unplaced, rows: rows, overall: overall)
  }

  private struct Mark {
    var coder: Int
    var theme: RecordID
    var span: Range<Int>
  }

  private func measures(
    _ marks: [RecordID: [Mark]], _ texts: CodedTexts, _ unit: CoderAgreement.Unit, coders: Int,
    units: Int, _ sources: [RecordID]
  ) -> CoderAgreement.Measures {
    var runs = [[Int?]: Int]()
    var rest = units
    var continua = [Continuum]()
    var unmarked = 0
    for source in sources {
      guard let shape = texts.shapes[source] else { continue }
      guard let marks = marks[source] else {
        unmarked += shape.length
        continue
      }
      let spans = (0..<coders).map { coder in
        Self.united(marks.filter { $0.coder == coder }.map(\.span), upTo: shape.length)
      }
      continua.append(
        Continuum(
          length: shape.length,
          segments: spans.map { $0.map { Continuum.Segment($0, 1) } }))
      for run in unit.ratings(shape, spans) {
        runs[run.values, default: 0] += run.count
        rest -= run.count
      }
    }
    // What nobody marked needs no place: all said no.
    if rest > 0 { runs[Array(repeating: 0, count: coders), default: 0] += rest }
    if unmarked > 0 {
      continua.append(Continuum(length: unmarked, segments: Array(repeating: [], count: coders)))
    }
    let ratings = Ratings(runs.map { Ratings.Run($0.key, count: $0.value) })
    return CoderAgreement.Measures(
      agreement: ratings.agreement,
      kappa: coders == 2 ? ratings.cohensKappa : ratings.fleissKappa, alpha: ratings.alpha,
      unitizing: Unitizing(continua).boundaries)
  }

  /// Codings of one theme by one coder that overlap are one passage.
  private static func united(_ spans: [Range<Int>], upTo length: Int) -> [Range<Int>] {
    var united = [Range<Int>]()
    for span in spans.map({ $0.clamped(to: 0..<length) }).sorted(by: {
      $0.lowerBound < $1.lowerBound
    })
    where !span.isEmpty {
      if let last = united.last, span.lowerBound < last.upperBound {
        united[united.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        united.append(span)
      }
    }
    return united
  }
}

extension CoderAgreement.Unit {
  fileprivate func count(in shape: CodedTexts.Shape) -> Int {
    switch self {
    case .line: shape.lines.count
    case .character: shape.length
    case .text: 1
    }
  }

  /// What each coder said of the units of one text: 1 where a passage of theirs lies on it, else 0. Units
  /// that nobody marked may be left out.
  fileprivate func ratings(
    _ shape: CodedTexts.Shape, _ spans: [[Range<Int>]]
  ) -> [Ratings.Run] {
    switch self {
    case .text:
      return [Ratings.Run(spans.map { $0.isEmpty ? 0 : 1 })]
    case .character:
      var runs = [Ratings.Run]()
      Continuum(length: shape.length, segments: spans.map { $0.map { .init($0, 1) } })
        .forEachPart { span, values in
          runs.append(Ratings.Run(values.map { $0 ?? 0 }, count: span.count))
        }
      return runs
    case .line:
      var marked = [Int: [Int?]]()
      for (coder, own) in spans.enumerated() {
        for span in own {
          var line = shape.firstLine(endingAfter: span.lowerBound)
          while line < shape.lines.count, shape.lines[line].lowerBound < span.upperBound {
            marked[line, default: Array(repeating: 0, count: spans.count)][coder] = 1
            line += 1
          }
        }
      }
      return marked.values.map { Ratings.Run($0) }
    }
  }
}

extension CodedTexts.Shape {
  fileprivate func firstLine(endingAfter position: Int) -> Int {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].upperBound > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
