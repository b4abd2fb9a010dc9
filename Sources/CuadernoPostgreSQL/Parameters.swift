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

  /// Each column of many rows as an array of one dimension, as `array_send` writes it.
  init(_ columns: [RowStatement.Column], _ rows: [[Binding]]) {
    bytes.reserveCapacity(
      rows.reduce(20 * columns.count) { total, row in
        row.reduce(total) { $0 + 4 + $1.byteCount }
      })
    for (index, column) in columns.enumerated() {
      let start = bytes.count
      append(Int32(1))
      append(Int32(rows.contains { $0[index].isNull } ? 1 : 0))
      append(column.type.number)
      append(Int32(rows.count))
      append(Int32(1))
      for row in rows {
        guard !row[index].isNull else {
          append(Int32(-1))
          continue
        }
        let lengthAt = bytes.count
        append(Int32(0))
        appendBytes(of: row[index])
        let length = UInt32(bytes.count - lengthAt - 4)
        for byte in 0..<4 {
          bytes[lengthAt + byte] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * byte))
        }
      }
      ranges.append(start..<bytes.count)
    }
  }

  private mutating func append(_ value: Binding) {
    guard !value.isNull else { return ranges.append(nil) }
    let start = bytes.count
    appendBytes(of: value)
    ranges.append(start..<bytes.count)
  }

  private mutating func appendBytes(of value: Binding) {
    switch value {
    case .null: break
    case .integer(let number): append(number)
    case .real(let number): append(number.bitPattern)
    case .text(let text): bytes += text.utf8
    case .utf8(let text): bytes += text
    case .blob(let blob): bytes += blob
    case .id(let id): append(id)
    }
  }

  private mutating func append(_ number: some FixedWidthInteger & BitwiseCopyable) {
    unsafe withUnsafeBytes(of: number.bigEndian) { unsafe bytes.append(contentsOf: $0) }
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

extension Binding {
  fileprivate var isNull: Bool {
    guard case .null = self else { return false }
    return true
  }
}

extension RowStatement.ColumnType {
  /// The number that PostgreSQL has for it in every database (pg_type.dat).
  fileprivate var number: Int32 {
    switch self {
    case .integer: 20
    case .text: 25
    case .bytes: 17
    }
  }
}
