import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

@Suite struct SecretTests {
  @Test(arguments: UInt64(0)..<50)
  func `a secret reads back from its text in every spelling`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let secret = InviteSecret(bytes: random.bytes(32))
    let text = secret.text

    #expect(text.utf8.count == 64)
    #expect(InviteSecret(typed: text) == secret)
    #expect(InviteSecret(typed: text.lowercased()) == secret)
    #expect(InviteSecret(typed: text.replacing("-", with: "")) == secret)
    #expect(InviteSecret(typed: text.replacing("1", with: "I").replacing("0", with: "O")) == secret)
  }

  @Test func `the text is Crockford's base 32`() {
    let secret = InviteSecret(
      bytes: [0xff, 0x00, 0x12, 0x34, 0x56] + .init(repeating: 0, count: 27))

    #expect(secret.text.hasPrefix("ZW01-4D2P-0000-"))
    #expect(secret.link(to: "http://10.0.0.1:8787").hasPrefix("http://10.0.0.1:8787#ZW01-"))
  }

  @Test func `a text with a digit too many, too few or unknown is no secret`() {
    let text = InviteSecret(bytes: .init(repeating: 0x5a, count: 32)).text

    #expect(InviteSecret(typed: text + "0") == nil)
    #expect(InviteSecret(typed: String(text.dropLast())) == nil)
    #expect(InviteSecret(typed: "U" + text.dropFirst()) == nil)
    // The last digit has one bit that counts: with another it would be a second spelling.
    #expect(InviteSecret(typed: text.dropLast() + "1") == nil)
    #expect(InviteSecret(typed: "") == nil)
  }

  @Test func `a token is base 64 for URLs without padding`() {
    #expect(
      DeviceToken(bytes: .init(repeating: 0xff, count: 32)).text
        == String(repeating: "_", count: 42) + "8")
    #expect(
      DeviceToken(bytes: Array(0..<32)).text == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
  }

  @Test func `a token has one spelling`() async throws {
    let fixture = try await LedgerFixture()
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let token = try await fixture.join(study, device: DeviceID(rawValue: 1)).token

    #expect(try await fixture.ledger.device(token: token) != nil)
    #expect(try await fixture.ledger.device(token: token + "=") == nil)
    #expect(try await fixture.ledger.device(token: token.uppercased()) == nil)
    #expect(try await fixture.ledger.device(token: "") == nil)
  }

  @Test func `digests compare by all their bytes`() {
    let digest = Digest(hashing: [1])
    var bytes = digest.bytes
    #expect(digest.isEqualInConstantTime(to: digest))
    for index in bytes.indices {
      bytes[index] ^= 1
      #expect(!digest.isEqualInConstantTime(to: Digest(bytes: bytes)!))
      bytes[index] ^= 1
    }
  }
}
