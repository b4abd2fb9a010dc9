import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

/// What a report says of itself: by what themes are compared, what was left out, whose codings they are,
/// and when it was made.
struct ReportScope {
  let language: ReportLanguage
  let dimension: CuadernoAnalysis.Dimension
  let selection: Selection
  /// Milliseconds since 1970.
  let now: Int64

  /// Completes a report of codings that were selected already.
  func complete(
    _ report: inout StudyReport, _ data: StudyData, _ crosstab: Crosstab, at level: PlaceKind,
    _ reader: Reader
  ) throws {
    report.scope = try sentences(ScopeWords(language, level, data).asked(selection), reader)
    report.matrix.dimension = language.heading(dimension.word)
    report.matrix.totals = crosstab.rows.map(\.total)
    report.unplaced = try unplaced(data, level, reader)
    let coverage = data.coverage(
      of: try TextLengths(reader), in: selection, withThemesBelow: true)
    let covered = Dictionary(
      coverage.rows.map { ($0.theme, $0.total) }, uniquingKeysWith: { first, _ in first })
    var colours = [RecordID: String]()
    for theme in try reader.fetchAll(Theme.self) { colours[theme.id] = theme.colour }
    // The report's themes stand in the order of the code book, as these do.
    for (index, theme) in data.orderedThemes().enumerated() where index < report.themes.count {
      report.themes[index].colour = colours[theme]
      report.themes[index].path = data.themePaths.path(to: theme)
      if coverage.length > 0 {
        report.themes[index].coverage =
          Double(covered[theme] ?? 0) / Double(coverage.length)
      }
    }
  }

  /// - Parameter asked: what was selected; nil for everything.
  private func sentences(_ asked: String?, _ reader: Reader) throws -> [String] {
    let isSpanish = language == .es
    var sentences = [String]()
    if let asked { sentences.append(isSpanish ? "Solo: \(asked)." : "Only: \(asked).") }
    if try reader.blindCoding()?.isBlindHere == true {
      let member = reader.identity.member
      sentences.append(
        isSpanish
          ? "Se codifica a ciegas: solo están las codificaciones de \(member)."
          : "Coding is blind: only the codings of \(member) are here.")
    }
    sentences.append(
      isSpanish
        ? "Se cita solo lo que el consentimiento permite, y las citas no nombran a nadie. Hecho el \(day)."
        : "Quoted is only what consent allows, and quotes name nobody. Made on \(day).")
    return sentences
  }

  private var day: String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .current
    let parts = calendar.dateComponents(
      [.year, .month, .day], from: Date(timeIntervalSince1970: Double(now) / 1000))
    return String(
      format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
  }

  /// Places of the level with codings and without a position, by name.
  private func unplaced(
    _ data: StudyData, _ level: PlaceKind, _ reader: Reader
  ) throws -> [String] {
    let used = data.placesReached(at: level).values.reduce(into: Set()) { $0.formUnion($1) }
    return try reader.fetchAll(Place.self).filter { used.contains($0.id) && $0.location == nil }
      .map { $0.name ?? "" }.sorted()
  }
}
