/// What Excel can hold in a cell, and how the rest is written (ECMA-376, part 1, 22.9.2.19, ST_Xstring;
/// "Excel specifications and limits").
enum WorkbookText {
  /// In units of UTF-16.
  static let cellMax = 32_767

  /// Characters that XML cannot carry become `_xHHHH_`, which Excel shows as the character; what looks
  /// like such an escape already is escaped itself, or it would be shown as another character.
  static func escaped(_ text: String) -> String {
    guard needsEscapes(text) else { return text }
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      switch scalar.value {
      case 0x09, 0x0A: result.append(scalar)
      case 0..<0x20, 0x7F, 0xFFFE, 0xFFFF: result.append(contentsOf: escape(scalar.value))
      case 0x5F where isEscape(scalars[index...]): result.append(contentsOf: escape(0x5F))
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func escape(_ value: UInt32) -> String.UnicodeScalarView {
    let digits = String(value, radix: 16, uppercase: true)
    let zeros = String(repeating: "0", count: 4 - digits.utf8.count)
    return "_x\(zeros)\(digits)_".unicodeScalars
  }

  private static func isEscape(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
    let scalars = scalars.prefix(7)
    guard scalars.count == 7, let last = scalars.last, last == "_",
      scalars[scalars.startIndex + 1] == "x" || scalars[scalars.startIndex + 1] == "X"
    else { return false }
    return scalars.dropFirst(2).dropLast().allSatisfy { $0.properties.isASCIIHexDigit }
  }

  private static func needsEscapes(_ text: String) -> Bool {
    var previous: (UInt8, UInt8) = (0, 0)
    for unit in text.utf8 {
      switch unit {
      case 0x09, 0x0A: break
      case 0..<0x20, 0x7F: return true
      // "_x" or "_X".
      case 0x58, 0x78: if previous.1 == 0x5F { return true }
      // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
      case 0xBE, 0xBF: if previous == (0xEF, 0xBF) { return true }
      default: break
      }
      previous = (previous.1, unit)
    }
    return false
  }

  static func fits(_ text: String) -> Bool {
    text.utf8.count <= cellMax || text.utf16.count <= cellMax
  }

  /// A text in pieces that fit a cell each and make the text when they are put together again; where
  /// there is a space to cut after, they are cut there.
  ///
  /// - Parameters:
  ///   - limit: in units of UTF-16, escapes counted.
  ///   - most: how many pieces are wanted; all of them without it.
  static func pieces(_ text: String, limit: Int = cellMax, most: Int = .max) -> [String] {
    var pieces = [String]()
    // An array, since a view of scalars counts its own anew each time.
    var piece = [Unicode.Scalar]()
    var units = 0
    var afterSpace: (count: Int, units: Int)?
    for scalar in text.unicodeScalars {
      let width = width(scalar)
      if units + width > limit {
        var cut = (count: piece.count, units: units)
        if let afterSpace, afterSpace.units > limit / 2 { cut = afterSpace }
        pieces.append(String(String.UnicodeScalarView(piece[..<cut.count])))
        if pieces.count == most { return pieces }
        piece.removeFirst(cut.count)
        units -= cut.units
        afterSpace = nil
      }
      piece.append(scalar)
      units += width
      if scalar == " " || scalar == "\n" { afterSpace = (piece.count, units) }
    }
    if !piece.isEmpty { pieces.append(String(String.UnicodeScalarView(piece))) }
    return pieces
  }

  /// As long as it can get when it is escaped.
  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x09, 0x0A: 1
    case 0..<0x20, 0x5F, 0x7F, 0xFFFE, 0xFFFF: 7
    case 0x10000...: 2
    default: 1
    }
  }

  /// A name for a sheet as Excel takes it: at most 31 characters, none of `[ ] : * ? / \`, no apostrophe
  /// at an end, and another than those that are there in any case.
  static func sheetName(_ wanted: String, among used: Set<String>) -> String {
    func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "[", "]", ":", "*", "?", "/", "\\", "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": true
      default: false
      }
    }
    let scalars = wanted.unicodeScalars.map { scalar -> Unicode.Scalar in
      isForbidden(scalar) ? " " : scalar
    }
    var name = prefix(String(String.UnicodeScalarView(scalars)), 31)
    while name.unicodeScalars.first == "'" { name = String(name.unicodeScalars.dropFirst()) }
    while name.unicodeScalars.last == "'" { name = String(name.unicodeScalars.dropLast()) }
    if name.isEmpty { name = "sheet" }
    var number = 1
    var unique = name
    while used.contains(unique.lowercased()) {
      number += 1
      let ending = " (\(number))"
      unique = prefix(name, 31 - ending.utf16.count) + ending
    }
    return unique
  }

  /// The letters of a column, from 0: A to Z, AA …
  static func column(_ index: Int) -> String {
    var letters = ""
    var rest = index + 1
    while rest > 0 {
      letters = String(Unicode.Scalar(UInt8(65 + (rest - 1) % 26))) + letters
      rest = (rest - 1) / 26
    }
    return letters
  }

  /// The first units of UTF-16 of a text, by whole scalars.
  private static func prefix(_ text: String, _ limit: Int) -> String {
    var result = String.UnicodeScalarView()
    var units = 0
    for scalar in text.unicodeScalars {
      units += scalar.value >= 0x10000 ? 2 : 1
      if units > limit { break }
      result.append(scalar)
    }
    return String(result)
  }
}
