import CuadernoSchema
import CuadernoSync
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the message of a request and writes the answer, in the formats that both name.
struct MessageExchange {
  /// Below this size a compressed body is no smaller.
  private static let compressedBytesMin = 256

  private let request: Request
  let format: WireFormat

  /// The format of the answer: what `Accept` asks for, or else the request's own.
  let replyFormat: WireFormat

  init(_ request: Request) throws(Problem) {
    self.request = request
    guard let format = WireFormat(contentType: request.headers[.contentType] ?? "") else {
      throw Problem(
        .unsupportedMedia,
        "Content-Type must be \(WireFormat.protobuf.contentType) or \(WireFormat.json.contentType)")
    }
    self.format = format
    replyFormat = Self.accepted(request.headers[.accept]) ?? format
  }

  static func accepted(_ header: String?) -> WireFormat? {
    guard let header else { return nil }
    return header.split(separator: ",").lazy.compactMap { WireFormat(contentType: String($0)) }
      .first
  }

  func message<Message: WireMessage>(_ type: Message.Type = Message.self) async throws -> Message {
    do {
      return try Message(decoding: try await body(), format: format)
    } catch let error as WireError {
      throw Problem(error)
    }
  }

  /// The body, decompressed; neither it nor what it decompresses to passes the limit.
  func body() async throws -> [UInt8] {
    let limit = format.messageBytes
    let bytes = [UInt8](buffer: try await collected(limit))
    switch request.headers[.contentEncoding] {
    case nil, "identity"?: return bytes
    case "zstd"?:
      do {
        return try Compression.decompress(bytes, limit: limit)
      } catch {
        throw Problem(error)
      }
    default:
      throw Problem(.unsupportedMedia, "Content-Encoding must be zstd, or left out")
    }
  }

  private func collected(_ limit: Int) async throws -> ByteBuffer {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw Problem(WireError.messageTooLong(limit: limit))
    }
    do {
      return try await request.body.collect(upTo: limit)
    } catch is NIOTooManyBytesError {
      throw Problem(WireError.messageTooLong(limit: limit))
    }
  }

  func reply(_ message: some WireMessage) -> Response {
    Self.response(
      .ok, message.encode(replyFormat), replyFormat,
      compressed: Self.acceptsZstd(request.headers[.acceptEncoding]))
  }

  static func acceptsZstd(_ header: String?) -> Bool {
    guard let header else { return false }
    return header.split(separator: ",").contains { part in
      let words = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
      return words.first == "zstd" && !words.dropFirst().contains { $0 == "q=0" }
    }
  }

  static func response(
    _ status: HTTPResponse.Status, _ bytes: [UInt8], _ format: WireFormat, compressed: Bool = false
  ) -> Response {
    var headers: HTTPFields = [.contentType: format.contentType, .cacheControl: "no-store"]
    guard compressed, bytes.count >= compressedBytesMin else {
      return Response(
        status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
    headers[.contentEncoding] = "zstd"
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: Compression.compress(bytes))))
  }
}
