import CuadernoSync

/// The 128 bits of an id as digits, of which an export of a study has hundreds of thousands.
enum Hexadecimal {
  private static let lower = Array("0123456789abcdef".utf8)
  private static let upper = Array("0123456789ABCDEF".utf8)

  /// Hands on the 32 digits of an id, in lower case and without hyphens, as long as a body runs.
  static func withDigits<Result>(
    of id: RecordID, _ body: (UnsafeMutableBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
      var rest = id.rawValue
      for place in buffer.indices.reversed() {
        unsafe buffer.initializeElement(at: place, to: lower[Int(truncatingIfNeeded: rest & 15)])
        rest >>= 4
      }
      return unsafe try body(buffer)
    }
  }

  /// Writes the 36 characters of a GUID, in upper case.
  static func writeGUID(of id: RecordID, to output: UnsafeMutableBufferPointer<UInt8>) {
    var rest = id.rawValue
    for place in (0..<36).reversed() {
      if place == 8 || place == 13 || place == 18 || place == 23 {
        unsafe output[place] = UInt8(ascii: "-")
      } else {
        unsafe output[place] = upper[Int(truncatingIfNeeded: rest & 15)]
        rest >>= 4
      }
    }
  }
}
