package import CuadernoModel
package import CuadernoSync

/// An interview without its texts: what listings, tables and reports of thousands of them read.
package struct InterviewHeader: Record, Hashable {
  package static let kind = Kind.interview
  package var id: RecordID
  package var label: String?
  package var title: String?
  package var kind: InterviewKind?
  package var date: PartialDate?
  package var place: RecordID?
  /// The writes that the text shown came of.
  package var textVersion: TextVersion?

  /// What people call it: its label, or its title where it has none.
  package var name: String { label ?? title ?? "" }
}

extension InterviewHeader: RowRecord {
  package static let columns = "label, title, kind, date, place, textVersion"
  package static let selection = Reader.selection(InterviewHeader.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    label = try columns.next()
    title = try columns.next()
    kind = try columns.next(String.self).flatMap(InterviewKind.init)
    date = try columns.date()
    place = try columns.next()
    textVersion = try columns.version()
  }
}
