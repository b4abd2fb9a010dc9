import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes the code book as a table that `import codebook` and Taguette read: one row for each theme,
/// those above before those below.
///
/// Taguette wants exactly one of the columns `tag`, `name` and `path`, takes `description`, and passes
/// others over (its import_codebook.py).
package enum CodebookExport {
  /// - Parameters:
  ///   - part: whose codings are counted; the themes are all there.
  ///   - hasCodings: a column with how often each theme is used.
  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, options: CSVWriter.Options,
    hasCodings: Bool = false,
    to sink: @escaping Sink
  ) throws {
    let merged = try reader.mergedThemes()
    let paths = try reader.themePaths()
    var counts = [RecordID: Int]()
    if hasCodings {
      try reader.forEach(Coding.self) { coding in
        if let theme = coding.theme, part.contains(coding.id) {
          counts[merged[theme] ?? theme, default: 0] += 1
        }
      }
    }
    let themes = try reader.fetchAll(Theme.self).filter { merged[$0.id] == nil }
      .map { (steps: paths.steps(to: $0.id), theme: $0) }
      .sorted { left, right in
        left.steps != right.steps
          ? left.steps.lexicographicallyPrecedes(right.steps) : left.theme.id < right.theme.id
      }
    var table = try CSVWriter(options, to: sink)
    // Where a name holds what joins the steps, a path alone does not say which they are.
    let hasLevels = themes.contains { _, theme in
      theme.name?.unicodeScalars.contains { $0 == ">" || $0 == "\\" } ?? false
    }
    try table.row(
      (["path"] + (hasLevels ? ["level"] : []) + ["description", "color"]).map { .text($0) }
        + (hasCodings ? [.text("codings")] : []))
    for (steps, theme) in themes {
      var row: [CSVWriter.Cell] = [.text(steps.joined(separator: pathSeparator))]
      if hasLevels { row.append(.integer(steps.count)) }
      row += [.init(theme.definition), .init(theme.colour)]
      if hasCodings { row.append(.integer(counts[theme.id, default: 0])) }
      try table.row(row)
    }
    try table.finish()
  }
}
