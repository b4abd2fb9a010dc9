/// Two stretches of text cut into tokens, to be compared as sequences of them.
struct TokenizedPassage {
  private let oldText: [UInt8]
  private let newText: [UInt8]
  private let old: [Token]
  private let new: [Token]
  private let hunk: ByteHunk
  private(set) var steps = 0

  init(_ oldText: [UInt8], _ newText: [UInt8], _ hunk: ByteHunk, grain: Grain) {
    self.oldText = oldText
    self.newText = newText
    self.hunk = hunk
    old = grain.tokens(of: oldText, in: hunk.old)
    new = grain.tokens(of: newText, in: hunk.new)
  }

  /// Matches the telling tokens; what lies between two matches and differs is a hunk.
  mutating func hunks(effort: Effort) -> [ByteHunk] {
    let oldTelling = old.indices.filter { old[$0].isTelling }
    let newTelling = new.indices.filter { new[$0].isTelling }
    var numbers: [TokenBytes: Int] = [:]
    numbers.reserveCapacity(oldTelling.count)
    let matching = Matching(
      oldTelling.map { number(of: TokenBytes(oldText[old[$0].bytes]), in: &numbers) },
      newTelling.map { number(of: TokenBytes(newText[new[$0].bytes]), in: &numbers) },
      effort: effort, usesLandmarks: true)
    steps = matching.steps

    var hunks: [ByteHunk] = []
    var done = (old: 0, new: 0)
    for run in matching.runs {
      for index in 0..<run.count {
        let place = (old: oldTelling[run.old + index], new: newTelling[run.new + index])
        if let gap = gap(done.old..<place.old, done.new..<place.new) { hunks.append(gap) }
        done = (place.old + 1, place.new + 1)
      }
    }
    if let gap = gap(done.old..<old.count, done.new..<new.count) { hunks.append(gap) }
    return hunks
  }

  /// Numbers tokens by their bytes, in order of appearance and so alike on every device.
  private func number(
    of token: TokenBytes, in numbers: inout [TokenBytes: Int]
  ) -> Int {
    if let number = numbers[token] { return number }
    let number = numbers.count
    numbers[token] = number
    return number
  }

  private func gap(_ oldRange: Range<Int>, _ newRange: Range<Int>) -> ByteHunk? {
    var oldRange = oldRange
    var newRange = newRange
    while let first = oldRange.first, let other = newRange.first, areEqual(first, other) {
      oldRange = oldRange.dropFirst()
      newRange = newRange.dropFirst()
    }
    while let last = oldRange.last, let other = newRange.last, areEqual(last, other) {
      oldRange = oldRange.dropLast()
      newRange = newRange.dropLast()
    }
    guard !oldRange.isEmpty || !newRange.isEmpty else { return nil }
    return ByteHunk(
      old: bytes(of: oldRange, in: old, end: hunk.old.upperBound),
      new: bytes(of: newRange, in: new, end: hunk.new.upperBound))
  }

  private func areEqual(_ oldIndex: Int, _ newIndex: Int) -> Bool {
    oldText.matches(newText, mine: old[oldIndex].bytes, theirs: new[newIndex].bytes)
  }

  private func bytes(of range: Range<Int>, in tokens: [Token], end: Int) -> Range<Int> {
    let start = range.lowerBound < tokens.count ? tokens[range.lowerBound].bytes.lowerBound : end
    return start..<(range.isEmpty ? start : tokens[range.upperBound - 1].bytes.upperBound)
  }
}

/// The bytes of a token, hashed all at once: a slice hashes one element after the other.
private struct TokenBytes: Hashable {
  let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  func hash(into hasher: inout Hasher) {
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}
