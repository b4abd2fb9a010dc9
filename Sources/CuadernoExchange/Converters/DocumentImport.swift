package import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// A document that a converter turned into text, on its way into a notebook: an interview, and its
/// remarks as notes on it.
package struct DocumentImport: Sendable {
  private let draft: InterviewDraft
  private let document: DocumentConverter.Document
  private var report = IntakeReport()

  /// - Throws: ``ExchangeError`` for a text that cannot be kept.
  package init(
    _ document: DocumentConverter.Document, fileName: String, kind: InterviewKind? = nil
  ) throws {
    self.document = document
    let incoming = report.kept(document.text, at: .file)
    draft = try InterviewDraft(text: incoming.kept, fileName: fileName, kind: kind)
    report.count(.emptyPages, document.emptyPages)
    report.count(.unknownCharacters, document.unknownCharacters)
    report.count(.comments, document.comments.count)
  }

  /// - Returns: which interview it came to, with what is told of it.
  package func write(
    into writer: inout Writer
  ) throws -> (record: RecordID, report: IntakeReport) {
    var report = report
    let (record, outcome) = try InterviewEntry(draft).write(nil, &report, into: &writer)
    report.tally.count(.interview, outcome)
    for (index, comment) in document.comments.enumerated() {
      guard let text = text(of: comment, &report) else { continue }
      // Made of what it says and on what, so that one that was added before it does not move it.
      var id = RecordID(madeOf: ["document comment", record.guid, text], [])
      let isRepeated = document.comments[..<index].contains { $0 == comment }
      if isRepeated {
        id = RecordID(madeOf: ["document comment", record.guid, text, String(index)], [])
      }
      let edits = [
        FieldEdit(.Note.about, value: .reference(record.rawValue)),
        FieldEdit(.Note.at, value: comment.date.map(Value.date)), FieldEdit(.Note.text, text),
      ].filter { $0.value != nil }
      let written = try ExchangeError.at(.file) {
        try writer.enter(id, .note, edits, keeping: &report)
      }
      report.tally.count(.note, written)
    }
    return (record, report)
  }

  private func text(
    of comment: DocumentConverter.Document.Comment, _ report: inout IntakeReport
  ) -> String? {
    var parts = [String]()
    if let quote = comment.quote, !quote.isEmpty { parts.append("«\(quote)»") }
    let author = comment.author.trimmed
    let remark = author.isEmpty ? comment.text : "\(author): \(comment.text)"
    if !remark.isEmpty { parts.append(remark) }
    guard !parts.isEmpty else { return nil }
    return report.kept(parts.joined(separator: "\n\n"), at: .file).kept
  }
}
