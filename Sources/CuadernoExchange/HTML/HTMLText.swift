/// Markup that is put together from our own words and other people's: the second never becomes the first.
///
/// A literal is markup; what is interpolated into it is escaped, unless it is markup itself. So a name
/// cannot end an element, open one, or leave its attribute (attributes are always in double quotes).
struct HTMLText: ExpressibleByStringInterpolation {
  private(set) var markup: String

  init(stringLiteral value: String) {
    markup = value
  }

  init(stringInterpolation: StringInterpolation) {
    markup = stringInterpolation.markup
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var markup = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      markup.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) {
      markup += literal
    }

    mutating func appendInterpolation(_ text: String) {
      markup += HTMLText.escaped(text)
    }

    mutating func appendInterpolation(_ number: Int) {
      markup += String(number)
    }

    /// With one digit after the point, which is enough for a drawing.
    mutating func appendInterpolation(_ number: Double) {
      let tenths = Int((number * 10).rounded())
      markup += tenths < 0 ? "-" : ""
      markup += "\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    mutating func appendInterpolation(_ html: HTMLText) {
      markup += html.markup
    }

    mutating func appendInterpolation(_ parts: [HTMLText]) {
      for part in parts { markup += part.markup }
    }
  }

  /// Controls are left out, and what turns the direction of the words after it.
  static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "\n", "\t": result.append(scalar)
      default:
        if !isLeftOut(scalar) { result.append(scalar) }
      }
    }
    return String(result)
  }

  /// What no report shows: controls, and what turns the direction of the words after it.
  static func isLeftOut(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
