import CuadernoSchema
import CuadernoSync
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the message of a request and writes the answer, in the formats that both name.
struct MessageExchange {
  private let request: Request
  private let lease: BodyLease
  private let figures: ServerFigures

  /// A body is put together at its end: one array that grew with it would be there twice at each step.
  private static let partBytes = 256 << 10

  /// - Parameter gate: lends the memory for the body, which goes back with the exchange.
  init(_ request: Request, _ gate: RequestGate) {
    self.request = request
    lease = BodyLease(gate.budget)
    figures = gate.figures
  }

  // MARK: - The request

  func message<Message: WireMessage>(
    _ type: Message.Type, bytesMax: Int = .max
  ) async throws -> Message {
    guard let format = requestFormat else {
      throw Problem(
        .unsupportedMedia,
        """
        Content-Type must be \(WireFormat.protobuf.contentType) or \(WireFormat.json.contentType)
        """)
    }
    return try Message(
      decoding: try await body(limit: min(bytesMax, format.messageBytes)), format: format)
  }

  /// For what is asked by its route alone.
  func noMessage() async throws {
    let bytes = try await body(limit: WireLimits.messageBytes)
    guard bytes.isEmpty else {
      throw Problem(.badMessage, "this request has no message; leave the body empty")
    }
  }

  /// The body, decompressed; neither it nor what it decompresses to passes the limit.
  private func body(limit: Int) async throws -> [UInt8] {
    let isCompressed: Bool
    switch (request.headers[.contentEncoding] ?? "").lowercased() {
    case "", "identity": isCompressed = false
    case "zstd": isCompressed = true
    default:
      throw Problem(.unsupportedMedia, "Content-Encoding must be zstd, or left out")
    }
    let bytes = try await collect(limit: limit)
    guard isCompressed, !bytes.isEmpty else { return bytes }
    let content = try Compression.decompress(bytes, limit: limit)
    try take(content.count)
    return content
  }

  private func collect(limit: Int) async throws -> [UInt8] {
    // Refused before it is read where it says so itself.
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw WireError.messageTooLong(limit: limit)
    }
    var parts = [[UInt8]]()
    var count = 0
    do {
      for try await piece in request.body {
        count += piece.readableBytes
        guard count <= limit else { throw WireError.messageTooLong(limit: limit) }
        try take(piece.readableBytes)
        figures.add(received: piece.readableBytes)
        if parts.last.map({ $0.count >= Self.partBytes }) ?? true { parts.append([]) }
        // A piece keeps all that was read with it, so it is copied.
        parts[parts.count - 1].append(contentsOf: piece.readableBytesView)
      }
    } catch let error as WireError {
      throw error
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw ConnectionLost(cause: error)
    }
    return parts.count == 1 ? parts[0] : Array(parts.joined())
  }

  private func take(_ count: Int) throws {
    guard lease.take(count) else { throw Refusal.noMemory }
  }

  /// How the pages of this request are packed, on its part of the memory.
  var packing: ZstdPacking {
    ZstdPacking { [lease] count throws(Problem) in
      guard lease.take(count) else { throw Refusal.noMemory.problem }
    }
  }

  private var requestFormat: WireFormat? {
    request.headers[.contentType].flatMap { WireFormat(contentType: $0) }
  }

  // MARK: - The answer

  func response(to message: some WireMessage) -> Response {
    let format = acceptedFormat ?? requestFormat ?? .protobuf
    return response(
      .ok,
      WireBody(message, format, compresses: listsZstd(request.headers[.acceptEncoding])), format)
  }

  /// - Parameter isRouteKnown: whether the request can have been meant for a hub; else it is a
  ///   person who reads the answer.
  func response(to refusal: Refusal, isRouteKnown: Bool) -> Response {
    let format = acceptedFormat ?? requestFormat ?? (isRouteKnown && hasNoBody ? .protobuf : .json)
    var response = response(
      refusal.status, WireBody(refusal.problem, format, compresses: false), format)
    // Answers to a POST are kept by nobody unless they say so (RFC 9110, section 9.3.3); this one may be
    // to a GET.
    response.headers[.cacheControl] = "no-store"
    response.headers.append(contentsOf: refusal.headers)
    return response
  }

  private func response(
    _ status: HTTPResponse.Status, _ body: WireBody, _ format: WireFormat
  ) -> Response {
    var headers: HTTPFields = [.contentType: format.contentType]
    if body.isCompressed { headers[.contentEncoding] = "zstd" }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.bytes)))
  }

  /// What `Accept` asks for; nil when it leaves the choice to us.
  private var acceptedFormat: WireFormat? {
    for range in weighted(request.headers[.accept]) {
      if range.hasSuffix("/*") { return nil }
      if let format = WireFormat(contentType: range) { return format }
    }
    return nil
  }

  private var hasNoBody: Bool {
    request.headers[.contentType] == nil && request.headers[.transferEncoding] == nil
      && (request.headers[.contentLength].flatMap { Int($0) } ?? 0) == 0
  }
}

private func listsZstd(_ header: String?) -> Bool {
  weighted(header).contains { $0 == "zstd" || $0 == "*" }
}

/// The members of a list such as `Accept`, the most wanted first, without the unwanted (RFC 9110,
/// section 12.4.2).
private func weighted(_ header: String?) -> [String] {
  let members = (header ?? "").lowercased().split(separator: ",").map { member in
    let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
    let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) }
    return (name: parts.first ?? "", weight: weight ?? 1)
  }
  // Swift's sort keeps the order of equals.
  return members.filter { $0.weight > 0 }.sorted { $0.weight > $1.weight }.map(\.name)
}
