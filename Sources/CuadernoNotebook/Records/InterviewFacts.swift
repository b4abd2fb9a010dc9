package import CuadernoModel
package import CuadernoSync

/// An interview without its text: what an export of thousands of them keeps in memory.
package struct InterviewFacts: Record, Hashable {
  package static let kind = Kind.interview
  package var id: RecordID
  package var label: String?
  package var title: String?
  package var kind: InterviewKind?
  package var date: PartialDate?
  package var place: RecordID?
  package var interviewers: [String]
  package var languages: [String]
  package var consent: Consent?
  package var summary: String?
  package var source: String?

  /// What people call it: its label, or its title where it has none.
  package var name: String { label ?? title ?? "" }
}

extension InterviewFacts: RowRecord {
  package static let columns = """
    label, title, kind, date, place, interviewers, languages, consentForm, consentLevel,
    consentDate, consentEmbargo, summary, source
    """

  package static let selection = Reader.selection(InterviewFacts.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    label = try columns.next()
    title = try columns.next()
    kind = try columns.next(String.self).flatMap(InterviewKind.init)
    date = try columns.date()
    place = try columns.next()
    interviewers = try columns.list()
    languages = try columns.list()
    consent = try columns.consent()
    summary = try columns.next()
    source = try columns.next()
  }
}

/// An interview with its text as it lies in the file, for an export that hands it on.
package struct InterviewText: Record {
  package static let kind = Kind.interview
  package var facts: InterviewFacts
  package var coded: CodedText?

  package var id: RecordID { facts.id }
}

extension InterviewText: RowRecord {
  package static let columns = InterviewFacts.columns + ", text, textVersion"

  package static let selection = Reader.selection(InterviewText.self)

  package init(_ columns: inout RowColumns) throws {
    facts = try InterviewFacts(&columns)
    coded = try CodedText(&columns)
  }
}
