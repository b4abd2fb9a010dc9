/// A message as the body of a request or an answer, compressed where that saves something.
package struct WireBody: Hashable, Sendable {
  package let bytes: [UInt8]
  /// Whether it is one zstd frame, as `Content-Encoding` says then.
  package let isCompressed: Bool

  /// Below this many bytes what compression saves is less than what its header costs.
  private static let compressedBytesMin = 256

  /// The body of what is asked by its route alone.
  package static let empty = WireBody(bytes: [], isCompressed: false)

  private init(bytes: [UInt8], isCompressed: Bool) {
    self.bytes = bytes
    self.isCompressed = isCompressed
  }

  /// - Parameter compresses: whether whoever reads it takes zstd.
  package init(_ message: some WireMessage, _ format: WireFormat, compresses: Bool = true) {
    let bytes = message.encode(format)
    // What is packed is a frame of its own; in JSON it is spelt in four letters for three bytes.
    let isWorth =
      compresses && bytes.count >= Self.compressedBytesMin
      && !(message.isPacked && format == .protobuf)
    self.init(
      bytes: isWorth ? Compression.compress(bytes) : bytes, isCompressed: isWorth)
  }
}
