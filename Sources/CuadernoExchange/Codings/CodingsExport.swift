package import CuadernoNotebook

/// Writes coded themes as CSV, a row for each coding.
package enum CodingsExport {
  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, options: CSVWriter.Options,
    to sink: @escaping Sink
  ) throws {
    let rows = CodingRows(reader, try StudyFacts(reader, of: part), of: part)
    var table = try CSVWriter(options, to: sink)
    try table.row(rows.columns.map { .text($0.key) })
    try rows.forEach { try table.row($0.map(\.csv)) }
    try table.finish()
  }
}
