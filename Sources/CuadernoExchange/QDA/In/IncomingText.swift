import CuadernoNotebook

/// A text as a project has it, and where its positions are in the text as it is kept: in Unicode NFC
/// and with LF line ends.
struct IncomingText {
  let scalars: [Unicode.Scalar]
  /// As it is kept.
  let kept: String
  let controlCharacters: Int
  /// Whether a position in the one is the same position in the other.
  private let isKeptAsIs: Bool
  /// Where the text begins behind words that were put before it, which no position counts.
  private let start: Int

  /// - Parameter heading: to stand before the text.
  init(_ text: String, below heading: String = "") {
    start = heading.unicodeScalars.count
    let (text, count) = ControlCharacters.asSpaces(heading + text)
    controlCharacters = count
    scalars = Array(text.unicodeScalars)
    kept = TextEntry.normalised(text)
    isKeptAsIs = kept.utf8.elementsEqual(text.utf8)
  }

  // MARK: - Units

  /// The scalar at which each position lies, in the order given; nil for one outside the text or
  /// inside a scalar.
  func indices(of positions: [Int], _ unit: PositionUnit) -> [Int?] {
    if unit == .standard {
      return positions.map { (0...scalars.count - start).contains($0) ? $0 + start : nil }
    }
    var result = [Int?](repeating: nil, count: positions.count)
    let order = positions.indices.sorted { positions[$0] < positions[$1] }
    var next = order.startIndex
    var (position, index) = (0, start)
    while next < order.endIndex {
      let wanted = positions[order[next]]
      if wanted < position {
        next += 1
      } else if wanted == position {
        // Where CR and LF count as one, the place after them is meant and not the one between.
        result[order[next]] = isBetweenLineEnd(index, unit) ? index + 1 : index
        next += 1
      } else if index < scalars.count {
        position += unit.width(
          of: scalars[index], after: index > start ? scalars[index - 1] : nil)
        index += 1
      } else {
        break
      }
    }
    return result
  }

  private func isBetweenLineEnd(_ index: Int, _ unit: PositionUnit) -> Bool {
    unit.lineEnd == .one && index > 0 && index < scalars.count && scalars[index] == "\n"
      && scalars[index - 1] == "\r"
  }

  /// Whether a word goes on across a place.
  func isInsideWord(_ index: Int) -> Bool {
    index > 0 && index < scalars.count && scalars[index - 1].isInWord && scalars[index].isInWord
  }

  func words(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  // MARK: - As kept

  /// Where ranges lie in the text as it is kept. One that begins or ends inside a character, or
  /// between CR and LF, is made wider.
  ///
  /// - Parameter ranges: within the text.
  func kept(_ ranges: [Range<Int>]) -> [(range: Range<Int>, isMoved: Bool)] {
    guard !isKeptAsIs else { return ranges.map { ($0, false) } }
    let whole = ranges.map { range in
      characterStart(
        range.lowerBound)..<max(
          characterStart(range.lowerBound), characterEnd(range.upperBound))
    }
    let ends = Set(whole.flatMap { [$0.lowerBound, $0.upperBound] }).sorted()
    var kept = [Int: Int]()
    var (start, position) = (0, 0)
    for end in ends {
      position += TextEntry.normalised(words(start..<end)).unicodeScalars.count
      kept[end] = position
      start = end
    }
    return zip(ranges, whole).map { range, whole in
      ((kept[whole.lowerBound] ?? 0)..<(kept[whole.upperBound] ?? 0), range != whole)
    }
  }

  private func characterStart(_ index: Int) -> Int {
    var index = index
    while index > 0, index < scalars.count, continues(index) { index -= 1 }
    return index
  }

  private func characterEnd(_ index: Int) -> Int {
    var index = index
    while index > 0, index < scalars.count, continues(index) { index += 1 }
    return index
  }

  /// Whether a scalar may become one with what is before it: a mark, a vowel or final consonant of
  /// Hangul, or the LF of a CRLF.
  private func continues(_ index: Int) -> Bool {
    let scalar = scalars[index]
    switch scalar.value {
    case 0x0A: return scalars[index - 1] == "\r"
    case ..<0x300: return false
    case 0x1160...0x11FF: return true
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: return true
      default: return scalar.properties.canonicalCombiningClass != .notReordered
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isInWord: Bool {
    if isASCII {
      return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value & ~0x20)
    }
    return properties.isAlphabetic || properties.generalCategory == .nonspacingMark
  }
}
