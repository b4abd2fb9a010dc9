/// The search for many quotes in one text.
///
/// Reading a text of 4 MiB once for each of 10,000 quotes takes minutes, so past a bound its
/// suffixes are sorted once instead, and each quote is found by halving. Both ways give the same
/// answer.
enum QuoteSearch {
  /// Sorting a text takes as long as reading it some 60 times (measured at 4 MiB).
  private static let readingsMax = 64

  /// Below this, reading is soon over and sorting not worth its memory.
  private static let readBytesMax = 1 << 25

  /// Returns where each quote starts, in order, or nil for a quote in more places than the limit.
  static func offsets(of quotes: [[UInt8]], in text: [UInt8], limit: Int) -> [[Int]?] {
    let isCheaperToRead =
      quotes.count <= readingsMax || quotes.count <= readBytesMax / max(1, text.count)
    if isCheaperToRead || text.count >= SuffixOrder.textBytesMax {
      return quotes.map { offsetsByReading(of: $0, in: text, limit: limit) }
    }
    let order = SuffixOrder(of: text)
    return quotes.map { order.offsets(of: $0, limit: limit) }
  }

  static func offsetsByReading(of quote: [UInt8], in text: [UInt8], limit: Int) -> [Int]? {
    let offsets = text.offsets(of: quote, limit: limit + 1)
    return offsets.count > limit ? nil : offsets
  }
}
