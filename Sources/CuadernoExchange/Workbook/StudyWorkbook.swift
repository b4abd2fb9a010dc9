import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes the study as a workbook for Excel, LibreOffice and their kin.
package enum StudyWorkbook {
  /// Themes against a dimension, for a sheet of its own.
  package struct Matrix: Sendable {
    /// What the rows are, as `--by` takes it.
    package var dimension: String
    /// The paths of the themes.
    package var themes: [String]
    /// Codings, one number for each theme.
    package var rows: [(name: String?, counts: [Int])]

    package init(dimension: String, themes: [String], rows: [(name: String?, counts: [Int])]) {
      self.dimension = dimension
      self.themes = themes
      self.rows = rows
    }
  }

  /// - Parameters:
  ///   - milliseconds: since 1970, the time to write into it.
  ///   - path: a file that is there; what it holds is replaced.
  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, matrices: [Matrix],
    in language: StudyReport.Language, milliseconds: Int64, to path: String
  ) throws -> WorkbookReport {
    let words = WorkbookWords(language)
    let facts = try StudyFacts(reader, of: part)
    let tables = try RecordTables(reader, facts, of: part)
    let workbook = try WorkbookWriter(
      path, title: try reader.studyHeader().title ?? "", milliseconds: milliseconds, words: words)
    var consents = try ConsentCounter(reader, milliseconds: milliseconds)
    var rows = [String: Int]()
    let codings = CodingRows(reader, facts, of: part)
    try workbook.sheet(words.codings, codings.columns, frozenColumns: 2) { write in
      try codings.forEach {
        rows["codings", default: 0] += 1
        try write($0)
      }
    }
    try workbook.sheet(words.codeBook, tables.themeColumns) { write in
      try tables.forEachTheme {
        rows["themes", default: 0] += 1
        try write($0)
      }
    }
    try workbook.sheet(words.interviews, tables.interviewColumns) { write in
      try tables.forEachInterview { interview, row in
        consents.add(interview)
        rows["interviews", default: 0] += 1
        try write(row)
      }
    }
    try workbook.sheet(words.participants, tables.participantColumns) { write in
      try tables.forEachParticipant {
        rows["participants", default: 0] += 1
        try write($0)
      }
    }
    try workbook.sheet(words.places, tables.placeColumns) { write in
      try tables.forEachPlace {
        rows["places", default: 0] += 1
        try write($0)
      }
    }
    for matrix in matrices { try write(matrix, words, to: workbook) }
    try workbook.close()
    try WorkbookCheck.check(path, workbook.written)
    var report = workbook.report
    report.rows = rows
    report.consents = consents.counts
    return report
  }

  private static func write(
    _ matrix: Matrix, _ words: WorkbookWords, to workbook: WorkbookWriter
  ) throws {
    let columns =
      [TableColumn(matrix.dimension, width: 30)]
      + matrix.themes.map { TableColumn($0, width: 12, isWord: false) }
    try workbook.sheet(words.matrix(matrix.dimension), columns) { write in
      for row in matrix.rows {
        try write([.text(row.name ?? "–")] + row.counts.map { .integer($0) })
      }
    }
  }
}
