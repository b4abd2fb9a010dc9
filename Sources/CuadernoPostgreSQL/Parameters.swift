import CPostgreSQL
import CuadernoLog

/// Values on their way to the server, each in PostgreSQL's binary form.
struct Parameters {
  /// All of them, one behind the other.
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>?] = []

  init(_ values: [Binding]) {
    for value in values { append(value) }
    // The bytes of an empty value need an address too.
    bytes.append(0)
  }

  private mutating func append(_ value: Binding) {
    let start = bytes.count
    switch value {
    case .null:
      ranges.append(nil)
      return
    case .integer(let number): append(UInt64(bitPattern: number))
    case .real(let number): append(number.bitPattern)
    case .text(let text): bytes += text.utf8
    case .utf8(let text): bytes += text
    case .blob(let blob): bytes += blob
    case .id(let id):
      append(UInt64(truncatingIfNeeded: id >> 64))
      append(UInt64(truncatingIfNeeded: id))
    }
    ranges.append(start..<bytes.count)
  }

  private mutating func append(_ word: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
    }
  }

  /// Hands them to one of libpq's functions.
  func send(
    _ body: (
      _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>,
      _ lengths: UnsafePointer<Int32>, _ formats: UnsafePointer<Int32>
    ) -> Int32
  ) -> Int32 {
    unsafe bytes.withUnsafeBytes { buffer in
      let start = unsafe buffer.bindMemory(to: CChar.self).baseAddress
      var values = unsafe ranges.map { range -> UnsafePointer<CChar>? in
        guard let range, let start = unsafe start else { return nil }
        return unsafe start + range.lowerBound
      }
      var lengths = ranges.map { Int32($0?.count ?? 0) }
      // 1 is the binary form.
      var formats = ranges.map { _ in Int32(1) }
      return unsafe body(Int32(ranges.count), &values, &lengths, &formats)
    }
  }
}
