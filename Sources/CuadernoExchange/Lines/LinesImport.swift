import CuadernoModel
package import CuadernoNotebook

/// Reads a study as JSON Lines: Cuaderno's own, or those of the bench's generator, told apart by the
/// first line.
///
/// It runs in its caller's one transaction, so a file is taken in whole or, when a line of it is
/// refused, not at all.
package enum LinesImport {
  /// - Throws: ``ExchangeError`` with the line of what was refused.
  package static func read(
    _ bytes: [UInt8], into writer: inout Writer
  ) throws -> ImportTally {
    var cursor = LineCursor(bytes)
    guard let first = try cursor.next() else { throw ExchangeError(.file, .lines(.empty)) }
    if first.has(LinesFormat.header) {
      var study = try StudyLinesImport(first, writer)
      while let line = try cursor.next() {
        try located(line) { try study.read(line, into: &writer) }
      }
      return study.tally
    }
    guard first.has(GeneratedLinesImport.kind) else {
      throw ExchangeError(first.place, .lines(.otherFormat))
    }
    var generated = GeneratedLinesImport(writer)
    try located(first) { try generated.read(first, into: &writer) }
    while let line = try cursor.next() {
      try located(line) { try generated.read(line, into: &writer) }
    }
    return generated.tally
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
