/// Texts that are hard on anything that confuses bytes, scalars and characters.
enum SampleText {
  static let words = [
    "coca", "la", "de", "el", "año", "niña", "erradicación", "comunidad", "Tocache", "sí", "no",
    "alcalde", "ronda", "miedo", "señor", "k'anchay", "allpa", "ñan", "cafe\u{301}", "nin\u{303}a",
    "👩🏽‍🌾", "👨‍👩‍👧", "🇵🇪", "שלום", "مرحبا", "山", "2005", "—", "«paz»", "e\u{301}\u{323}", "\u{301}",
  ]

  static let spaces = [" ", " ", " ", " ", ", ", ". ", "\n", "\n\n", "\r\n", "\u{A0}", ""]

  static func random(words count: Int, using generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<count {
      text += words.randomElement(using: &generator) ?? ""
      text += spaces.randomElement(using: &generator) ?? ""
    }
    return text
  }

  /// The text after a few random edits, at any scalar, even between a letter and its accent.
  static func edited(_ text: String, edits: Int, using generator: inout SeededGenerator) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<edits {
      let start = generator.number(0..<scalars.count + 1)
      let end = min(scalars.count, start + generator.number(0..<12))
      let replacement =
        generator.chance(40)
        ? "" : random(words: generator.number(0..<4), using: &generator)
      scalars.replaceSubrange(start..<end, with: replacement.unicodeScalars)
    }
    return String(scalars)
  }

  /// Interviews of Tocache, made up, with the repetitions that speech has.
  static let interview = """
    E: ¿Cómo era la vida en la comunidad antes de la erradicación?
    R: Antes de la erradicación la vida era tranquila, señor. Tranquila, le digo. La coca era la \
    vida de la comunidad, y la comunidad era pobre pero tranquila.

    E: ¿Y después?
    R: Después vino el miedo. Vino el Estado, vino la ronda, vino el miedo. No, no, no: primero \
    vino la ronda y después el Estado. La ronda era de nosotros. El Estado no era de nosotros.
    R: Sí.

    E: ¿Cambiaron ustedes la coca por el café?
    R: Sí. Cambiamos la coca por el café, y el café por el cacao, y el cacao no daba. No daba nada.
    R: No daba para la escuela de la niña, no daba para el año, no daba para nada.

    E: ¿Confía usted en el Estado?
    R: No. No confío. ¿Quién va a confiar? Antes, antes de la erradicación, confiaba un poco.

    """
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    self = ""
    unicodeScalars.append(contentsOf: scalars)
  }

  var bytes: [UInt8] { Array(utf8) }
}
