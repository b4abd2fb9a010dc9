/// The titles and names that people give to studies, members and devices.
package enum Name {
  /// What a line of a table can show: the limit that CuadernoModel sets for a line.
  package static let bytesMax = 1_000

  /// The name without blanks around it.
  package static func checked(_ text: String) throws(NameFault) -> String {
    guard text.utf8.count <= bytesMax else { throw .tooLong(bytes: text.utf8.count) }
    let scalars = text.unicodeScalars
    guard scalars.allSatisfy(isPrintable) else { throw .unprintable }
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { throw .empty }
    return String(scalars[first...last])
  }

  /// A name that came over the wire: what cannot be shown is replaced, because the person who could
  /// type another one is not there.
  static func shown(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isPrintable(scalar) ? scalar : "\u{FFFD}") }
    return String(result)
  }

  /// Whether two names are the same to a reader: in any case, in either spelling of an accent.
  static func areSame(_ left: String, _ right: String) -> Bool {
    left.lowercased() == right.lowercased()
  }

  /// Nothing that moves the cursor, ends a line, turns the writing direction or cannot be seen.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      // Joiners are letters' own in some scripts.
      scalar == "\u{200C}" || scalar == "\u{200D}"
    default: true
    }
  }
}
