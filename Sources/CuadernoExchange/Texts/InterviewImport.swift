import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Puts drafts into a notebook: a label that is there already is that interview, brought up to date;
/// what a draft does not say is left alone.
package enum InterviewImport {
  @discardableResult
  package static func write(
    _ draft: InterviewDraft, into writer: inout Writer
  ) throws -> ImportTally {
    var report = IntakeReport()
    report.tally.count(
      .interview, try InterviewEntry(draft).write(nil, &report, into: &writer).outcome)
    return report.tally
  }
}
