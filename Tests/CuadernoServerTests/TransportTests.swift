import ArgumentParser
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoServer

/// Where a server speaks plain HTTP, and what an invite says of the server.
@Suite struct TransportTests {
  private let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    _ = try OwnCertificate(folder: folder.path).identity()
  }

  private func scheme(_ arguments: String...) throws -> String {
    let command = try ServerCommand.parseAsRoot(["serve", "--data", folder.path] + arguments)
    switch try #require(command as? ServeCommand).plan([:]).transport() {
    case .plainHTTP: return "http"
    case .tls, .renewed: return "https"
    }
  }

  private func usageError(_ arguments: String...) -> String? {
    do {
      _ = try ServerCommand.parseAsRoot(arguments)
      return nil
    } catch {
      guard ServerCommand.exitCode(for: error) == .validationFailure else { return nil }
      return ServerCommand.message(for: error)
    }
  }

  @Test func `a server speaks TLS unless nobody else hears it or it was told otherwise`() throws {
    let files = ["--certificate", folder.file("certificate.pem"), "--key", folder.file("key.pem")]

    #expect(try scheme() == "https")
    #expect(try scheme("--host", "192.168.1.20") == "https")
    #expect(try scheme("--host", "::") == "https")
    #expect(try scheme("--host", "127.0.0.1") == "http")
    #expect(try scheme("--host", "localhost") == "http")
    #expect(try scheme("--host", "::1") == "http")
    #expect(try scheme("--plain-http") == "http")
    #expect(try scheme(files[0], files[1], files[2], files[3]) == "https")
    #expect(try scheme("--host", "127.0.0.1", files[0], files[1], files[2], files[3]) == "https")
  }

  @Test func `a certificate and its key are given together, and not with plain HTTP`() {
    let together = "--certificate and --key go together; give both or neither"

    #expect(usageError("serve", "--certificate", "x") == together)
    #expect(usageError("serve", "--key", "x") == together)
    #expect(
      usageError("serve", "--certificate", "x", "--key", "y", "--plain-http")
        == "--plain-http shows no certificate; leave one of the two out")
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.1.2.3", true), ("localhost", true), ("::1", true),
    ("0.0.0.0", false), ("192.168.1.20", false), ("127.example.org", false), ("::", false),
    ("127.0.0.1.example.org", false), ("127.0.0.256", false), ("", false), ("127.0.0", false),
  ])
  func `an address is this machine's own or it is not`(host: String, isOwn: Bool) {
    #expect(isLoopback(host) == isOwn)
  }

  @Test func `an invite over plain HTTP to another machine has to be asked for`() {
    func error(_ url: String, _ more: String...) -> String? {
      do {
        _ = try ServerCommand.parseAsRoot(
          ["invite", "create", "x", "--for", "Ana", "--url", url] + more)
        return nil
      } catch {
        return ServerCommand.message(for: error)
      }
    }
    let refused = """
      everything sent to an http address can be read on the way; give an https address, or accept that \
      with --plain-http
      """

    for url in ["http://10.0.0.1:8787", "http://hub.example.org", "http://127.0.0.1.example.org"] {
      #expect(error(url) == refused, "\(url)")
      #expect(error(url, "--plain-http") == nil, "\(url)")
    }
    for url in ["http://127.0.0.1:8787", "http://localhost", "http://[::1]:1", "https://10.0.0.1"] {
      #expect(error(url) == nil, "\(url)")
    }
    #expect(
      error("http://127.0.0.1", "--public-certificate")
        == "plain HTTP shows no certificate; give an https address")
    #expect(
      error("https://a", "--public-certificate", "--certificate", "x")
        == "give --certificate or --public-certificate, not both")
  }

  @Test func `an invite names the server's own key, a given one's, or none`() throws {
    let other = try ScratchFolder()
    let given = try OwnCertificate(folder: other.path).identity().fingerprint
    let own = try OwnCertificate(folder: folder.path).identity().fingerprint
    let data = try FolderOption.parse(["--data", folder.path])

    func named(_ url: String, _ arguments: String...) throws -> KeyFingerprint? {
      let address = try #require(InviteAddress(url))
      return try ProofOptions.parse(arguments).fingerprint(for: address, in: data)
    }

    #expect(try named("https://192.168.1.20:8787") == own)
    #expect(try named("https://hub.example.org", "--public-certificate") == nil)
    #expect(
      try named("https://hub.example.org", "--certificate", other.file("certificate.pem")) == given)
    #expect(try named("http://127.0.0.1:8787") == nil)
    #expect(try named("http://10.0.0.1:8787", "--plain-http") == nil)
  }

  @Test func `without an address an invite leads to this machine's, if there is only one`() throws {
    #expect(
      try InviteAddress.onlyOne(of: ["127.0.0.1", "169.254.3.4", "192.168.1.20"]).text
        == "https://192.168.1.20:8787")
    #expect(
      throwing { try InviteAddress.onlyOne(of: ["192.168.1.20", "10.0.0.3"]) } == """
        this machine has 2 addresses: 192.168.1.20, 10.0.0.3; say with --url where the laptops find this \
        server, such as --url https://192.168.1.20:8787
        """)
    #expect(
      throwing { try InviteAddress.onlyOne(of: ["127.0.0.1"]) } == """
        this machine has no address on a network; say with --url where the laptops find this server, \
        such as --url https://192.168.1.20:8787
        """)
  }

  private func throwing(_ body: () throws -> InviteAddress) -> String? {
    (#expect(throws: CommandFailure.self) { try body() })?.description
  }
}
