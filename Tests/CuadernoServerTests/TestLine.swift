import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes

@testable import CuadernoServer

/// A connection without a socket and with a time of its own, up to what Hummingbird would read.
final class TestLine {
  let channel = EmbeddedChannel()
  let places: ConnectionPlaces
  let figures = ServerFigures()
  private var sent = ""

  init(_ limits: ServerLimits = ServerLimits()) throws {
    places = ConnectionPlaces(limits)
    channel.pipeline.fireChannelActive()
    try HubChannel(
      responder: { _, _, _ in }, limits: limits, places: places, figures: figures,
      answers: BodyBudget(bytes: limits.answerBytes), tls: nil
    ).addStages(to: channel)
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
  }

  func send(_ text: String) throws {
    // What a closed channel says of more input is no matter of these tests.
    _ = try? channel.writeInbound(ByteBuffer(string: text))
  }

  func wait(seconds: Int64) {
    channel.embeddedEventLoop.advanceTime(by: .seconds(seconds))
  }

  func wait(milliseconds: Int64) {
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(milliseconds))
  }

  /// What Hummingbird would have read since the last look.
  func passed() throws -> [HTTPRequestPart] {
    var parts = [HTTPRequestPart]()
    while let part = try channel.readInbound(as: HTTPRequestPart.self) { parts.append(part) }
    return parts
  }

  /// Everything that went out until now.
  func answers() throws -> String {
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
      sent += String(buffer: bytes)
    }
    return sent
  }

  func answer(_ body: String = "ja") throws {
    try channel.writeOutbound(
      HTTPResponsePart.head(
        .init(status: .ok, headerFields: [.contentLength: String(body.utf8.count)])))
    try channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: body)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
  }

  var isOpen: Bool { channel.isActive }
}
