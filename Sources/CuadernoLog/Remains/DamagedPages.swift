/// The bytes of a log's file, and of its WALs, that may be damaged.
///
/// Read as they lie there and not through SQLite, which gives up a page and all that it leads to for
/// one wrong byte in its head (sqlite.org/fileformat2.html). Nothing that is found is believed before
/// its hash says so, so the last bytes of a WAL count as much as a page that nothing leads to.
package struct DamagedPages: Sendable {
  /// What every log has; SQLite's default.
  static let pageBytes = 4_096

  /// The file's pages, and after them those of each WAL.
  package var bytes: [UInt8]

  private let fileBytes: Int

  /// For each WAL where the last page of each number lies in it.
  private var wals: [(range: Range<Int>, pages: [UInt32: Int])] = []

  package init(file: [UInt8], wals: [[UInt8]] = []) {
    bytes = file
    let torn = file.count % Self.pageBytes
    if torn > 0 { bytes += [UInt8](repeating: 0, count: Self.pageBytes - torn) }
    fileBytes = bytes.count
    for wal in wals { add(wal) }
  }

  private mutating func add(_ wal: [UInt8]) {
    let start = bytes.count
    var pages = [UInt32: Int]()
    // sqlite.org/fileformat2.html#walformat
    var frame = 32
    while frame + 24 + Self.pageBytes <= wal.count {
      let number = wal[frame..<frame + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      pages[number] = bytes.count
      bytes += wal[frame + 24..<frame + 24 + Self.pageBytes]
      frame += 24 + Self.pageBytes
    }
    wals.append((start..<bytes.count, pages))
  }

  /// No row of the table of changes takes less than 80 bytes.
  var rowsMax: Int { bytes.count / 80 + 1 }

  /// Where the pages lie that a row's overflow goes on in, as far as they can be followed.
  ///
  /// - Parameter start: where the number of the first stands.
  func overflow(from start: Int, count: Int) -> [Int] {
    var pages = [Int]()
    var pointer = start
    while pages.count < count, pointer + 4 <= bytes.count,
      let page = page(
        bytes[pointer..<pointer + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) },
        seenFrom: start),
      !pages.contains(page)
    {
      pages.append(page)
      pointer = page
    }
    return pages
  }

  private func page(_ number: UInt32, seenFrom place: Int) -> Int? {
    if let wal = wals.first(where: { $0.range.contains(place) }), let page = wal.pages[number] {
      return page
    }
    guard number > 0, Int(number) <= fileBytes / Self.pageBytes else { return nil }
    return (Int(number) - 1) * Self.pageBytes
  }

  /// Where bytes stand, in order.
  package func places(of pattern: [UInt8]) -> [Int] {
    guard let first = pattern.first, pattern.count <= bytes.count else { return [] }
    var places = [Int]()
    for start in 0...bytes.count - pattern.count
    where bytes[start] == first && bytes[start..<start + pattern.count].elementsEqual(pattern) {
      places.append(start)
    }
    return places
  }

  /// A number as SQLite writes it: seven bits a byte, the highest first, and all eight of a ninth.
  func number(at start: Int) -> (value: UInt64, end: Int)? {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard start + index < bytes.count else { return nil }
      let byte = bytes[start + index]
      if index == 8 { return (value << 8 | UInt64(byte), start + 9) }
      value = value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 { return (value, start + index + 1) }
    }
    return nil
  }
}
