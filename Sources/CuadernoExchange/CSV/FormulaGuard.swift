/// Keeps a cell of text from being taken for a formula by the spreadsheet that opens it.
///
/// A cell that begins with one of these runs as a formula in Excel, LibreOffice and their kin, and
/// can send a file away (OWASP, "CSV Injection"; ASVS 5.0, 1.2.10). The guard is a `'` before it. The
/// first *scalar* decides: "=" with a combining mark is one Character that is not "=", and to a
/// spreadsheet it is "=" all the same. The full-width forms are folded to ASCII by some of them.
///
/// A cell that begins with apostrophes before such a sign gets one more, so that taking one off
/// gives back what was there, whatever it was.
enum FormulaGuard {
  private static let mark = UInt8(ascii: "'")

  static func guarded(_ text: String) -> String {
    startsFormula(text.utf8) ? "'" + text : text
  }

  /// What stood there before the guard.
  static func unguarded(_ text: String) -> String {
    guard text.utf8.first == mark, startsFormula(text.utf8) else { return text }
    return String(text.unicodeScalars.dropFirst())
  }

  static func startsFormula(_ text: String.UTF8View) -> Bool {
    var bytes = text.makeIterator()
    var next = bytes.next()
    while next == mark { next = bytes.next() }
    switch next {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A,
      0x0D:
      return true
    case 0xEF:
      // U+FF0B, U+FF0D and U+FF1D are EF BC 8B, EF BC 8D and EF BC 9D; U+FF20 is EF BC A0.
      guard bytes.next() == 0xBC, let last = bytes.next() else { return false }
      return [0x8B, 0x8D, 0x9D, 0xA0].contains(last)
    default:
      return false
    }
  }
}
