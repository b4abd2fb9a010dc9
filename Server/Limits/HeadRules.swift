import HTTPTypes
import NIOCore
import NIOHTTP1

/// Why a request's head is refused before anybody reads it.
struct HeadFault: Error {
  let words: String
}

/// Refuses what one reader of a request could take for another request than the next one does.
///
/// The parser refuses most of it by itself: two lengths, a length beside `Transfer-Encoding`, folded lines,
/// a CR or LF alone, a length or a chunk that is no number, versions before 1.0 and after 1.1. Here is what
/// it lets through. `WireShapeTests` names all of it.
final class HeadGate: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private var isOpen = true

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard isOpen else { return }
    if case .head(let head) = unwrapInboundIn(data), let words = Self.fault(in: head) {
      isOpen = false
      context.fireErrorCaught(HeadFault(words: words))
      return
    }
    context.fireChannelRead(data)
  }

  static func fault(in head: HTTPRequestHead) -> String? {
    // HTTP/1.0 has no Host, no chunks, and another meaning of silence.
    guard head.version == .http1_1 else { return "it is not HTTP/1.1" }
    let hosts = head.headers["host"]
    // RFC 9112, section 3.2.
    guard hosts.count == 1, hosts[0] != "" else { return "it does not have one Host" }
    // Of two spellings of an address a proxy may see one and the hub the other.
    guard head.uri.hasPrefix("/") else { return "its target does not begin with /" }
    // Whatever else is named, nobody here takes it off again.
    let encodings = head.headers["transfer-encoding"]
    guard encodings.isEmpty || (encodings.count == 1 && encodings[0].lowercased() == "chunked")
    else { return "its Transfer-Encoding is not chunked" }
    return nil
  }
}

extension HTTPRequest {
  /// Whether the client asks nothing more on this connection (RFC 9112, section 9.6).
  var isLast: Bool {
    (headerFields[.connection] ?? "").split(separator: ",").contains { option in
      option.filter { $0 != " " && $0 != "\t" }.lowercased() == "close"
    }
  }
}
