import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// What a connection is made of: TLS where there is a certificate, the parser with its limits, and those
/// who keep it within bounds. Hummingbird handles what comes out.
struct HubChannel: HTTPChannelHandler {
  typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  let responder: Responder
  let limits: ServerLimits
  let places: ConnectionPlaces
  let figures: ServerFigures
  let answers: BodyBudget
  /// Nil for plain HTTP. Asked anew for every connection, so that a renewed certificate is shown at once.
  let tls: (@Sendable () -> NIOSSLContext)?

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      try addStages(to: channel)
      takePlace(channel)
      return try NIOAsyncChannel(
        wrappingChannelSynchronously: channel,
        configuration: .init(isOutboundHalfClosureEnabled: true))
    }
  }

  /// Everything between the socket and what Hummingbird reads.
  func addStages(to channel: any Channel) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls())) }
    var decoding = NIOHTTPDecoderLimitConfiguration()
    decoding.maxHeaderFieldCount = ServerLimits.headFields
    decoding.maxHeaderFieldSize = ServerLimits.headBytes
    decoding.maxHeaderListSize = ServerLimits.headBytes
    // Without the error answers of the library, which have no problem in them.
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false,
      withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
      withDecoderLimitConfiguration: decoding)
    try pipeline.addHandler(HeadGate())
    try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: tls != nil))
    try pipeline.addHandler(
      ConnectionGuard(
        limits, places: places, figures: figures, answers: answers, now: channel.eventLoop.now))
  }

  private func takePlace(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let address = channel.remoteAddress?.ipAddress.flatMap { ClientAddress($0) }
    let isAdmitted = places.admit(
      id, from: address?.isLoopback == true ? nil : address,
      at: channel.eventLoop.now.uptimeNanoseconds
    ) {
      channel.close(promise: nil)
    }
    guard isAdmitted else {
      figures.add(.noPlace)
      return channel.close(promise: nil)
    }
    let places = places
    channel.closeFuture.whenComplete { _ in places.leave(id) }
  }

  func handle(value: Value, logger: Logger) async {
    await handleHTTP(asyncChannel: value, logger: logger)
  }
}
