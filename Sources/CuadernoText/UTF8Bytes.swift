extension UInt8 {
  var continuesScalar: Bool { self & 0b1100_0000 == 0b1000_0000 }

  /// The length of the scalar this byte leads, as its high bits say (RFC 3629, section 3).
  var scalarLength: Int {
    switch self {
    case ..<0xC0: 1
    case ..<0xE0: 2
    case ..<0xF0: 3
    default: 4
    }
  }
}

extension Span<UInt8> {
  /// How many scalars begin here.
  ///
  /// Eight bytes at a time, of which those count whose high bit is clear or whose next one is set (RFC 3629,
  /// section 3): a loop over bytes takes fifteen times as long.
  var scalarCount: Int {
    unsafe withUnsafeBytes { bytes in
      var (total, offset) = (0, 0)
      while offset + 8 <= bytes.count {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        total += ((~word >> 7 | word >> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
        offset += 8
      }
      while offset < bytes.count {
        total += unsafe bytes[offset].continuesScalar ? 0 : 1
        offset += 1
      }
      return total
    }
  }
}

/// Reading well-formed UTF-8 by hand.
///
/// The bytes are always a `String`'s own and the offsets always lie between scalars, so nothing
/// here has to ask whether a scalar is whole.
extension [UInt8] {
  func scalarCount(in range: Range<Int>) -> Int {
    span.extracting(range).scalarCount
  }

  func scalarValue(at offset: Int) -> UInt32 {
    let lead = self[offset]
    if lead < 0x80 { return UInt32(lead) }
    let length = lead.scalarLength
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for next in offset + 1..<offset + length {
      value = value << 6 | UInt32(self[next] & 0b0011_1111)
    }
    return value
  }

  /// The value of the scalar that ends at an offset.
  func scalarValue(before offset: Int) -> UInt32 {
    var start = offset - 1
    while self[start].continuesScalar { start -= 1 }
    return scalarValue(at: start)
  }

  func commonPrefix(with other: [UInt8], mine: Range<Int>, theirs: Range<Int>) -> Int {
    let most = Swift.min(mine.count, theirs.count)
    let start = mine.lowerBound
    let otherStart = theirs.lowerBound
    var count = 0
    while count < most, self[start + count] == other[otherStart + count] { count += 1 }
    return count
  }

  func commonSuffix(with other: [UInt8], mine: Range<Int>, theirs: Range<Int>) -> Int {
    let most = Swift.min(mine.count, theirs.count)
    let end = mine.upperBound - 1
    let otherEnd = theirs.upperBound - 1
    var count = 0
    while count < most, self[end - count] == other[otherEnd - count] { count += 1 }
    return count
  }

  func matches(_ other: [UInt8], mine: Range<Int>, theirs: Range<Int>) -> Bool {
    mine.count == theirs.count
      && commonPrefix(with: other, mine: mine, theirs: theirs) == mine.count
  }
}

extension Array {
  /// The first index whose element, and every later one, satisfies the condition.
  func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension String {
  func hasSameBytes(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }
}
