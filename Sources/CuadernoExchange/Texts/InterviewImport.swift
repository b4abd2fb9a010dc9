import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// Puts drafts into a notebook: a label that is there already is that interview, brought up to date;
/// what a draft does not say is left alone.
package enum InterviewImport {
  /// - Returns: which interview it came to, with what is told of it.
  @discardableResult
  package static func write(
    _ draft: InterviewDraft, into writer: inout Writer
  ) throws -> (record: RecordID, report: IntakeReport) {
    var report = IntakeReport()
    let (record, outcome) = try InterviewEntry(draft).write(nil, &report, into: &writer)
    report.tally.count(.interview, outcome)
    return (record, report)
  }
}
