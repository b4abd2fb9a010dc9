import CuadernoSync

/// Rows on their way into tables, their texts in one piece of memory.
struct RowBatch: Sendable {
  enum Cell: Sendable {
    case null
    case integer(Int)
    case number(Double)
    /// Bytes of the batch, in UTF-8.
    case text(start: Int, count: Int)
  }

  struct Table: Sendable {
    let name: String
    let columns: Int
  }

  /// Those that rows are inserted into from here on, in the order in which rows count them.
  private(set) var tables: [Table] = []
  private(set) var rows: [(table: Int, cellsEnd: Int)] = []
  private(set) var cells: [Cell] = []
  private(set) var bytes: [UInt8] = []

  /// As much as a batch should hold: it is copied once, and stays in a core's cache until it is written.
  private static let bytesMax = 128 << 10
  private static let rowsMax = 2_048

  var isFull: Bool { bytes.count >= Self.bytesMax || rows.count >= Self.rowsMax }

  init() {
    bytes.reserveCapacity(Self.bytesMax + Self.bytesMax / 8)
    rows.reserveCapacity(256)
    cells.reserveCapacity(4_096)
  }

  mutating func open(_ table: Table) { tables.append(table) }

  /// Ends the row whose cells were added.
  mutating func endRow(of table: Int) { rows.append((table, cells.count)) }

  // MARK: - The cells of a row, in the order of its columns

  mutating func add(_ text: String?) {
    guard var text else { return addNull() }
    let start = bytes.count
    text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    cells.append(.text(start: start, count: bytes.count - start))
  }

  mutating func add(utf8: ArraySlice<UInt8>?) {
    guard let utf8 else { return addNull() }
    cells.append(.text(start: bytes.count, count: utf8.count))
    bytes.append(contentsOf: utf8)
  }

  /// As 32 hexadecimal digits.
  mutating func add(_ id: RecordID?) {
    guard let id else { return addNull() }
    cells.append(.text(start: bytes.count, count: 32))
    Hexadecimal.append(id, to: &bytes)
  }

  mutating func add(_ number: Int?) { cells.append(number.map(Cell.integer) ?? .null) }

  mutating func add(_ number: Double?) { cells.append(number.map(Cell.number) ?? .null) }

  /// A day as ISO 8601 has it.
  ///
  /// - Parameter day: year, month and day as one number.
  mutating func add(day: Int?) {
    guard let day else { return addNull() }
    let start = bytes.count
    var divisor = 10_000_000
    for place in 0..<10 {
      if place == 4 || place == 7 {
        bytes.append(UInt8(ascii: "-"))
      } else {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: day / divisor % 10))
        divisor /= 10
      }
    }
    cells.append(.text(start: start, count: bytes.count - start))
  }

  mutating func addNull() { cells.append(.null) }
}
