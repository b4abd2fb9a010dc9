/// A field of a kind of record: its number for ever, its one name in SQL, JSON and messages, and
/// what it may hold.
package struct Field: Hashable, Sendable {
  package let kind: Kind
  package let number: UInt32
  package let name: String
  package let shape: Shape

  /// What a field holds. The keyed shapes have a register per key.
  package enum Shape: Hashable, Sendable {
    /// One line: a name, a title, a citation.
    case line
    /// Text of many lines.
    case text
    /// Several lines, in an order that means something.
    case lines
    case languages
    case choice([String])
    case date
    case consent
    case location
    case colour
    /// Another record of this kind; of any kind when nil.
    case reference(Kind?)
    /// A record and one of its text fields.
    case target
    case anchor
    /// A set of records: a register for each member, so that two people can add at once.
    case references(Kind)
    case attributes
    case attributeDefinitions
    case periods
    case members

    package var isKeyed: Bool {
      switch self {
      case .references, .attributes, .attributeDefinitions, .periods, .members: true
      default: false
      }
    }
  }
}

extension Field {
  package enum Study {
    package static let title = Field(.study, 1, "title", .line)
    package static let description = Field(.study, 2, "description", .text)
    package static let periods = Field(.study, 3, "periods", .periods)
    package static let attributeDefinitions =
      Field(.study, 4, "attributeDefinitions", .attributeDefinitions)
    package static let members = Field(.study, 5, "members", .members)
    /// The members who see everybody's codings while coding is blind; unset when everybody does.
    package static let codingsOpenTo = Field(.study, 6, "codingsOpenTo", .lines)
  }

  package enum Interview {
    package static let label = Field(.interview, 1, "label", .line)
    package static let title = Field(.interview, 2, "title", .line)
    package static let kind =
      Field(.interview, 3, "kind", .choice(InterviewKind.allCases.map(\.rawValue)))
    package static let date = Field(.interview, 4, "date", .date)
    package static let place = Field(.interview, 5, "place", .reference(.place))
    package static let participants =
      Field(.interview, 6, "participants", .references(.participant))
    package static let interviewers = Field(.interview, 7, "interviewers", .lines)
    package static let languages = Field(.interview, 8, "languages", .languages)
    package static let consent = Field(.interview, 9, "consent", .consent)
    package static let text = Field(.interview, 10, "text", .text)
    package static let summary = Field(.interview, 11, "summary", .text)
    package static let source = Field(.interview, 12, "source", .line)
    package static let attributes = Field(.interview, 13, "attributes", .attributes)
  }

  package enum Note {
    package static let about = Field(.note, 1, "about", .reference(nil))
    package static let at = Field(.note, 2, "at", .date)
    package static let text = Field(.note, 3, "text", .text)
  }

  package enum Place {
    package static let name = Field(.place, 1, "name", .line)
    package static let otherNames = Field(.place, 2, "otherNames", .lines)
    package static let kind =
      Field(.place, 3, "kind", .choice(PlaceKind.allCases.map(\.rawValue)))
    package static let parent = Field(.place, 4, "parent", .reference(.place))
    package static let within = Field(.place, 5, "within", .references(.place))
    package static let location = Field(.place, 6, "location", .location)
    package static let code = Field(.place, 7, "code", .line)
    package static let attributes = Field(.place, 8, "attributes", .attributes)
  }

  package enum Participant {
    package static let pseudonym = Field(.participant, 1, "pseudonym", .line)
    package static let role = Field(.participant, 2, "role", .line)
    package static let attributes = Field(.participant, 3, "attributes", .attributes)
  }

  package enum Theme {
    package static let name = Field(.theme, 1, "name", .line)
    package static let parent = Field(.theme, 2, "parent", .reference(.theme))
    package static let definition = Field(.theme, 3, "definition", .text)
    package static let colour = Field(.theme, 4, "colour", .colour)
    package static let mergedInto = Field(.theme, 5, "mergedInto", .reference(.theme))
    package static let attributes = Field(.theme, 6, "attributes", .attributes)
  }

  package enum Coding {
    package static let target = Field(.coding, 1, "target", .target)
    package static let anchor = Field(.coding, 2, "anchor", .anchor)
    package static let theme = Field(.coding, 3, "theme", .reference(.theme))
    package static let coder = Field(.coding, 4, "coder", .line)
    package static let memo = Field(.coding, 5, "memo", .text)
  }

  private init(_ kind: Kind, _ number: UInt32, _ name: String, _ shape: Shape) {
    self.kind = kind
    self.number = number
    self.name = name
    self.shape = shape
  }

  /// Every field there is, by kind and number.
  package static let all: [Field] = [
    Study.title, Study.description, Study.periods, Study.attributeDefinitions, Study.members,
    Study.codingsOpenTo,
    Interview.label, Interview.title, Interview.kind, Interview.date, Interview.place,
    Interview.participants, Interview.interviewers, Interview.languages, Interview.consent,
    Interview.text, Interview.summary, Interview.source, Interview.attributes,
    Note.about, Note.at, Note.text,
    Place.name, Place.otherNames, Place.kind, Place.parent, Place.within, Place.location,
    Place.code, Place.attributes,
    Participant.pseudonym, Participant.role, Participant.attributes,
    Theme.name, Theme.parent, Theme.definition, Theme.colour, Theme.mergedInto, Theme.attributes,
    Coding.target, Coding.anchor, Coding.theme, Coding.coder, Coding.memo,
  ]

  private static let byNumber: [Kind: [Field?]] = {
    var table = [Kind: [Field?]]()
    for field in all {
      var fields = table[field.kind] ?? []
      while fields.count <= Int(field.number) { fields.append(nil) }
      fields[Int(field.number)] = field
      table[field.kind] = fields
    }
    return table
  }()

  /// The field with this number; nil for one that a newer notebook knows.
  package static func find(_ kind: Kind, _ number: UInt32) -> Field? {
    guard let fields = byNumber[kind], Int(number) < fields.count else { return nil }
    return fields[Int(number)]
  }

  package static func find(_ kind: Kind, named name: String) -> Field? {
    byNumber[kind]?.lazy.compactMap { $0 }.first { $0.name == name }
  }

  package static func fields(of kind: Kind) -> [Field] {
    byNumber[kind, default: []].compactMap { $0 }
  }

  /// The text that a coding may lie on.
  package var canBeCoded: Bool {
    self == Interview.text || self == Note.text
  }

  /// The field of a kind that holds the text to be coded; nil when there is none.
  package static func codedText(of kind: Kind) -> Field? {
    switch kind {
    case .interview: Interview.text
    case .note: Note.text
    default: nil
    }
  }
}

extension Field {
  /// The fields that say what a record is on or about. Such records keep each other: a coding or a
  /// note that its deleter had not seen keeps what it is on alive, goes out of sight with it when it
  /// is deleted, and is erased with it.
  package static func saysAbout(_ kind: Kind) -> [Field] {
    switch kind {
    case .note: [Note.about]
    case .coding: [Coding.target, Coding.theme]
    case .study, .interview, .place, .participant, .theme: []
    }
  }
}
