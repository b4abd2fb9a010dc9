import CuadernoModel
package import CuadernoNotebook

/// Reads a study as JSON Lines: Cuaderno's own, or those of the bench's generator, told apart by the
/// first line.
///
/// It runs in its caller's one transaction, so a file is taken in whole or, when a line of it is
/// refused, not at all.
package enum LinesImport {
  /// - Throws: ``ExchangeError`` with the line of what was refused, and what the source throws.
  package static func read(
    _ source: @escaping Source, into writer: inout Writer
  ) throws -> IntakeReport {
    var format: Format?
    try LinesAhead.forEach(source) { line in
      try located(line) {
        switch format {
        case nil: format = try first(line, &writer)
        case .study(var study):
          // Taken out while it is changed, so that what it holds is not copied.
          format = nil
          try study.read(line, into: &writer)
          format = .study(study)
        case .generated(var generated):
          format = nil
          try generated.read(line, into: &writer)
          format = .generated(generated)
        }
      }
    }
    switch format {
    case nil: throw ExchangeError(.file, .lines(.empty))
    case .study(var study):
      try study.end(writer.reader)
      return study.report
    case .generated(let generated):
      var report = IntakeReport()
      report.tally = generated.tally
      return report
    }
  }

  private enum Format {
    case study(StudyLinesImport)
    case generated(GeneratedLinesImport)
  }

  private static func first(_ line: LineObject, _ writer: inout Writer) throws -> Format {
    if line.has(LinesFormat.header) { return .study(try StudyLinesImport(line, writer)) }
    guard line.has(GeneratedLinesImport.kind) else {
      throw ExchangeError(line.place, .lines(.otherFormat))
    }
    var generated = GeneratedLinesImport(writer)
    try generated.read(line, into: &writer)
    return .generated(generated)
  }

  /// Gives the line to a fault that knows only that it is in this file.
  private static func located(_ line: LineObject, _ body: () throws -> Void) throws {
    do {
      try ExchangeError.at(line.place, body)
    } catch let error as ExchangeError where error.place == .file {
      throw ExchangeError(line.place, error.reason)
    }
  }
}
