import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens connections to the server.
struct Dialer: Sendable {
  let group: MultiThreadedEventLoopGroup
  let host: String
  let port: Int
  let tls: NIOSSLContext?

  /// Connects and speaks HTTP; what comes is told to the link.
  ///
  /// - Precondition: called on the event loop on which everything happens.
  func connect(_ link: HubLink) -> EventLoopFuture<Void> {
    let loop = group.next()
    let bound = NIOLoopBound(link, eventLoop: loop)
    let tls = tls
    return ClientBootstrap(group: loop)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .connectTimeout(.seconds(20))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls {
            try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: nil))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(bound.value)
        }
      }
      .connect(host: host, port: port).map { _ in }
  }
}

/// One connection, on which one request is asked at a time.
final class HubLink: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  enum Event {
    case answer(status: UInt, isCompressed: Bool, body: [UInt8])
    case lost(cause: String)
  }

  private let host: String
  private let report: (Event) -> Void
  private var context: ChannelHandlerContext?
  private var status: UInt = 0
  private var isCompressed = false
  private var body = [UInt8]()
  private var isLost = false

  init(host: String, report: @escaping (Event) -> Void) {
    self.host = host
    self.report = report
  }

  func ask(_ path: String, token: String?, _ body: [UInt8]?) {
    guard let context else { return lose("not connected") }
    var headers: HTTPHeaders = ["host": host, "accept-encoding": "zstd"]
    if let token { headers.add(name: "authorization", value: "Bearer \(token)") }
    if let body {
      headers.add(name: "content-type", value: "application/protobuf")
      headers.add(name: "content-encoding", value: "zstd")
      headers.add(name: "content-length", value: String(body.count))
    } else {
      headers.add(name: "content-length", value: "0")
    }
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if let body {
      context.write(
        wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func close() {
    isLost = true
    context?.close(promise: nil)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      status = head.status.code
      isCompressed = head.headers.first(name: "content-encoding") == "zstd"
      body.removeAll(keepingCapacity: true)
    case .body(let buffer): body += buffer.readableBytesView
    case .end: report(.answer(status: status, isCompressed: isCompressed, body: body))
    }
  }

  func channelInactive(context: ChannelHandlerContext) { lose("closed") }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
    lose("\(error)")
  }

  private func lose(_ cause: String) {
    context = nil
    guard !isLost else { return }
    isLost = true
    report(.lost(cause: cause))
  }
}
