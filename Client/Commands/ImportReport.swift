import CuadernoExchange
import CuadernoModel

/// What an import came to.
struct ImportReport {
  private let tally: ImportTally
  /// Of a project or code book of another program.
  private let qda: QDAImportReport?

  init(_ tally: ImportTally) {
    self.tally = tally
    qda = nil
  }

  init(_ report: QDAImportReport) {
    tally = report.tally
    qda = report
  }

  var output: Output {
    let parts = [("new", tally.new), ("changed", tally.changed), ("as it was", tally.unchanged)]
    let lines = parts.compactMap { word, counts -> String? in
      let list = Self.list(counts)
      return list.isEmpty ? nil : "  \(word): \(list)"
    }
    return .lines(
      (lines.isEmpty ? ["The file holds no records."] : ["Imported."] + lines) + qdaLines,
      .object(
        [
          ("new", Self.json(tally.new)), ("changed", Self.json(tally.changed)),
          ("unchanged", Self.json(tally.unchanged)),
        ] + qdaJSON))
  }

  private var qdaLines: [String] {
    guard let qda else { return [] }
    let unit = qda.unit.map { ["Its positions count \($0)."] } ?? []
    return unit
      + QDAImportReport.Line.allCases.compactMap { line in
        guard let count = qda.counts[line] else { return nil }
        let places = qda.places[line] ?? []
        let more = count > places.count && !places.isEmpty ? " …" : ""
        let told = places.isEmpty ? "" : " (\(places.map(\.words).joined(separator: "; "))\(more))"
        return "  \(line.words): \(count)\(told)"
      }
  }

  private var qdaJSON: [(String, JSON)] {
    guard let qda else { return [] }
    let counts = QDAImportReport.Line.allCases.compactMap { line in
      qda.counts[line].map { (line.rawValue, JSON.integer($0)) }
    }
    return [
      ("unit", qda.unit.map { .string($0.description) } ?? .null), ("kept", .object(counts)),
    ]
  }

  private static func list(_ counts: [Kind: Int]) -> String {
    Kind.allCases.compactMap { kind in
      counts[kind].map { kind == .study ? "the study" : counted($0, kind.name) }
    }.joined(separator: ", ")
  }

  private static func json(_ counts: [Kind: Int]) -> JSON {
    .object(Kind.allCases.compactMap { kind in counts[kind].map { (kind.name, .integer($0)) } })
  }
}
