extension ScalarText {
  /// Returns every place where a quote stands, in order, overlapping ones too.
  ///
  /// Bytes are compared, so a quote in another normal form is another quote. UTF-8 synchronises
  /// itself: a whole scalar never matches inside another, and every match lies between scalars.
  package func occurrences(of quote: String, limit: Int = .max) -> [Range<Int>] {
    let pattern = Array(quote.utf8)
    let offsets = utf8.offsets(of: pattern, limit: limit)
    let length = pattern.scalarCount(in: 0..<pattern.count)

    // One walk over the text serves all matches; asking the notes for each costs more when a
    // hostile quote matches everywhere.
    var places: [Range<Int>] = []
    places.reserveCapacity(offsets.count)
    var scalar = 0
    var walked = 0
    for offset in offsets {
      scalar += utf8.scalarCount(in: walked..<offset)
      walked = offset
      places.append(scalar..<scalar + length)
    }
    return places
  }
}

extension [UInt8] {
  /// Returns where a pattern starts, by Knuth, Morris & Pratt, "Fast Pattern Matching in Strings".
  ///
  /// The obvious search needs time proportional to the product of both lengths on a text of one
  /// repeated letter. This one reads each byte of the text at most twice, whatever the text is.
  func offsets(of pattern: [UInt8], limit: Int) -> [Int] {
    guard !pattern.isEmpty, pattern.count <= count, limit > 0 else { return [] }
    let borders = pattern.borders()
    var found: [Int] = []
    var matched = 0
    for offset in indices {
      let byte = self[offset]
      while matched > 0, pattern[matched] != byte { matched = borders[matched] }
      if pattern[matched] == byte { matched += 1 }
      guard matched == pattern.count else { continue }
      found.append(offset + 1 - matched)
      if found.count == limit { break }
      matched = borders[matched]
    }
    return found
  }

  /// For each length, the longest shorter start of these bytes that also ends there.
  private func borders() -> [Int] {
    var borders = [Int](repeating: 0, count: count + 1)
    var border = 0
    for length in 1..<Swift.max(count, 1) {
      while border > 0, self[length] != self[border] { border = borders[border] }
      if self[length] == self[border] { border += 1 }
      borders[length + 1] = border
    }
    return borders
  }
}
