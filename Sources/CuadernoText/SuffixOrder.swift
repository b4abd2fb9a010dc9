/// The suffixes of a text in the order of their bytes, so that equal beginnings lie together.
struct SuffixOrder {
  /// The longest text whose offsets fit the order's numbers.
  static let textBytesMax = Int(Int32.max)

  private let text: [UInt8]
  private let order: [Int32]

  init(of text: [UInt8]) {
    self.text = text
    order = SuffixSorting.order(of: text.map(Int32.init), symbols: 256)
  }

  /// Returns where a pattern starts, in order, or nil when in more places than the limit.
  func offsets(of pattern: [UInt8], limit: Int) -> [Int]? {
    guard !pattern.isEmpty else { return [] }
    let first = order.partitioningIndex { compare(Int($0), with: pattern) >= 0 }
    let end = order.partitioningIndex { compare(Int($0), with: pattern) > 0 }
    if end - first > limit { return nil }
    return order[first..<end].map(Int.init).sorted()
  }

  /// Compares the start of a suffix with a pattern; 0 when the suffix begins with the pattern.
  private func compare(_ suffix: Int, with pattern: [UInt8]) -> Int {
    let common = text.commonPrefix(
      with: pattern, mine: suffix..<text.count, theirs: 0..<pattern.count)
    if common == pattern.count { return 0 }
    if suffix + common == text.count { return -1 }
    return text[suffix + common] < pattern[common] ? -1 : 1
  }
}

/// Sorting suffixes by induction: Nong, Zhang & Chan, "Two Efficient Algorithms for Linear Time
/// Suffix Array Construction" (2011).
///
/// A suffix is *rising* when it is smaller than the one after it. The rising suffixes that follow a
/// falling one, the *valleys*, are the few that have to be sorted; two sweeps then put every other
/// suffix into its place. Linear on every text, where sorting by comparison is quadratic on one of
/// repeated letters.
private struct SuffixSorting {
  private static let empty: Int32 = -1

  private let text: [Int32]
  private let isRising: [Bool]
  private var bucketStarts: [Int]

  static func order(of text: [Int32], symbols: Int) -> [Int32] {
    guard text.count > 1 else { return text.isEmpty ? [] : [0] }
    let sorting = SuffixSorting(text, symbols: symbols)
    let valleys = sorting.valleys()
    let roughOrder = sorting.induced(from: valleys)
    return sorting.induced(from: sorting.sorted(valleys, roughOrder))
  }

  private init(_ text: [Int32], symbols: Int) {
    self.text = text
    var isRising = [Bool](repeating: false, count: text.count)
    for place in stride(from: text.count - 2, through: 0, by: -1) {
      isRising[place] =
        text[place] == text[place + 1] ? isRising[place + 1] : text[place] < text[place + 1]
    }
    self.isRising = isRising
    bucketStarts = [Int](repeating: 0, count: symbols + 1)
    for symbol in text { bucketStarts[Int(symbol) + 1] += 1 }
    for symbol in 0..<symbols { bucketStarts[symbol + 1] += bucketStarts[symbol] }
  }

  private func isValley(_ place: Int) -> Bool {
    place > 0 && isRising[place] && !isRising[place - 1]
  }

  private func valleys() -> [Int32] {
    text.indices.lazy.filter(isValley).map(Int32.init)
  }

  /// Every suffix, given the valleys in the order they have among those of one first symbol.
  private func induced(from valleys: [Int32]) -> [Int32] {
    var order = [Int32](repeating: Self.empty, count: text.count)
    var ends = Array(bucketStarts.dropFirst())
    for valley in valleys.reversed() {
      place(valley, atEndOf: &ends, in: &order)
    }
    var starts = bucketStarts
    // The end of the text is smaller than any suffix, so the last one falls and comes first.
    place(Int32(text.count - 1), atStartOf: &starts, in: &order)
    for index in order.indices {
      let before = Int(order[index]) - 1
      if before >= 0, !isRising[before] { place(Int32(before), atStartOf: &starts, in: &order) }
    }
    ends = Array(bucketStarts.dropFirst())
    for index in order.indices.reversed() {
      let before = Int(order[index]) - 1
      if before >= 0, isRising[before] { place(Int32(before), atEndOf: &ends, in: &order) }
    }
    return order
  }

  private func place(_ suffix: Int32, atStartOf starts: inout [Int], in order: inout [Int32]) {
    let symbol = Int(text[Int(suffix)])
    order[starts[symbol]] = suffix
    starts[symbol] += 1
  }

  private func place(_ suffix: Int32, atEndOf ends: inout [Int], in order: inout [Int32]) {
    let symbol = Int(text[Int(suffix)])
    ends[symbol] -= 1
    order[ends[symbol]] = suffix
  }

  /// The valleys as suffixes in order, from an order that looks no further than the next valley.
  private func sorted(_ valleys: [Int32], _ roughOrder: [Int32]) -> [Int32] {
    guard valleys.count > 1 else { return valleys }
    var names = [Int32](repeating: Self.empty, count: text.count)
    var name: Int32 = -1
    var previous: Int?
    for suffix in roughOrder where isValley(Int(suffix)) {
      if previous.map({ !isSameUpToNextValley($0, Int(suffix)) }) ?? true { name += 1 }
      names[Int(suffix)] = name
      previous = Int(suffix)
    }
    let reduced = valleys.map { names[Int($0)] }
    return Self.order(of: reduced, symbols: Int(name) + 1).map { valleys[Int($0)] }
  }

  private func isSameUpToNextValley(_ one: Int, _ other: Int) -> Bool {
    var length = 0
    while one + length < text.count, other + length < text.count {
      let ends = length > 0 && isValley(one + length)
      if ends != (length > 0 && isValley(other + length)) { return false }
      if text[one + length] != text[other + length] { return false }
      if ends { return true }
      length += 1
    }
    return false
  }
}
