/// The code pages of a document in RTF: that of the whole, and those of its fonts (the specification's
/// "Character Set" and "Font Table").
struct RichTextFonts {
  /// Of whose letters nothing is known.
  private static let unknown = [UInt16](repeating: 0, count: 128)

  /// Upper halves, of the document and of its fonts.
  private var document: [UInt16] = Self.page(1252)
  private var pages: [Int: [UInt16]] = [:]
  private var isMacintosh = false
  private var firstFont: Int?
  /// The font that the table describes now.
  private var described: Int?

  /// The code pages of `\fcharset`, where they are of one byte a character.
  private static let charsets = [
    0: 1252, 77: 10_000, 161: 1253, 162: 1254, 186: 1257, 204: 1251, 238: 1250,
  ]

  /// Takes a control word that says something of code pages.
  ///
  /// - Returns: whether it does.
  mutating func take(_ word: String, _ value: Int?) -> Bool {
    switch word {
    case "ansi": return true
    case "mac":
      isMacintosh = true
      document = Self.page(10_000)
    // The code pages of DOS, 437 and 850.
    case "pc", "pca": document = Self.unknown
    case "ansicpg": if !isMacintosh { document = Self.page(value ?? 0) }
    case "deff": firstFont = value
    case "fcharset":
      guard let described, let value else { return true }
      pages[described] = page(ofCharset: value)
    case "cpg": if let described, value != 0 { pages[described] = Self.page(value ?? 0) }
    default: return false
    }
    return true
  }

  /// Takes the font that follows in the table of fonts.
  mutating func describe(_ font: Int?) {
    described = font
  }

  /// - Parameter number: zero is taken for what nearly every document has.
  private static func page(_ number: Int) -> [UInt16] {
    CodePage.upperHalf(number == 0 ? 1252 : number) ?? unknown
  }

  /// Nil for that of the document. Signs of the font Symbol are those of the document as well: what is
  /// not ASCII there comes as Unicode.
  private func page(ofCharset charset: Int) -> [UInt16]? {
    switch charset {
    case 1, 2: nil
    // Programs on a Macintosh wrote it of fonts that are in the document's code page.
    case 0 where isMacintosh: nil
    default: Self.charsets[charset].map(Self.page) ?? Self.unknown
    }
  }

  /// Nil when it is not known which character it is.
  func scalar(_ byte: UInt8, inFont font: Int?) -> Unicode.Scalar? {
    guard byte >= 0x80 else { return Unicode.Scalar(byte) }
    let upperHalf = (font ?? firstFont).flatMap { pages[$0] } ?? document
    let value = upperHalf[Int(byte) - 0x80]
    return value == 0 ? nil : Unicode.Scalar(value)
  }
}
