@testable import CuadernoText

/// A text that remembers of each scalar where in the first text it was: what actually happened.
struct TrackedText {
  struct Element {
    var scalar: Unicode.Scalar
    var origin: Int?
  }

  private(set) var elements: [Element]

  /// The next of the private-use scalars, each of which is typed once and so is never mistaken.
  private var fresh: UInt32 = 0xF0000

  init(_ string: String) {
    elements = string.unicodeScalars.enumerated().map { Element(scalar: $1, origin: $0) }
  }

  var text: ScalarText { ScalarText(String(elements.map(\.scalar))) }

  mutating func replace(_ range: Range<Int>, with scalars: [Unicode.Scalar]) {
    elements.replaceSubrange(range, with: scalars.map { Element(scalar: $0, origin: nil) })
  }

  mutating func freshScalars(_ count: Int) -> [Unicode.Scalar] {
    (0..<count).compactMap { _ in
      fresh += 1
      return Unicode.Scalar(fresh)
    }
  }

  enum Fate: Equatable {
    case untouched(Range<Int>)
    case edited(kept: Int)
    case removed
  }

  /// What became of a range of the first text, each of whose scalars is known.
  func fate(of range: Range<Int>) -> Fate {
    let kept = elements.indices.filter { index in
      elements[index].origin.map(range.contains) ?? false
    }
    guard let first = kept.first, let last = kept.last else { return .removed }
    if kept.count == range.count, last - first + 1 == range.count {
      return .untouched(first..<last + 1)
    }
    return .edited(kept: kept.count)
  }
}
