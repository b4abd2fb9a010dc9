package import CuadernoSync

/// The part of a study that an export holds: everything, or certain records.
///
/// The code book, the periods and the study's own fields are in every part, since codings mean nothing
/// without them.
package struct StudyPart: Hashable, Sendable {
  package static let everything = StudyPart(records: nil)

  private let records: Set<RecordID>?

  /// - Parameter records: the interviews, notes, places, participants and codings that are in it.
  package init(_ records: Set<RecordID>) {
    self.init(records: records)
  }

  private init(records: Set<RecordID>?) {
    self.records = records
  }

  package var isEverything: Bool { records == nil }

  package func contains(_ record: RecordID) -> Bool { records?.contains(record) ?? true }
}
