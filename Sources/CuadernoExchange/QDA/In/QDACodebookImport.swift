package import CuadernoNotebook

/// Takes in a code book, `.qdc`.
package enum QDACodebookImport {
  /// - Throws: ``ExchangeError`` with the line of what was refused.
  package static func read(
    _ bytes: [UInt8], into writer: inout Writer
  ) throws -> QDAImportReport {
    guard !bytes.isEmpty else { throw ExchangeError(.file, .bytes(.empty)) }
    var rest: [UInt8]? = bytes
    let next: XMLReading.Source = {
      defer { rest = nil }
      return rest
    }
    let root = try XMLReading.root(next, keeping: QDAFile.kept) { line, column in
      .lineColumn(line: line, column: column)
    }
    guard root.name == "codebook" else {
      throw ExchangeError(
        .lineColumn(line: root.line, column: root.column), .qda(.otherRoot(expected: "code book")))
    }
    var file = QDAFile(root, nil)
    if root.attribute("origin")?.hasPrefix("Taguette") ?? false {
      try readTags(root.child("codes"), &file, into: &writer)
      return file.report
    }
    var codes = CodeReading()
    try codes.read(root.child("codes"), &file, into: &writer)
    try SetReading.readCodeSets(root.child("sets"), codes.themes, &file, into: &writer)
    return file.report
  }

  /// The code book of Taguette, which has all codes side by side and the tree in their names.
  private static func readTags(
    _ codes: XMLNode?, _ file: inout QDAFile, into writer: inout Writer
  ) throws {
    var tags = TaguetteTags()
    var report = IntakeReport()
    for code in codes?.children("code") ?? [] {
      try tags.enter(
        code.attribute("name") ?? "code", file.description(of: code) ?? "", at: file.place(code),
        &report, into: &writer)
    }
    file.report.tally.add(report.tally)
    file.report.count(.controlCharacters, report.counts[.controlCharacters] ?? 0)
    file.report.count(.shortened, report.counts[.shortened] ?? 0)
  }
}
