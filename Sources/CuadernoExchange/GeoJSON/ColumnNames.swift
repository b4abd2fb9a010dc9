import CuadernoSync
import Foundation

/// Names of columns made of the names of themes, which programs take without quotation marks: small
/// letters without accents, digits and underlines. ñ stays, since año is not ano.
///
/// They depend on the code book alone, and not on what was selected, so that two files of one study have
/// the same columns. Themes that would be called alike get the beginning of their id, each of them.
enum ColumnNames {
  private static let lengthMax = 48

  /// - Parameter reserved: what other columns are called.
  static func names(_ themes: [PlaceMap.Theme], besides reserved: Set<String>) -> [String] {
    let plain = themes.map { plainName($0.steps.last ?? "") }
    var uses = [String: Int]()
    for name in plain { uses[name, default: 0] += 1 }
    for name in reserved { uses[name, default: 0] += 1 }
    var taken = reserved
    return zip(themes, plain).map { theme, name in
      let id = theme.id.description
      let stem = name.isEmpty ? "theme" : name
      var candidate = uses[name] == 1 && !name.isEmpty ? name : "\(stem)_\(id.prefix(8))"
      if !taken.insert(candidate).inserted {
        candidate = "\(stem)_\(id)"
        taken.insert(candidate)
      }
      return candidate
    }
  }

  private static func plainName(_ name: String) -> String {
    var result = String.UnicodeScalarView()
    var isGap = false
    for scalar in name.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
      if scalar == "\u{303}", result.last == "n" {
        result.removeLast()
        result.append("ñ")
        continue
      }
      guard result.count < lengthMax else { break }
      let properties = scalar.properties
      if properties.isAlphabetic || properties.numericType == .decimal {
        if isGap, !result.isEmpty { result.append("_") }
        isGap = false
        result.append(scalar)
      } else if properties.generalCategory != .nonspacingMark {
        isGap = true
      }
    }
    return String(result)
  }
}
