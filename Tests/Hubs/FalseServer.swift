import Crypto
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Whatever may stand at a hub's address: it takes connections and writes down everything that it gets to
/// read, which is what has been decrypted where it speaks TLS.
final class FalseServer: Sendable {
  private let channel: any Channel
  private let record = Record()
  let port: Int

  /// Answers whatever it reads as a server does that cannot make anything of it.
  ///
  /// - Parameter configuration: nil for a server without TLS.
  init(_ configuration: TLSConfiguration?) async throws {
    let context = try configuration.map { try NIOSSLContext(configuration: $0) }
    let record = record
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.addHandler(Recorder(record))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  /// Takes no more connections.
  func close() async throws {
    try await channel.close()
  }

  /// Every byte that it has got to read.
  var received: [UInt8] { record.bytes.withLock { $0 } }

  /// How many clients have come.
  var connections: Int { record.connections.withLock { $0 } }

  private final class Record: Sendable {
    let bytes = Mutex<[UInt8]>([])
    let connections = Mutex(0)
  }

  private final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let record: Record

    init(_ record: Record) {
      self.record = record
    }

    func channelActive(context: ChannelHandlerContext) {
      record.connections.withLock { $0 += 1 }
      context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(buffer: unwrapInboundIn(data))
      record.bytes.withLock { $0 += bytes }
      let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
      context.writeAndFlush(NIOAny(answer), promise: nil)
      context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}

/// Signs as if it were the key of a certificate that somebody copied.
struct ForgedKey: NIOSSLCustomPrivateKey, Hashable {
  private let key: P256.Signing.PrivateKey

  init() {
    key = P256.Signing.PrivateKey()
  }

  var signatureAlgorithms: [SignatureAlgorithm] { [.ecdsaSecp256R1Sha256] }

  func sign(
    channel: any Channel, algorithm: SignatureAlgorithm, data: ByteBuffer
  ) -> EventLoopFuture<ByteBuffer> {
    channel.eventLoop.makeCompletedFuture {
      ByteBuffer(bytes: try key.signature(for: Array(buffer: data)).derRepresentation)
    }
  }

  func decrypt(channel: any Channel, data: ByteBuffer) -> EventLoopFuture<ByteBuffer> {
    channel.eventLoop.makeFailedFuture(Missing())
  }

  static func == (left: Self, right: Self) -> Bool {
    left.key.rawRepresentation == right.key.rawRepresentation
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(key.rawRepresentation)
  }
}
