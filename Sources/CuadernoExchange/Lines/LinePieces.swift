/// Gives the next bytes of a file, at most as many as asked for; none at its end.
package typealias Source = @Sendable (_ bytesMax: Int) throws -> [UInt8]

/// A file some whole lines at a time, so that one of any length takes little memory.
struct LinePieces {
  /// How much is read at once: some thirty interviews of 2 KB. A longer line comes in a piece of its own.
  private static let pieceBytes = 64 << 10

  private let source: Source
  /// The beginning of a line whose end has not been read yet.
  private var rest: [UInt8] = []
  private var isAtEnd = false

  init(_ source: @escaping Source) {
    self.source = source
  }

  /// The next lines, the last of them with its end or at the file's; nil after the last.
  mutating func next() throws -> [UInt8]? {
    // Where a line is long, what was looked through is not looked through again.
    var looked = 0
    while !isAtEnd {
      let read = try source(Self.pieceBytes)
      isAtEnd = read.isEmpty
      rest += read
      guard let last = rest[looked...].lastIndex(of: UInt8(ascii: "\n")) else {
        looked = rest.count
        continue
      }
      let piece = Array(rest[...last])
      rest.removeSubrange(...last)
      return piece
    }
    guard !rest.isEmpty else { return nil }
    defer { rest = [] }
    return rest
  }
}
