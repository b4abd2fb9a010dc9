import CuadernoText

/// What positions in a text count, which programs do in their own ways.
package struct PositionUnit: Hashable, Sendable {
  package enum Counted: String, CaseIterable, Sendable {
    /// Unicode scalars, as REFI-QDA says.
    case scalars
    case utf16
    case bytes
  }

  package enum LineEnd: String, CaseIterable, Sendable {
    /// As many as stand in the file.
    case asWritten
    /// CR and LF together as one.
    case one
    /// Every line end as two, though the file has one: its text was changed on the way.
    case two
  }

  package var counted: Counted
  package var lineEnd: LineEnd

  package static let standard = PositionUnit(counted: .scalars, lineEnd: .asWritten)

  /// The likelier ones first.
  static let all: [PositionUnit] = LineEnd.allCases.flatMap { lineEnd in
    Counted.allCases.map { PositionUnit(counted: $0, lineEnd: lineEnd) }
  }

  /// How much a scalar counts after another one.
  func width(of scalar: Unicode.Scalar, after previous: Unicode.Scalar?) -> Int {
    if scalar == "\n", previous == "\r" { return lineEnd == .one ? 0 : 1 }
    if scalar == "\n", lineEnd == .two { return 2 }
    switch counted {
    case .scalars: return 1
    case .utf16: return scalar.value > 0xFFFF ? 2 : 1
    case .bytes: return Int(UTF8.width(scalar))
    }
  }
}

extension PositionUnit: CustomStringConvertible {
  package var description: String {
    let unit =
      switch counted {
      case .scalars: "characters"
      case .utf16: "units of UTF-16"
      case .bytes: "bytes of UTF-8"
      }
    return switch lineEnd {
    case .asWritten: unit
    case .one: unit + ", a line end as one"
    case .two: unit + ", a line end as two"
    }
  }
}

/// Positions in one of our own texts, told in another unit.
struct OutgoingPositions {
  /// The scalars that take two units of UTF-16.
  private let wide: [Int]

  init(_ text: ScalarText, _ counted: PositionUnit.Counted) {
    guard counted == .utf16 else {
      wide = []
      return
    }
    wide = Self.wideScalars(text)
  }

  /// Characters beyond the basic plane, which programs count differently.
  static func wideScalars(_ text: ScalarText) -> [Int] {
    guard text.utf8.contains(where: { $0 >= 0xF0 }) else { return [] }
    return text.string.unicodeScalars.enumerated().filter { $0.element.value > 0xFFFF }
      .map(\.offset)
  }

  func position(_ scalar: Int) -> Int {
    var (low, high) = (0, wide.count)
    while low < high {
      let middle = (low + high) / 2
      if wide[middle] < scalar { low = middle + 1 } else { high = middle }
    }
    return scalar + low
  }
}
