/// Finds out what the positions of a project count: the unit in which its selections begin and end
/// between words, and hold the words that they are named by.
///
/// Two units are compared by those selections alone that they put in different places: people code
/// parts of words too, and such an end speaks against every unit alike.
struct UnitSearch {
  struct Selection {
    let start: Int
    let end: Int
    let name: String?
    let place: ExchangeError.Place
  }

  /// What the positions count, and which selections would lie elsewhere, with ends as good, in another
  /// unit.
  struct Result {
    let unit: PositionUnit
    var doubtful = 0
    var doubtfulPlaces: [ExchangeError.Place] = []
  }

  /// The selections on which two units differ.
  private struct Difference {
    var count = 0
    /// Of the one unit and of the other, on these alone.
    var faults = (0, 0)
    var places: [ExchangeError.Place] = []

    mutating func add(_ one: Int, _ other: Int, _ place: ExchangeError.Place) {
      count += 1
      faults.0 += one
      faults.1 += other
      if places.count < QDAImportReport.placesMax { places.append(place) }
    }
  }

  private static let units = PositionUnit.all
  private var differences = [Difference](
    repeating: Difference(), count: units.count * units.count)
  private var isAnySelection = false
  private let usual: PositionUnit?

  /// - Parameter origin: the program that the project says it is of.
  init(origin: String? = nil) {
    usual = origin.flatMap { PositionUnit(usualIn: $0) }
  }

  /// - Parameter selections: of one text, with the names that they have.
  mutating func look(at text: IncomingText, _ selections: [Selection]) {
    guard !selections.isEmpty else { return }
    isAnySelection = true
    let positions = selections.flatMap { [$0.start, $0.end] }
    let found = Self.units.map { text.indices(of: positions, $0) }
    var faults = [Int](repeating: 0, count: Self.units.count)
    for (number, selection) in selections.enumerated() {
      let (start, end) = (2 * number, 2 * number + 1)
      // Most selections lie in the same place whatever is counted.
      guard found.contains(where: { $0[start] != found[0][start] || $0[end] != found[0][end] })
      else { continue }
      for unit in Self.units.indices {
        faults[unit] = Self.faults(found[unit][start], found[unit][end], selection.name, text)
      }
      for one in Self.units.indices {
        for other in Self.units.indices where one < other {
          guard found[one][start] != found[other][start] || found[one][end] != found[other][end]
          else { continue }
          differences[one * Self.units.count + other].add(
            faults[one], faults[other], selection.place)
        }
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

  // MARK: - What was found

  /// The unit that the program is known to count, or else the standard's, unless another is clearly
  /// better; nil when there is no selection.
  var result: Result? {
    guard isAnySelection else { return nil }
    let first = usual ?? .standard
    let expected = Self.units.firstIndex(of: first) ?? 0
    var chosen = expected
    // The best of all, the likelier one first where two are equally good.
    for unit in Self.units.indices where isBetter(unit, chosen) { chosen = unit }
    if chosen != expected, !isClearlyBetter(chosen, expected) { chosen = expected }
    var result = Result(unit: Self.units[chosen])
    for unit in Self.units.indices where unit != chosen {
      let (faults, others, difference) = compared(chosen, unit)
      let isDoubtful = usual == nil || chosen != expected ? others <= faults : others < faults
      guard isDoubtful, difference.count > result.doubtful else { continue }
      result.doubtful = difference.count
      result.doubtfulPlaces = difference.places
    }
    return result
  }

  /// What a program is known to do outweighs a letter or two of a few selections.
  private func isClearlyBetter(_ unit: Int, _ other: Int) -> Bool {
    let (faults, others, _) = compared(unit, other)
    return faults * 2 + (usual == nil ? 0 : 2) <= others
  }

  private func isBetter(_ unit: Int, _ other: Int) -> Bool {
    guard unit != other else { return false }
    let (faults, others, _) = compared(unit, other)
    return faults < others
  }

  private func compared(_ one: Int, _ other: Int) -> (Int, Int, Difference) {
    let difference =
      differences[one < other ? one * Self.units.count + other : other * Self.units.count + one]
    return one < other
      ? (difference.faults.0, difference.faults.1, difference)
      : (difference.faults.1, difference.faults.0, difference)
  }
}

extension PositionUnit {
  /// What a program is known to count; nil for one that nothing is known of.
  ///
  /// NVivo for Windows 12 counts units of UTF-16, ATLAS.ti a CRLF as one, and the others count as the
  /// standard says.
  fileprivate init?(usualIn origin: String) {
    let name = origin.lowercased()
    if name.contains("nvivo") {
      self.init(counted: .utf16, lineEnd: .asWritten)
    } else if name.contains("atlas") {
      self.init(counted: .scalars, lineEnd: .one)
    } else if ["maxqda", "qualcoder"].contains(where: { name.contains($0) }) {
      self = .standard
    } else {
      return nil
    }
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
