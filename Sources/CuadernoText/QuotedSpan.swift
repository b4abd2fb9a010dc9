/// A stretch of a text, with enough of the text to find it again and to notice when it has changed.
///
/// The quote and its surroundings are those of the TextQuoteSelector in the W3C Web Annotation Data
/// Model (section 4.2.4), the positions those of its TextPositionSelector. The position says which
/// of several equal quotes is meant; the quote says whether the position still holds.
package struct QuotedSpan: Sendable {
  /// The most scalars of context kept on either side.
  ///
  /// The W3C model leaves the length open; 32 is five or six Spanish words, the length that
  /// existing annotation clients use.
  package static let contextScalars = 32

  package var start: Int
  package var end: Int
  package var quote: String
  package var prefix: String
  package var suffix: String

  package init(start: Int, end: Int, quote: String, prefix: String, suffix: String) {
    self.start = start
    self.end = end
    self.quote = quote
    self.prefix = prefix
    self.suffix = suffix
  }

  /// Quotes a range of a text; nil when the range is empty or not inside the text.
  package init?(_ range: Range<Int>, of text: ScalarText) {
    guard
      !range.isEmpty,
      let quote = text.substring(range),
      let prefix = text.substring(
        max(0, range.lowerBound - Self.contextScalars)..<range.lowerBound),
      let suffix = text.substring(
        range.upperBound..<min(text.scalarCount, range.upperBound + Self.contextScalars))
    else { return nil }
    self.init(
      start: range.lowerBound, end: range.upperBound, quote: quote, prefix: prefix, suffix: suffix)
  }

  /// Whether the quote stands in a text where the positions say.
  package func isBorneOut(by text: ScalarText) -> Bool {
    utf8Range(in: text) != nil
  }

  /// The UTF-8 range of the quote where the positions say it stands, or nil when it does not.
  ///
  /// A span comes out of the log as somebody wrote it, so nothing about it is taken for granted.
  func utf8Range(in text: ScalarText) -> Range<Int>? {
    guard
      start < end, let range = text.utf8Range(of: start..<end),
      text.utf8[range].elementsEqual(quote.utf8)
    else { return nil }
    return range
  }
}

extension QuotedSpan: Hashable {
  package static func == (left: QuotedSpan, right: QuotedSpan) -> Bool {
    left.start == right.start && left.end == right.end
      && left.quote.hasSameBytes(as: right.quote)
      && left.prefix.hasSameBytes(as: right.prefix)
      && left.suffix.hasSameBytes(as: right.suffix)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(start)
    hasher.combine(end)
  }
}
