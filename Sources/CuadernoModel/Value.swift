/// The 128 bits that name a record or a device; CuadernoSync gives them their types.
package typealias Reference = UInt128

/// What a field holds. All text is NFC with LF line ends; `TextEntry` of the notebook sees to it.
package enum Value: Hashable, Sendable {
  /// A line, a text, a choice or a colour.
  case text(String)
  /// Lines or languages, in their order.
  case list([String])
  case date(PartialDate)
  case consent(Consent)
  case location(Location)
  case reference(Reference)
  case target(Target)
  case anchor(Anchor)
  /// Whether the record that the key names is in the set.
  case membership(Reference, isMember: Bool)
  case attribute(Attribute)
  case attributeDefinition(AttributeDefinition)
  case period(Period)
  case member(Member)
}

package struct Consent: Hashable, Sendable {
  /// How it was given: oral, written, recorded.
  package var form: String
  package var level: ConsentLevel
  package var date: PartialDate?

  /// Until when nothing may be published.
  package var embargo: PartialDate?

  package init(
    form: String, level: ConsentLevel, date: PartialDate? = nil, embargo: PartialDate? = nil
  ) {
    self.form = form
    self.level = level
    self.date = date
    self.embargo = embargo
  }
}

/// A point on the WGS 84 ellipsoid. One value: a latitude without its longitude means nothing.
package struct Location: Hashable, Sendable {
  /// Degrees north, −90…90.
  package var latitude: Double
  /// Degrees east, −180…180.
  package var longitude: Double
  /// The radius in metres within which the point lies.
  package var accuracy: Double?

  package init(latitude: Double, longitude: Double, accuracy: Double? = nil) {
    self.latitude = latitude
    self.longitude = longitude
    self.accuracy = accuracy
  }
}

/// Which text of which record a coding lies on.
package struct Target: Hashable, Sendable {
  package var record: Reference
  /// The number of the text field in the record's kind.
  package var field: UInt32

  package init(record: Reference, field: UInt32) {
    self.record = record
    self.field = field
  }
}

/// A write of a text field: the change that made it, by its device and its number there.
package struct TextWrite: Hashable, Sendable {
  package var device: Reference
  package var sequence: UInt64

  package init(device: Reference, sequence: UInt64) {
    self.device = device
    self.sequence = sequence
  }
}

/// Where in a text a coding lies, and enough of the text to find it again.
///
/// Positions count Unicode scalars, the unit of REFI-QDA and of the W3C Web Annotation Data Model's
/// TextPositionSelector; quote and context are its TextQuoteSelector.
package struct Anchor: Hashable, Sendable {
  /// The writes of which the text came on which the anchor was made: one, or several that were shown
  /// merged; none for a text that nobody knows.
  package var version: [TextWrite]
  package var start: Int
  /// Exclusive.
  package var end: Int
  package var quote: String
  /// Up to 32 scalars before the quote.
  package var prefix: String
  /// Up to 32 scalars after the quote.
  package var suffix: String

  package init(
    version: [TextWrite], start: Int, end: Int, quote: String, prefix: String, suffix: String
  ) {
    self.version = version
    self.start = start
    self.end = end
    self.quote = quote
    self.prefix = prefix
    self.suffix = suffix
  }
}

/// One named property of a record. The name stands here and not in the key, which hubs see.
package struct Attribute: Hashable, Sendable {
  package var name: String
  /// The value in the spelling of its type; nil when the attribute was taken away.
  package var value: String?

  package init(name: String, value: String?) {
    self.name = name
    self.value = value
  }
}

package struct AttributeDefinition: Hashable, Sendable {
  package enum ValueType: String, CaseIterable, Sendable {
    case text, integer, number, boolean, date, choice
  }

  package var name: String
  /// The kind of record that has the attribute.
  package var record: Kind
  package var type: ValueType
  package var description: String
  /// The values of a choice, in their order.
  package var choices: [String]
  /// False once the definition was taken away.
  package var isDefined: Bool

  package init(
    name: String, record: Kind, type: ValueType, description: String = "", choices: [String] = [],
    isDefined: Bool = true
  ) {
    self.name = name
    self.record = record
    self.type = type
    self.description = description
    self.choices = choices
    self.isDefined = isDefined
  }
}

/// A span of time that the study compares, such as "after the eradication".
package struct Period: Hashable, Sendable {
  package var name: String
  package var from: PartialDate?
  /// Inclusive, to the end of the day, month or year that it names.
  package var to: PartialDate?
  package var description: String
  /// False once the period was taken away.
  package var isDefined: Bool

  package init(
    name: String, from: PartialDate?, to: PartialDate?, description: String = "",
    isDefined: Bool = true
  ) {
    self.name = name
    self.from = from
    self.to = to
    self.description = description
    self.isDefined = isDefined
  }

  /// Whether a date lies within the period, as far as its precision tells: all of it must.
  package func contains(_ date: PartialDate) -> Bool {
    if let from, date.firstDay < from.firstDay { return false }
    if let to, date.lastDay > to.lastDay { return false }
    return true
  }
}

/// Whose device a device is, so that a change can be told with a name.
package struct Member: Hashable, Sendable {
  package var name: String
  package var device: String

  package init(name: String, device: String) {
    self.name = name
    self.device = device
  }
}

extension Value {
  /// The record that a field of ``Field/saysAbout(_:)`` names.
  package var namedRecord: Reference? {
    switch self {
    case .reference(let record): record
    case .target(let target): target.record
    default: nil
    }
  }
}
