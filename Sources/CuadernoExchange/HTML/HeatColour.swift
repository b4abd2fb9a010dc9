/// The grounds of a matrix: the darker the more often, in one blue, so that it prints in grey too.
enum HeatColour {
  /// Per cent of lightness, of a share from 0 to 1.
  static func lightness(_ share: Double) -> Double { 97 - 57 * share }

  /// Whether words on it have to be white.
  static func isDark(_ share: Double) -> Bool { share > 0.6 }

  /// The same as `hsl(205 60% …)` of CSS Color 4, section 7, as six hexadecimal digits.
  static func hexadecimal(_ share: Double) -> String {
    let (hue, saturation, light) = (205.0, 0.6, lightness(share) / 100)
    let reach = saturation * min(light, 1 - light)
    return [0.0, 8, 4].map { offset -> String in
      let step = (offset + hue / 30).truncatingRemainder(dividingBy: 12)
      let part = light - reach * max(-1, min(step - 3, 9 - step, 1))
      let digits = String(Int((part * 255).rounded()), radix: 16, uppercase: true)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
