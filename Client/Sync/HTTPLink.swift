import AsyncHTTPClient
import CuadernoSync
import NIOCore
import NIOSSL
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs a body with an HTTP client and shuts it down, whatever comes of it.
///
/// - Parameter fingerprint: of the key that the server must prove to have; without it a certificate
///   is verified by the authorities that this laptop trusts.
func withHTTPClient<Result>(
  pinning fingerprint: KeyFingerprint? = nil, _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
  let client = HTTPClient(
    eventLoopGroupProvider: .singleton, configuration: .forHub(pinning: fingerprint))
  do {
    let result = try await body(client)
    try await client.shutdown()
    return result
  } catch {
    try? await client.shutdown()
    throw error
  }
}

extension HTTPClient.Configuration {
  /// - Parameter patience: how long nothing may move on the line while something should.
  static func forHub(
    pinning fingerprint: KeyFingerprint?, patience: Duration = HTTPExchange.patience
  ) -> Self {
    var configuration = Self()
    // How long an answer is waited for counts from the last byte that was given away, whenever that
    // leaves: what may lie here till then is little, so that a long page takes its time on a slow line.
    configuration.timeout = .init(connect: .seconds(10), read: TimeAmount(patience))
    // A redirect would carry the token to an address that the invite does not name.
    configuration.redirectConfiguration = .disallow
    // One request at a time needs no more, and a pin is then checked in one place.
    configuration.httpVersion = .http1Only
    // The session repeats by itself what may be repeated.
    configuration.connectionPool.retryConnectionEstablishment = false
    // Less than the server waits, so that no question meets a connection that it is closing.
    configuration.connectionPool.idleTimeout = .seconds(20)
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv13
    // An answer is whole by its length, so nobody is waited for at the end.
    tls.shutdownTimeout = .seconds(1)
    // Despite its name it comes before the connection is given its first request, and the
    // connection gets none if it fails.
    configuration.http1_1ConnectionDebugInitializer = { $0.holdLittleUnsent() }
    if let fingerprint {
      let pin = PinnedKey(fingerprint)
      // Names, dates and authorities say nothing about a key that is known. Every server still has to
      // prove that it has the key of the certificate that it shows (RFC 8446, section 4.4.3).
      tls.certificateVerification = .none
      configuration.http1_1ConnectionDebugInitializer = { channel in
        pin.check(channel).flatMap { channel.holdLittleUnsent() }
      }
      configuration.http2ConnectionDebugInitializer = { pin.check($0) }
    }
    configuration.tlsConfiguration = tls
    return configuration
  }
}

extension Channel {
  /// Lets at most some 48 KiB wait for the line: here, and in the system's own buffer, which would take
  /// megabytes of what a village's line sends in minutes.
  fileprivate func holdLittleUnsent() -> EventLoopFuture<Void> {
    let waiting = ChannelOptions.Types.WriteBufferWaterMark(low: 8 << 10, high: 16 << 10)
    return setOption(.writeBufferWaterMark, value: waiting).flatMap {
      // tcp(7); where the system does not know it, a long page on a slow line may be sent twice.
      self.setOption(.tcpOption(.init(rawValue: TCP_NOTSENT_LOWAT)), value: 16 << 10)
        .flatMapErrorThrowing { _ in }
    }
  }
}

/// A long body in pieces, of which few are under way at once.
final class BodyPieces: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  static let pieceBytes = 16 << 10

  private struct State {
    var rest: ByteBuffer
    /// When the line had room for the last piece.
    var moved = ContinuousClock.now
    /// Whether the last one has been taken; how long an answer takes is the client's matter then.
    var isTaken = false
  }

  private let state: Mutex<State>
  private let loops: [any EventLoop]

  /// - Parameter loops: those of the client that sends it.
  init(_ bytes: [UInt8], loops: [any EventLoop]) {
    state = Mutex(State(rest: ByteBuffer(bytes: bytes)))
    self.loops = loops
  }

  /// Lets the bytes go: the client keeps the sequence for ever when an answer came before its end.
  func end() {
    state.withLock { $0.rest = ByteBuffer() }
  }

  /// Waits until the last piece has been taken; the client's own clocks stand still meanwhile.
  ///
  /// - Throws: `HTTPClientError.writeTimeout`, when the line has room for none of them for so long.
  func allTaken(patience: Duration) async throws {
    while let moved = state.withLock({ $0.isTaken ? nil : $0.moved }) {
      guard ContinuousClock.now - moved < patience else { throw HTTPClientError.writeTimeout }
      try await Task.sleep(until: moved + patience, clock: .continuous)
    }
  }

  /// To be gone through once.
  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let pieces: BodyPieces

    /// The client asks for the next piece before the connection has got the last one and can say that it
    /// has enough; so it is waited until the connection's loop has come to it.
    func next() async throws -> ByteBuffer? {
      for loop in pieces.loops { try await loop.submit {}.get() }
      return pieces.state.withLock { state in
        state.moved = .now
        let count = Swift.min(BodyPieces.pieceBytes, state.rest.readableBytes)
        state.isTaken = count == 0
        return count == 0 ? nil : state.rest.readBytes(length: count).map { ByteBuffer(bytes: $0) }
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

/// Compares the key that a server has proved to have with the one that the invite named.
private struct PinnedKey {
  private let fingerprint: KeyFingerprint

  init(_ fingerprint: KeyFingerprint) {
    self.fingerprint = fingerprint
  }

  /// Closes the connection and fails when the key is another one, or there is no TLS at all.
  func check(_ channel: any Channel) -> EventLoopFuture<Void> {
    let fingerprint = fingerprint
    return channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
      guard let key = try? certificate?.extractPublicKey().toSPKIBytes(),
        KeyFingerprint(ofPublicKey: key) == fingerprint
      else { throw ServerFault.otherKey }
    }.flatMapErrorThrowing { error in
      // Without TLS there is nothing to ask for a certificate.
      let fault = error is ServerFault || !channel.isActive ? error : ServerFault.noTLS
      channel.close(promise: nil)
      throw fault
    }
  }
}

/// Why a server at the hub's address was not spoken to.
enum ServerFault: Error, Equatable {
  /// Its key is not the one that the invite named.
  case otherKey
  /// No authority that this laptop trusts vouches for it.
  case noAuthority
  /// It speaks no TLS, or none that is safe.
  case noTLS
}

extension ServerFault {
  /// What the TLS library says when a server was refused; nil when the link was only lost.
  init?(_ error: any Error) {
    switch error {
    case let fault as ServerFault:
      self = fault
    case NIOSSLError.handshakeFailed(.sslError(let stack))
    where !stack.contains(.eofDuringHandshake):
      // The library has no numbers for these, only words.
      let words = stack.map(\.description).joined()
      if words.contains("CERTIFICATE_VERIFY_FAILED") {
        self = .noAuthority
      } else if words.contains("BAD_SIGNATURE") {
        self = .otherKey
      } else {
        self = .noTLS
      }
    case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
      self = .noAuthority
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      self = .noAuthority
    default:
      return nil
    }
  }
}

extension ServerFault: CustomStringConvertible {
  var description: String {
    switch self {
    case .otherKey:
      "the server at that address has another key than the one the invite names, so it is not the "
        + "study's server, or that was set up anew; nothing was sent to it; ask whoever runs the "
        + "server, and join with a new invite if its key has changed"
    case .noAuthority:
      "the server at that address cannot prove that it is the study's: its certificate is of no "
        + "authority that this laptop trusts, for another name or out of date, and the invite names no "
        + "key; nothing was sent to it; check this laptop's date, or ask for a new invite and "
        + "paste it whole"
    case .noTLS:
      "the server at that address speaks no TLS 1.3, so nothing was sent to it; it may be another "
        + "program or a network's login page, or the server runs with plain HTTP; ask whoever runs it"
    }
  }
}
