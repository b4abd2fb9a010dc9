import CuadernoSync
import Testing

@testable import CuadernoClient

@Suite struct InviteTextTests {
  @Test func `an invite is an address and a secret, however it was pasted`() throws {
    let invite = try InviteText(" https://hub.example.org:8787/#9K3F-\n22TQ ")

    #expect(invite.url == "https://hub.example.org:8787")
    #expect(invite.secret == "9K3F-22TQ")
  }

  @Test func `a new notebook is the same device as often as it asks with one invite`() throws {
    let invite = try InviteText("https://hub.example#9K3F")
    let device = invite.newDevice(on: "m", in: "/n")

    #expect(device == invite.newDevice(on: "m", in: "/n"))
    #expect(device != invite.newDevice(on: "other", in: "/n"))
    #expect(device != invite.newDevice(on: "m", in: "/other"))
    #expect(try device != InviteText("https://hub.example#9K3G").newDevice(on: "m", in: "/n"))
    // A later version must come to the same.
    #expect(device.description == "1d78c38e2e24d78cb499c74879c1e215")
  }

  private static let key = KeyFingerprint(ofPublicKey: [1, 2, 3])

  @Test func `an invite may name its server's key after a full stop`() throws {
    let typed = [Self.key.text, Self.key.text.lowercased().filter { $0 != "-" }]

    for text in typed {
      let invite = try InviteText("https://hub.example#9K3F-22TQ.\(text)")
      #expect(invite.secret == "9K3F-22TQ")
      #expect(invite.fingerprint == Self.key)
    }
    #expect(try InviteText("https://hub.example#9K3F").fingerprint == nil)
  }

  @Test func `a key is not named where nothing can be proved`() {
    for url in ["http://127.0.0.1:1", "http://hub.example"] {
      #expect(throws: InviteText.Fault.malformed) {
        try InviteText("\(url)#9K3F.\(Self.key.text)", allowsPlainHTTP: true)
      }
    }
  }

  /// Else a piece that was not pasted would be taken for an invite that names none.
  @Test func `an invite that was cut in its key is refused`() {
    let whole = "https://hub.example#9K3F.\(Self.key.text)"
    for length in "https://hub.example#9K3F.".count..<whole.count {
      let cut = String(whole.prefix(length))
      #expect(throws: InviteText.Fault.unknownFingerprint) { try InviteText(cut) }
    }
  }

  @Test(arguments: [
    "", "1", "2\(String(repeating: "0", count: 52))", "1\(String(repeating: "U", count: 52))",
  ])
  func `a key named in another way is not passed over`(fingerprint: String) {
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
