/// Finds out what the positions of a project count: the unit in which its selections begin and end
/// between words, and hold the words that they are named by.
struct UnitSearch {
  private var faults = [Int](repeating: 0, count: PositionUnit.all.count)
  private var isAnySelection = false

  /// - Parameter selections: of one text, with the names that they have.
  mutating func look(
    at text: IncomingText, _ selections: [(start: Int, end: Int, name: String?)]
  ) {
    guard !selections.isEmpty else { return }
    isAnySelection = true
    let positions = selections.flatMap { [$0.start, $0.end] }
    for (place, unit) in PositionUnit.all.enumerated() {
      let found = text.indices(of: positions, unit)
      for (number, selection) in selections.enumerated() {
        faults[place] += Self.faults(
          found[2 * number], found[2 * number + 1], selection.name, text)
      }
    }
  }

  /// A place outside the text speaks more against a unit than one inside a word, since people do
  /// code parts of words; a name that is not the words says most.
  private static func faults(
    _ start: Int?, _ end: Int?, _ name: String?, _ text: IncomingText
  ) -> Int {
    guard let start, let end, start <= end else { return 8 }
    var faults = (text.isInsideWord(start) ? 1 : 0) + (text.isInsideWord(end) ? 1 : 0)
    if let name, !text.begins(start..<end, as: name) { faults += 2 }
    return faults
  }

  /// The likeliest unit; the standard one unless another is clearly better.
  var unit: PositionUnit? {
    guard isAnySelection else { return nil }
    var best = 0
    for place in faults.indices where faults[place] < faults[best] { best = place }
    return faults[best] * 2 <= faults[0] ? PositionUnit.all[best] : .standard
  }
}

extension IncomingText {
  /// Whether words begin as a name does; a name of few letters or of a number says nothing.
  fileprivate func begins(_ range: Range<Int>, as name: String) -> Bool {
    let wanted = Self.letters(Array(name.unicodeScalars.prefix(40)))
    guard wanted.count >= 4 else { return true }
    let there = Self.letters(Array(scalars[range].prefix(60)))
    let count = min(wanted.count, there.count, 16)
    return count > 0 && wanted.prefix(count) == there.prefix(count)
  }

  /// Letters alone: programs change the white space, and put dots where they cut.
  private static func letters(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    scalars.filter { $0.properties.isAlphabetic }
  }
}
