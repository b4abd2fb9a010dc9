/// The one function that everything printed for people goes through.
///
/// A text may hold escape codes that move the cursor, fill the clipboard (OSC 52) or turn the
/// direction of what follows (CWE-150). They are shown, as the code point between angle brackets,
/// and never sent.
package enum Terminal {
  /// - Parameter keepsLines: whether line breaks and tabs may stand, as in a text.
  package static func harmless(_ text: String, keepsLines: Bool = false) -> String {
    guard text.unicodeScalars.contains(where: isHarmful) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isHarmful(scalar) || keepsLines && (scalar == "\n" || scalar == "\t") {
        result.append(scalar)
      } else {
        result.append(contentsOf: shown(scalar).unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // C0, DEL and C1.
    case 0..<0x20, 0x7F...0x9F: true
    // Marks and overrides of direction, line and paragraph separators, isolates.
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    // What takes no room, but for the joiner that emoji and some scripts are written with.
    case 0x200B, 0x2060...0x2064, 0xFEFF: true
    // Tags, which take no room either.
    case 0xE0000...0xE007F: true
    default: false
    }
  }

  private static func shown(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits + ">"
  }

  /// How many columns a text takes on a terminal, near enough to line up a table: letters that
  /// combine take none, the wide letters of East Asia and emoji take two.
  package static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x0300...0x036F, 0x200D, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
