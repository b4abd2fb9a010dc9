import Testing

@testable import CuadernoClient

@Suite struct InviteTextTests {
  @Test func `an invite is an address and a secret, however it was pasted`() throws {
    let invite = try InviteText(" https://hub.example.org:8787/#9K3F-\n22TQ ")

    #expect(invite.url == "https://hub.example.org:8787")
    #expect(invite.secret == "9K3F-22TQ")
  }

  @Test func `an invite may name its server's certificate after a full stop`() throws {
    let digits = String(repeating: "0AZ9", count: 13)
    let invite = try InviteText("https://hub.example#9K3F-22TQ.1\(digits.lowercased())")

    #expect(invite.secret == "9K3F-22TQ")
    #expect(invite.fingerprint?.digits == digits)
    #expect(try InviteText("https://hub.example#9K3F").fingerprint == nil)
  }

  @Test(arguments: [
    "", "1", "2\(String(repeating: "0", count: 52))", "1\(String(repeating: "U", count: 52))",
  ])
  func `a certificate named in another way is not passed over`(fingerprint: String) {
    #expect(throws: InviteText.Fault.unknownFingerprint) {
      try InviteText("https://hub.example#9K3F.\(fingerprint)")
    }
  }

  @Test(arguments: [
    "https://a#x.1.1", "https://a#.1", "", "9K3F", "https://hub.example.org",
    "https://hub.example.org#", "#9K3F", "https://#x",
    "ftp://hub#x", "https://a#b#c", "http://#x",
  ])
  func `what is no invite is refused`(text: String) {
    #expect(throws: InviteText.Fault.malformed) { try InviteText(text) }
  }

  @Test(arguments: ["http://localhost:1#x", "http://127.0.0.1:1#x", "http://[::1]:1#x"])
  func `plain HTTP is accepted where it does not leave the machine`(text: String) throws {
    #expect(try InviteText(text).secret == "x")
  }

  @Test(arguments: [
    "http://192.168.1.20:1#x", "http://hub.example#x", "http://127.0.0.1.evil.example#x",
    "http://localhost.evil.example:1#x",
  ])
  func `plain HTTP to another machine is refused unless it was asked for`(text: String) throws {
    #expect(throws: InviteText.Fault.plainHTTP) { try InviteText(text) }
    #expect(try InviteText(text, allowsPlainHTTP: true).secret == "x")
  }
}
