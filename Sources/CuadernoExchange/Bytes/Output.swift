/// Takes the bytes of an export, piece by piece.
package typealias Sink = ([UInt8]) throws -> Void

/// Gathers what is written and hands it on in pieces, so that an export of any size takes little
/// memory.
struct Output {
  private static let pieceBytes = 1 << 16

  private var bytes: [UInt8] = []
  private let sink: Sink

  init(_ sink: @escaping Sink) {
    self.sink = sink
    bytes.reserveCapacity(Self.pieceBytes + Self.pieceBytes / 4)
  }

  mutating func append(_ body: (inout [UInt8]) -> Void) throws {
    body(&bytes)
    if bytes.count >= Self.pieceBytes { try flush() }
  }

  mutating func flush() throws {
    guard !bytes.isEmpty else { return }
    try sink(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
