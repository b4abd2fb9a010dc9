/// How much coders disagreed, and how much they would have by chance.
///
/// Every coefficient of agreement here is one minus the quotient of the two. They differ in what they
/// take chance to be.
package struct Disagreement: Hashable, Sendable {
  package var observed: Double
  package var expected: Double

  package init(observed: Double, expected: Double) {
    self.observed = observed
    self.expected = expected
  }

  /// 1 for perfect agreement, 0 for what chance would give, and below it for less; nil where nothing
  /// varied, so that nothing can be said.
  package var coefficient: Double? {
    expected > 0 ? 1 - observed / expected : nil
  }

  /// Over several themes at once: disagreements are added, not coefficients, so that a theme that hardly
  /// occurs does not weigh as much as one that is everywhere (pooled kappa: De Vries et al., Field
  /// Methods 20, 2008; for alpha: Krippendorff, Content Analysis, 4th ed. 2019, section 12.6).
  package static func + (left: Self, right: Self) -> Self {
    Self(observed: left.observed + right.observed, expected: left.expected + right.expected)
  }

  package static let none = Self(observed: 0, expected: 0)
}
