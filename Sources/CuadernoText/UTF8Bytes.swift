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

/// Reading well-formed UTF-8 by hand.
///
/// The bytes are always a `String`'s own and the offsets always lie between scalars, so nothing
/// here has to ask whether a scalar is whole.
extension [UInt8] {
  func scalarCount(in range: Range<Int>) -> Int {
    let bytes = span.extracting(range)
    var count = 0
    var offset = 0
    while let starts = bytes.scalarStarts(inEightAt: offset) {
      count += starts
      offset += 8
    }
    while offset < bytes.count {
      if !bytes[offset].continuesScalar { count += 1 }
      offset += 1
    }
    return count
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

extension Span<UInt8> {
  /// How many scalars begin in the eight bytes from an offset; nil when fewer are left.
  ///
  /// A byte continues a scalar when its highest bit is set and the next is not. Eight of them at once
  /// take as long as one.
  func scalarStarts(inEightAt offset: Int) -> Int? {
    guard let word = word(at: offset) else { return nil }
    let continuing = (word & ~(word << 1) & 0x8080_8080_8080_8080) >> 7
    return 8 - Int(truncatingIfNeeded: (continuing &* 0x0101_0101_0101_0101) >> 56)
  }

  /// Eight bytes, the first as the lowest; nil when fewer are left.
  package func word(at offset: Int) -> UInt64? {
    guard offset <= count - 8 else { return nil }
    return UInt64(
      littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// How many bytes are ASCII before the first that is not.
  var asciiPrefixCount: Int {
    var offset = 0
    while let word = word(at: offset), word & 0x8080_8080_8080_8080 == 0 { offset += 8 }
    while offset < count, self[offset] < 0x80 { offset += 1 }
    return offset
  }

  package func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var offset = 0
    while let word = word(at: offset) {
      guard word == other.word(at: offset) else { return false }
      offset += 8
    }
    while offset < count {
      guard self[offset] == other[offset] else { return false }
      offset += 1
    }
    return true
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
