/// How many steps the search for a smallest difference may take before it settles for a larger one.
///
/// Myers' algorithm takes time proportional to the length of the texts times the size of the
/// difference, which is quadratic on two unrelated texts: hours for two of 4 MiB. A step is a
/// comparison of two tokens, so the bound is the same on every machine, and so is the answer.
/// These numbers decide what a merge looks like: two devices that disagree on them can show the
/// same concurrent writes differently, though neither loses a word.
package struct Effort: Sendable {
  /// The steps for a whole grain of a text, beyond a few per token.
  package var total: Int

  /// The steps for one search, after which landmarks divide what is left.
  package var search: Int

  package init(total: Int, search: Int) {
    self.total = total
    self.search = search
  }

  /// Enough for some 2,000 replaced words between landmarks.
  ///
  /// Two unrelated texts of 4 MiB take about a second, an edit of a long interview about a
  /// thousandth of one (measured on two cores, optimised).
  package static let standard = Effort(total: 1 << 24, search: 1 << 22)
}
