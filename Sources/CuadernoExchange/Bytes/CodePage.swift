/// The upper halves of the encodings of one byte a character; the lower half is ASCII in all.
///
/// Zero stands for a byte without a character. The control characters C1 of ISO 8859 count as such:
/// in a file of that name they are nearly always windows-1252, and no text may hold them.
enum CodePage {
  /// - Parameter number: that Windows has for it ("Code Page Identifiers"); nil for one that is not known, or
  ///   not of one byte a character.
  static func upperHalf(_ number: Int) -> [UInt16]? {
    switch number {
    case 1250: windows1250
    case 1251: windows1251
    case 1252: windows1252
    case 1253: windows1253
    case 1254: windows1254
    case 1257: windows1257
    case 10_000: macRoman
    case 28_591: latin1
    case 28_605: latin9
    default: nil
    }
  }

  static func upperHalf(of encoding: TextEncoding) -> [UInt16]? {
    switch encoding {
    case .utf8, .utf16LittleEndian, .utf16BigEndian: nil
    case .windows1252: windows1252
    case .latin1: latin1
    case .latin9: latin9
    case .macRoman: macRoman
    }
  }

  /// The characters of the bytes from 0x80, with U+FFFD for one that has none.
  private static func page(_ characters: String) -> [UInt16] {
    characters.unicodeScalars.map { $0 == "\u{FFFD}" ? 0 : UInt16($0.value) }
  }

  private static func page(
    _ page: [UInt16], but differences: [(byte: Int, scalar: UInt16)]
  ) -> [UInt16] {
    var page = page
    for (byte, scalar) in differences { page[byte - 0x80] = scalar }
    return page
  }

  /// Unicode's CP1252.TXT.
  private static let windows1252 =
    page("€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ") + (0xA0...0xFF)

  private static let latin1 = [UInt16](repeating: 0, count: 32) + (0xA0...0xFF)

  /// ISO 8859-15 differs from ISO 8859-1 in eight places, the euro among them.
  private static let latin9 = page(
    latin1,
    but: [
      (0xA4, 0x20AC), (0xA6, 0x0160), (0xA8, 0x0161), (0xB4, 0x017D), (0xB8, 0x017E),
      (0xBC, 0x0152), (0xBD, 0x0153), (0xBE, 0x0178),
    ])

  /// Turkish (CP1254.TXT).
  private static let windows1254 = page(
    windows1252,
    but: [
      (0x8E, 0), (0x9E, 0), (0xD0, 0x011E), (0xDD, 0x0130), (0xDE, 0x015E), (0xF0, 0x011F),
      (0xFD, 0x0131), (0xFE, 0x015F),
    ])

  /// Polish, Czech, Hungarian and their neighbours (Unicode's CP1250.TXT).
  private static let windows1250 = page(
    """
    €\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰Š‹ŚŤŽŹ\u{FFFD}‘’“”•–—\u{FFFD}™š›śťžź\
    \u{A0}ˇ˘Ł¤Ą¦§¨©Ş«¬\u{AD}®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľż\
    ŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢß\
    ŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙
    """)

  /// Cyrillic (CP1251.TXT).
  private static let windows1251 = page(
    """
    ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{FFFD}™љ›њќћџ\
    \u{A0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{AD}®Ї°±Ііґµ¶·ё№є»јЅѕї\
    АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ\
    абвгдежзийклмнопрстуфхцчшщъыьэюя
    """)

  /// Greek (CP1253.TXT).
  private static let windows1253 = page(
    """
    €\u{FFFD}‚ƒ„…†‡\u{FFFD}‰\u{FFFD}‹\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}‘’“”•–—\u{FFFD}™\u{FFFD}›\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\
    \u{A0}΅Ά£¤¥¦§¨©\u{FFFD}«¬\u{AD}®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏ\
    ΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u{FFFD}ΣΤΥΦΧΨΩΪΫάέήί\
    ΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώ\u{FFFD}
    """)

  /// The Baltic languages (CP1257.TXT).
  private static let windows1257 = page(
    """
    €\u{FFFD}‚\u{FFFD}„…†‡\u{FFFD}‰\u{FFFD}‹\u{FFFD}¨ˇ¸\u{FFFD}‘’“”•–—\u{FFFD}™\u{FFFD}›\u{FFFD}¯˛\u{FFFD}\
    \u{A0}\u{FFFD}¢£¤\u{FFFD}¦§Ø©Ŗ«¬\u{AD}®Æ°±²³´µ¶·ø¹ŗ»¼½¾æ\
    ĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽß\
    ąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙
    """)

  /// Mac OS Roman (Unicode's ROMAN.TXT).
  private static let macRoman = page(
    """
    ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü\
    †°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø\
    ¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ\
    ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ
    """)
}
