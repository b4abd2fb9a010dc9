package import CuadernoModel
package import CuadernoSync

/// A record as it is shown, whatever its kind.
package protocol Record: Sendable {
  static var kind: Kind { get }
  var id: RecordID { get }
}

package struct Interview: Record, Hashable {
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
  package var text: String?
  /// The writes that the text shown came of.
  package var textVersion: TextVersion?
  package var summary: String?
  package var source: String?

  /// What people call it: its label, or its title where it has none.
  package var name: String { label ?? title ?? "" }
}

package struct Note: Record, Hashable {
  package static let kind = Kind.note
  package var id: RecordID
  package var about: RecordID?
  package var at: PartialDate?
  package var text: String?
  package var textVersion: TextVersion?
}

package struct Place: Record, Hashable {
  package static let kind = Kind.place
  package var id: RecordID
  package var name: String?
  package var otherNames: [String]
  package var kind: PlaceKind?
  package var parent: RecordID?
  package var location: Location?
  /// The official code, such as Peru's UBIGEO.
  package var code: String?
}

package struct Participant: Record, Hashable {
  package static let kind = Kind.participant
  package var id: RecordID
  package var pseudonym: String?
  package var role: String?
}

package struct Theme: Record, Hashable {
  package static let kind = Kind.theme
  package var id: RecordID
  package var name: String?
  package var parent: RecordID?
  package var definition: String?
  package var colour: String?
  package var mergedInto: RecordID?
}

package struct Coding: Record, Hashable {
  package static let kind = Kind.coding
  package var id: RecordID
  package var target: RecordID?
  package var targetField: UInt32
  package var anchor: Anchor?
  package var theme: RecordID?
  package var coder: String?
  package var memo: String?
}

package struct Study: Hashable, Sendable {
  package var title: String?
  package var description: String?
}
