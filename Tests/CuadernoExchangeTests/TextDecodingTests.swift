import CuadernoTestSupport
import CuadernoText
import Foundation
import Testing

@testable import CuadernoExchange

@Suite struct TextDecodingTests {
  private func words(_ bytes: [UInt8], _ encoding: TextEncoding? = nil) -> String {
    CuadernoExchangeTests.words { _ = try TextDecoding.text(bytes, as: encoding) }
  }

  @Test func `UTF-8 is read with and without its mark`() throws {
    let text = Array("ñandú 🧉".utf8)
    #expect(try TextDecoding.text(text) == "ñandú 🧉")
    #expect(try TextDecoding.text([0xEF, 0xBB, 0xBF] + text) == "ñandú 🧉")
    #expect(try TextDecoding.text([0xEF, 0xBB, 0xBF] + text, as: .utf8) == "ñandú 🧉")
  }

  @Test func `UTF-16 is read in either order when its mark says so, or when told`() throws {
    let units = Array("ñ 🧉\n".utf16)
    let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    #expect(try TextDecoding.text([0xFF, 0xFE] + little) == "ñ 🧉\n")
    #expect(try TextDecoding.text([0xFE, 0xFF] + big) == "ñ 🧉\n")
    #expect(try TextDecoding.text(little, as: .utf16LittleEndian) == "ñ 🧉\n")
    #expect(try TextDecoding.text(big, as: .utf16BigEndian) == "ñ 🧉\n")
  }

  @Test(
    arguments: [
      (TextEncoding.windows1252, String.Encoding.windowsCP1252), (.latin1, .isoLatin1),
    ] as [(TextEncoding, String.Encoding)])
  func `encodings of one byte agree with Foundation's`(
    encoding: TextEncoding, theirs: String.Encoding
  ) throws {
    for byte in UInt8.min ... .max {
      guard let text = try? TextDecoding.text([byte], as: encoding) else {
        #expect((0x80...0x9F).contains(byte), "\(byte)")
        continue
      }
      #expect(String(data: Data([byte]), encoding: theirs) == text, "\(byte)")
    }
  }

  /// Foundation on Linux reads another encoding under this name.
  @Test func `Mac OS Roman has its own upper half`() throws {
    let upper =
      "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\u{A0}ÀÃÕŒœ"
      + "–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{F8FF}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ"
    let text = try TextDecoding.text([UInt8](0x80...0xFF), as: .macRoman)
    #expect(text.unicodeScalars.elementsEqual(upper.unicodeScalars))
  }

  @Test func `ISO 8859-15 has the euro where ISO 8859-1 has the currency sign`() throws {
    #expect(try TextDecoding.text([0xA4, 0xF1], as: .latin9) == "€ñ")
    #expect(try TextDecoding.text([0xA4, 0xF1], as: .latin1) == "¤ñ")
  }

  @Test func `bytes that are no UTF-8 are refused with the first of them and what to do`() {
    let advice =
      "is not UTF-8; save the file as UTF-8, or say what it is, such as --encoding windows-1252 "
      + "(also: utf-8, utf-16le, utf-16be, windows-1252, iso-8859-1, iso-8859-15, mac-roman)"
    #expect(words([0x61, 0xF1, 0x6F]) == "byte 1: \(advice)")
    #expect(words(Array("año".utf8) + [0xC3]) == "byte 4: \(advice)")
    #expect(words([0xEF, 0xBB, 0xBF, 0x80]) == "byte 3: \(advice)")
    #expect(words([0x61, 0xED, 0xA0, 0x80]) == "byte 1: \(advice)")
    #expect(words([0xC0, 0x80]) == "byte 0: \(advice)")
    #expect(words([0xF4, 0x90, 0x80, 0x80]) == "byte 0: \(advice)")
  }

  @Test func `other damage is told with its byte`() {
    #expect(words([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]) == "file is UTF-32; save it as UTF-8")
    #expect(
      words([0xFF, 0xFE, 0x61])
        == "byte 2: UTF-16 ends in the middle of a character; the file was cut off")
    #expect(
      words([0xFF, 0xFE, 0x61, 0, 0x3E, 0xD8, 0x61, 0])
        == "byte 4: half a character of UTF-16; the file is damaged here, or is not UTF-16")
    #expect(
      words([0x61, 0x81], .windows1252)
        == "byte 1: stands for no character in windows-1252; the file has another encoding")
    #expect(
      words([0x93], .latin1)
        == "byte 0: stands for no character in iso-8859-1; the file has another encoding")
    #expect(
      words([0x61, 0, 0x62, 0])
        == "byte 1: zero bytes between the letters; if the file is UTF-16, say --encoding utf-16le")
    #expect(
      words([0, 0x61, 0, 0x62])
        == "byte 0: zero bytes between the letters; if the file is UTF-16, say --encoding utf-16be")
  }

  @Test(arguments: [
    ("UTF-8", TextEncoding.utf8), ("latin1", .latin1), ("ISO-8859-15", .latin9),
    ("cp1252", .windows1252), ("Windows-1252", .windows1252), ("MacRoman", .macRoman),
    ("utf-16", .utf16LittleEndian),
  ])
  func `encodings are known by their usual names`(name: String, encoding: TextEncoding) {
    #expect(TextEncoding(name: name) == encoding)
  }

  @Test func `a name that is no encoding is none`() {
    #expect(TextEncoding(name: "utf-9") == nil)
  }

  /// Law: the check finds a fault exactly where the standard library does not read on.
  @Test(arguments: Seeds.upTo(500))
  func `the first byte that is no UTF-8 is found`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // Eight bytes at once where there are only short sequences, one by one elsewhere.
    var bytes = Array((seed.isMultiple(of: 2) ? "ñandú 🧉 – “sí”" : "áéíóúñü, así añadió más").utf8)
    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
      in: 0x80...0xFF, using: &random)
    let isValid = String(validating: bytes, as: UTF8.self) != nil

    let fault = UTF8Check.firstFault(in: bytes.span)

    #expect((fault == nil) == isValid, Comment(rawValue: Seeds.replay(seed)))
    if let fault {
      #expect(String(validating: bytes[..<fault], as: UTF8.self) != nil)
    }
  }
}
