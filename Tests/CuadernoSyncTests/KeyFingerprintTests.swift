import CuadernoSync
import CuadernoTestSupport
import Testing

/// How a server's key is named, and what else is written in base 32.
@Suite struct KeyFingerprintTests {
  /// SHA-256 of "abc" (FIPS 180-4's example), written by hand in Crockford's base 32.
  @Test func `a key is named by its hash in 52 digits and a version`() throws {
    let key = KeyFingerprint(ofPublicKey: Array("abc".utf8))

    #expect(key.bytes.prefix(4) == [0xba, 0x78, 0x16, 0xbf])
    #expect(key.text.utf8.count == 2 + 52 + 12)
    #expect(key.text.hasPrefix("1-Q9W1-DFWF-"))
    #expect(KeyFingerprint(typed: key.text) == key)
    #expect(KeyFingerprint(bytes: key.bytes) == key)
    #expect(KeyFingerprint(bytes: key.bytes.dropLast()) == nil)
  }

  @Test(arguments: [
    "", "1", "1-", "2-\(String(repeating: "0", count: 52))",
    "1-\(String(repeating: "0", count: 51))",
    "1-\(String(repeating: "0", count: 53))", "1-\(String(repeating: "U", count: 52))",
    "1\u{301}\(String(repeating: "0", count: 52))",
    // The last digit has four bits to spare.
    "1-\(String(repeating: "0", count: 51))1",
  ])
  func `what names no key is none`(text: String) {
    #expect(KeyFingerprint(typed: text) == nil)
  }

  @Test func `bytes come back from what somebody typed, in whatever way`() {
    for seed in Seeds.upTo(200) {
      var random = SplitMix64(seed: seed)
      let bytes = random.bytes(Int.random(in: 1...40, using: &random))
      let text = CrockfordBase32.text(of: bytes)
      let careless = text.lowercased().replacing("0", with: "o").replacing("1", with: "l")
        .replacing("-", with: random.next() % 2 == 0 ? " " : "")

      #expect(
        CrockfordBase32.bytes(typed: careless, count: bytes.count) == bytes,
        "\(Seeds.replay(seed))")
      #expect(
        CrockfordBase32.bytes(typed: careless + "0", count: bytes.count) == nil,
        "\(Seeds.replay(seed))")
    }
  }
}
