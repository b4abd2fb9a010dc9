/// Checks values before they are written; every path into a notebook goes through here.
package enum Validation {
  /// - Throws: ``Fault``, which never holds the value.
  package static func check(_ value: Value, for field: Field) throws(Fault) {
    switch (field.shape, value) {
    case (.line, .text(let line)):
      try checkLine(line, field.name)
    case (.text, .text(let text)):
      try checkText(text, field.name)
    case (.choice(let choices), .text(let choice)):
      guard choices.contains(choice) else { throw .notAChoice(field: field.name, choices: choices) }
    case (.colour, .text(let colour)):
      guard isColour(colour) else { throw .colour }
    case (.lines, .list(let lines)):
      try checkList(lines, field.name)
    case (.languages, .list(let tags)):
      try checkList(tags, field.name)
      guard tags.allSatisfy(isLanguageTag) else { throw .languageTag(field: field.name) }
    case (.date, .date), (.reference, .reference), (.references, .membership):
      return
    case (.consent, .consent(let consent)):
      try checkLine(consent.form, field.name)
    case (.location, .location(let location)):
      try check(location)
    case (.target, .target(let target)):
      guard target.field > 0 else { throw .notCodable }
    case (.anchor, .anchor(let anchor)):
      try check(anchor)
    case (.attributes, .attribute(let attribute)):
      try checkLine(attribute.name, "attribute name")
      if let value = attribute.value { try checkText(value, "attribute") }
    case (.attributeDefinitions, .attributeDefinition(let definition)):
      try check(definition)
    case (.periods, .period(let period)):
      try check(period)
    case (.members, .member(let member)):
      try checkLine(member.name, "member name")
      try checkLine(member.device, "device name")
    default:
      throw .wrongType(field: field.name, expected: expectation(of: field.shape))
    }
  }

  /// Checks an attribute against its definition.
  package static func check(
    _ value: String, as definition: AttributeDefinition, isKnownZone: (String) -> Bool
  ) throws(Fault) {
    let fits: Bool
    switch definition.type {
    case .text: fits = true
    case .integer: fits = Int64(value) != nil
    case .number: fits = Double(value).map(\.isFinite) ?? false
    case .boolean: fits = value == "true" || value == "false"
    case .date: fits = (try? PartialDate(value, isKnownZone: isKnownZone)) != nil
    case .choice: fits = definition.choices.contains(value)
    }
    guard fits else { throw .attributeType(definition.type, choices: definition.choices) }
  }

  package static func checkLine(_ line: String, _ field: String) throws(Fault) {
    guard !line.isEmpty else { throw .empty(field: field) }
    let bytes = line.utf8.count
    guard bytes <= Limits.lineBytes else { throw .lineTooLong(field: field, bytes: bytes) }
    guard !line.utf8.contains(UInt8(ascii: "\n")) else { throw .lineBreak(field: field) }
    try checkCharacters(line, field)
  }

  package static func checkText(_ text: String, _ field: String) throws(Fault) {
    let bytes = text.utf8.count
    guard bytes <= Limits.textBytes else { throw .textTooLong(field: field, bytes: bytes) }
    try checkCharacters(text, field)
  }

  /// Control characters, and what XML 1.0 cannot carry (section 2.2, production Char): every text
  /// must be able to leave as REFI-QDA.
  private static func checkCharacters(_ text: String, _ field: String) throws(Fault) {
    guard hasSuspects(text) else { return }
    for (position, scalar) in text.unicodeScalars.enumerated() where isForbidden(scalar) {
      throw .controlCharacter(field: field, code: scalar.value, position: position)
    }
  }

  /// A first look at bytes alone, since nearly every text is without fault: C0 and DEL, C1 (C2 80 to
  /// C2 9F) and the lead byte of U+FFFE. The lead byte of C1 is also that of ¿, « and º.
  private static func hasSuspects(_ text: String) -> Bool {
    let span = text.utf8Span.span
    // Without a branch for a byte, which lets the compiler take sixteen of them at once.
    var suspects: UInt8 = 0
    for index in span.indices {
      let byte = span[index]
      let isC0 = (byte < 0x20 ? 1 : 0) & (byte == 0x0A ? 0 : 1) & (byte == 0x09 ? 0 : 1) as UInt8
      suspects |= isC0 | (byte == 0x7F ? 1 : 0) | (byte == 0xEF ? 1 : 0)
    }
    guard suspects == 0 else { return true }
    for index in 1..<max(1, span.count) {
      suspects |= (span[index - 1] == 0xC2 ? 1 : 0) & (span[index] < 0xA0 ? 1 : 0)
    }
    return suspects != 0
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  private static func checkList(_ entries: [String], _ field: String) throws(Fault) {
    guard entries.count <= Limits.listEntries else {
      throw .tooManyEntries(field: field, count: entries.count)
    }
    for entry in entries { try checkLine(entry, field) }
    guard Set(entries).count == entries.count else { throw .duplicateEntry(field: field) }
  }

  private static func check(_ location: Location) throws(Fault) {
    // Written so that a NaN fails each of them.
    guard abs(location.latitude) <= 90 else { throw .latitude(location.latitude) }
    guard abs(location.longitude) <= 180 else { throw .longitude(location.longitude) }
    if let accuracy = location.accuracy {
      guard accuracy >= 0, accuracy.isFinite else { throw .accuracy(accuracy) }
    }
  }

  private static func check(_ anchor: Anchor) throws(Fault) {
    guard anchor.start < anchor.end else { throw .emptySpan }
    // As many as there are bytes that begin one (RFC 3629, section 3).
    let quote = anchor.quote.utf8Span.span
    var length = 0
    for index in quote.indices { length += quote[index] & 0xC0 == 0x80 ? 0 : 1 }
    guard anchor.start >= 0, anchor.end - anchor.start == length else {
      throw .quoteDiffers(start: anchor.start, end: anchor.end)
    }
  }

  private static func check(_ definition: AttributeDefinition) throws(Fault) {
    try checkLine(definition.name, "attribute name")
    try checkText(definition.description, "description")
    try checkList(definition.choices, "choices")
    guard definition.type != .choice || !definition.choices.isEmpty else {
      throw .empty(field: "choices")
    }
  }

  private static func check(_ period: Period) throws(Fault) {
    try checkLine(period.name, "period name")
    try checkText(period.description, "description")
    if let from = period.from, let to = period.to, from.firstDay > to.lastDay {
      throw .periodEndsBeforeItBegins
    }
  }

  private static func isColour(_ text: String) -> Bool {
    let units = Array(text.utf8)
    return units.count == 7 && units[0] == UInt8(ascii: "#")
      && units.dropFirst().allSatisfy { unit in
        switch unit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
          UInt8(ascii: "A")...UInt8(ascii: "F"):
          true
        default: false
        }
      }
  }

  /// Well-formed in the sense of RFC 5646, section 2.1, as far as a field worker meets it: a
  /// language of two to eight letters and subtags of one to eight letters or digits.
  private static func isLanguageTag(_ tag: String) -> Bool {
    let subtags = tag.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard let language = subtags.first, (2...8).contains(language.count),
      language.allSatisfy(isLetter)
    else { return false }
    return subtags.dropFirst().allSatisfy { subtag in
      (1...8).contains(subtag.count) && subtag.allSatisfy { isLetter($0) || isDigit($0) }
    }
  }

  private static func isLetter(_ unit: UInt8) -> Bool {
    let lower = unit | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  private static func isDigit(_ unit: UInt8) -> Bool {
    unit >= UInt8(ascii: "0") && unit <= UInt8(ascii: "9")
  }

  private static func expectation(of shape: Field.Shape) -> String {
    switch shape {
    case .line: "one line of text"
    case .text: "a text"
    case .lines, .languages: "a list"
    case .choice(let choices): "one of: \(choices.joined(separator: ", "))"
    case .date: "a date"
    case .consent: "a consent"
    case .location: "a latitude and a longitude"
    case .colour: "a colour"
    case .reference, .references: "a record"
    case .target: "a record and its text field"
    case .anchor: "an anchor"
    case .attributes: "an attribute"
    case .attributeDefinitions: "an attribute definition"
    case .periods: "a period"
    case .members: "a member"
    }
  }
}
