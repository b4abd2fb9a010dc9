import CuadernoSync

/// An invite as it was pasted: the server's address, the secret, and optionally after a full stop the
/// fingerprint of the key that the server must prove to have, as one string.
struct InviteText: Equatable {
  enum Fault: Error, Equatable, CustomStringConvertible {
    case malformed
    case plainHTTP
    case unknownFingerprint

    var description: String {
      switch self {
      case .malformed:
        "that is no invite; paste it whole, such as https://hub.example:8787#9K3F-…"
      case .plainHTTP:
        "the invite's address is not https, so everything sent to it could be read on the way; ask "
          + "for an invite with an https address, or accept that with --plain-http"
      case .unknownFingerprint:
        "the invite names its server's key in a way that this cuaderno cannot read: it was not pasted "
          + "whole, or a newer server made it; paste it again, or update before joining"
      }
    }
  }

  /// Without a path and without a slash at the end.
  let url: String
  let secret: String

  /// Nil for a server that an authority vouches for, and for one without TLS.
  let fingerprint: KeyFingerprint?

  /// - Parameter allowsPlainHTTP: accept an address on another machine without TLS.
  init(_ text: String, allowsPlainHTTP: Bool = false) throws(Fault) {
    let parts = text.split(whereSeparator: \.isWhitespace).joined()
      .split(separator: "#", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty, let url = ServerAddress(parts[0]) else {
      throw .malformed
    }
    guard url.isSafe || allowsPlainHTTP else { throw .plainHTTP }
    let pieces = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    guard pieces.count <= 2, !pieces[0].isEmpty else { throw .malformed }
    self.url = url.text
    secret = String(pieces[0])
    guard pieces.count == 2 else {
      fingerprint = nil
      return
    }
    // Without TLS no server can prove anything.
    guard url.isEncrypted else { throw .malformed }
    guard let fingerprint = KeyFingerprint(typed: pieces[1]) else { throw .unknownFingerprint }
    self.fingerprint = fingerprint
  }
}

extension InviteText {
  /// The device that a new notebook begins as: made of the invite's secret, so that one whose answer got
  /// lost asks again as the same device, to which a server gives the token anew as long as it was not used.
  ///
  /// - Parameters:
  ///   - machine: what tells this laptop from others: to another one the invite is used.
  ///   - folder: the notebook's, by its path.
  func newDevice(on machine: String, in folder: String) -> DeviceID {
    let parts = ["cuaderno: device of a new notebook", secret, machine, folder]
    let digest = Digest(hashing: Array(parts.joined(separator: "\0").utf8))
    guard let id = DeviceID(bytes: digest.bytes.prefix(DeviceID.byteCount)) else {
      preconditionFailure("a digest is longer than an id")
    }
    return id
  }
}

/// The address of a server.
struct ServerAddress {
  let text: String
  let isEncrypted: Bool
  /// Whether what is sent there cannot be read on the way: TLS, or it never leaves this machine.
  let isSafe: Bool

  init?(_ url: some StringProtocol) {
    var text = String(url)
    while text.hasSuffix("/") { text.removeLast() }
    if text.hasPrefix("https://") {
      guard text.utf8.count > 8 else { return nil }
      (isEncrypted, isSafe) = (true, true)
    } else if text.hasPrefix("http://") {
      let host = text.dropFirst(7).prefix { $0 != "/" }
      guard !host.isEmpty else { return nil }
      (isEncrypted, isSafe) = (false, Self.isLoopback(host))
    } else {
      return nil
    }
    self.text = text
  }

  private static func isLoopback(_ authority: Substring) -> Bool {
    let host =
      authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return host == "localhost" || host == "[::1" || isLoopbackIPv4(host)
  }

  /// 127.0.0.0/8 (RFC 1122, section 3.2.1.3), written out, so that no name can look like it.
  private static func isLoopbackIPv4(_ host: Substring) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4 && parts[0] == 127 && parts.allSatisfy { $0 != nil }
  }
}
