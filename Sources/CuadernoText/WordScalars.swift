/// Which scalars make words, by a table that never changes.
///
/// A merge cuts texts into words, and every device has to cut alike. The Unicode tables of Swift's
/// library grow with each release, so two devices with different libraries would now and then show
/// different merges of the same writes. Here everything that is not a known space, mark or format
/// character makes words: letters of any script, digits, accents, joiners and emoji.
enum WordScalars {
  static func contain(_ scalar: UInt32) -> Bool {
    // Most of every text, so compared without a switch's ranges.
    if scalar < 0x80 {
      let lowercase = scalar | 0x20
      return (lowercase >= 0x61 && lowercase <= 0x7A) || (scalar >= 0x30 && scalar <= 0x39)
        || scalar == 0x5F
    }
    switch scalar {
    // ª º and the superscript and fraction digits stand among the marks of Latin-1.
    case 0xAA, 0xB2, 0xB3, 0xB5, 0xB9, 0xBA, 0xBC...0xBE: return true
    case 0x80...0xBF, 0xD7, 0xF7: return false
    // Hebrew, Arabic and Devanagari punctuation.
    case 0x05BE, 0x05C0, 0x05C3, 0x060C, 0x061B, 0x061F, 0x06D4, 0x0964, 0x0965: return false
    // General punctuation and spaces, except the two joiners that hold words and emoji together.
    case 0x200C, 0x200D: return true
    case 0x1680, 0x2000...0x206F, 0x2E00...0x2E5D: return false
    // Ideographic spaces and brackets, vertical and full-width forms, the byte-order mark.
    case 0x3000...0x3003, 0x3008...0x3020, 0x30FB, 0xFE10...0xFE1F, 0xFE30...0xFE6F: return false
    case 0xFEFF, 0xFF01...0xFF0F, 0xFF1A...0xFF20, 0xFF3B...0xFF40, 0xFF5B...0xFF65: return false
    default: return true
    }
  }

  /// The apostrophes, which write the ejectives of Quechua inside words.
  static func join(_ scalar: UInt32) -> Bool {
    scalar == 0x27 || scalar == 0x2019
  }

  /// The ideographs and kana, which are written without spaces: each is a word of its own.
  static func standAlone(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2E80...0x2FDF, 0x3041...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
      0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// Whether two neighbours may stand in one word.
  static func hold(_ before: UInt32, _ after: UInt32) -> Bool {
    (contain(before) || join(before)) && (contain(after) || join(after))
      && !standAlone(before) && !standAlone(after)
  }
}
