import CuadernoExchange
import CuadernoModel

/// What an import came to.
struct ImportReport {
  /// What could not be taken as it is, in words.
  private struct Told {
    let key: String
    let words: String
    let count: Int
    let places: [ExchangeError.Place]
  }

  private let tally: ImportTally
  /// Which unit the positions of a project count, where it has positions of its own.
  private var unit: PositionUnit?
  private var isProject = false
  private var told: [Told] = []
  private var unnamed: UnnamedQuestions?
  /// Nothing was written; it only says what would come.
  var isRehearsal = false

  init(_ tally: ImportTally) {
    self.tally = tally
  }

  init(_ report: QDAImportReport) {
    tally = report.tally
    unit = report.unit
    isProject = true
    told = QDAImportReport.Line.allCases.compactMap { line in
      report.counts[line].map { count in
        Told(
          key: line.rawValue, words: line.words, count: count, places: report.places[line] ?? [])
      }
    }
  }

  init(_ report: IntakeReport, unnamed: UnnamedQuestions? = nil) {
    tally = report.tally
    self.unnamed = unnamed
    told = IntakeReport.Line.allCases.compactMap { line in
      report.counts[line].map { count in
        Told(
          key: line.rawValue, words: line.words, count: count, places: report.places[line] ?? [])
      }
    }
  }

  var output: Output {
    let parts = [("new", tally.new), ("changed", tally.changed), ("as it was", tally.unchanged)]
    let lines = parts.compactMap { word, counts -> String? in
      let list = Self.list(counts)
      return list.isEmpty ? nil : "  \(word): \(list)"
    }
    let head = isRehearsal ? "Nothing was written. This would come:" : "Imported."
    return .lines(
      (lines.isEmpty ? ["The file holds no records."] : [head] + lines) + toldLines + unnamedLines,
      .object(
        [
          ("new", Self.json(tally.new)), ("changed", Self.json(tally.changed)),
          ("unchanged", Self.json(tally.unchanged)),
        ] + toldJSON))
  }

  private var toldLines: [String] {
    (unit.map { ["Its positions count \($0)."] } ?? [])
      + told.map { line in
        let more = line.count > line.places.count && !line.places.isEmpty ? " …" : ""
        let places =
          line.places.isEmpty
          ? "" : " (\(line.places.map(\.words).joined(separator: "; "))\(more))"
        return "  \(line.words): \(line.count)\(places)"
      }
  }

  /// Which questions come in without anybody having named them; told while they can still be left out.
  private var unnamedLines: [String] {
    guard isRehearsal, let unnamed else { return [] }
    let parts = [("attributes", unnamed.attributes), ("words of notes", unnamed.inNotes)]
    let lines = parts.filter { !$0.1.isEmpty }.map { what, questions in
      "  questions as \(what): \(questions.map { Terminal.harmless($0) }.joined(separator: ", "))"
    }
    return lines.isEmpty
      ? [] : lines + ["  Leave out with --skip those with names, telephones and the like."]
  }

  private var unnamedJSON: [(String, JSON)] {
    guard isRehearsal, let unnamed else { return [] }
    return [
      ("asAttributes", .array(unnamed.attributes.map { .string($0) })),
      ("inNotes", .array(unnamed.inNotes.map { .string($0) })),
    ]
  }

  private var toldJSON: [(String, JSON)] {
    let kept: [(String, JSON)] =
      isProject || !told.isEmpty
      ? [("kept", .object(told.map { ($0.key, .integer($0.count)) }))] : []
    let unit: [(String, JSON)] =
      isProject ? [("unit", unit.map { .string($0.description) } ?? .null)] : []
    return unit + kept + unnamedJSON + (isRehearsal ? [("dryRun", .boolean(true))] : [])
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
