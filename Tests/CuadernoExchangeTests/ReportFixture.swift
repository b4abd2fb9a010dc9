@testable import CuadernoExchange

extension StudyReport {
  /// A report with a word in every place where somebody's words may stand.
  static func made(of word: String) -> StudyReport {
    var report = StudyReport(
      title: word, language: .spanish, texts: 2, codings: 5, coders: 1,
      themes: [
        .init(
          name: word, depth: 0, definition: word, codings: 2, codingsBelow: 5, texts: 2,
          quotes: [.init(words: word, attribution: word)], unquoted: 3)
      ],
      matrix: .init(columns: [word, "–"], rows: [(word, [2, 0])]),
      // The order on the circle is that of the names; this one comes after every word.
      pairs: [.init(first: word, second: "\u{FFFD}", count: 2)],
      years: [.init(year: 1996, texts: 1, codings: 2), .init(year: 2017, texts: 1, codings: 3)],
      places: [
        .init(name: word, latitude: -8.18, longitude: -76.51, codings: 3),
        .init(name: "Juanjuí", latitude: -7.18, longitude: -76.73, codings: 2),
      ])
    (report.scope, report.unplaced) = ([word], [word])
    (report.matrix.dimension, report.matrix.totals) = (word, [2])
    report.themes[0].path = word
    report.themes[0].colour = word
    report.themes[0].coverage = 0.125
    return report
  }
}
