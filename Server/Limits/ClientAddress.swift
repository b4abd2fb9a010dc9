import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whom a connection comes from, as far as limits count it: an IPv4 address, or the /64 of an IPv6 one,
/// of which a household has 2^64.
struct ClientAddress: Hashable, Sendable {
  private let bytes: [UInt8]

  /// Nil for what is no IP address.
  init?(_ text: String) {
    var four = [UInt8](repeating: 0, count: 4)
    if unsafe inet_pton(AF_INET, text, &four) == 1 {
      bytes = four
      return
    }
    var sixteen = [UInt8](repeating: 0, count: 16)
    guard unsafe inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
    let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
    if sixteen.starts(with: mapped) {
      bytes = Array(sixteen.suffix(4))
    } else if sixteen.dropLast().allSatisfy({ $0 == 0 }) {
      // Itself: its /64 would be that of "no address".
      bytes = sixteen
    } else {
      bytes = Array(sixteen.prefix(8))
    }
  }

  /// Whether it is this machine (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
  var isLoopback: Bool {
    bytes.count == 4
      ? bytes[0] == 127
      : bytes.count == 16 && bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }
}

extension ClientAddress {
  /// Who asks; nil when nobody can be told apart from others.
  ///
  /// A connection of this machine is a reverse proxy's, and then the last address that it has put into
  /// `X-Forwarded-For` counts. Without one nothing is counted by address. Elsewhere the field is
  /// whatever somebody wrote, and is passed over.
  static func ofClient(peer: SocketAddress?, forwardedFor: String?) -> ClientAddress? {
    guard let peer = peer?.ipAddress.flatMap({ ClientAddress($0) }) else { return nil }
    guard peer.isLoopback else { return peer }
    guard let last = forwardedFor?.split(separator: ",").last else { return nil }
    return ClientAddress(String(last.filter { $0 != " " && $0 != "\t" }))
  }
}
