/// The code pages of a document in RTF: that of the whole, and those of its fonts (the specification's
/// "Character Set" and "Font Table").
struct RichTextFonts {
  private enum Page {
    case known([UInt16])
    case unknown

    init(_ upperHalf: [UInt16]?) {
      self = upperHalf.map(Page.known) ?? .unknown
    }
  }

  private var document = Page(CodePage.upperHalf(of: .windows1252))
  private var isMacintosh = false
  private var pages: [Int: Page] = [:]
  private var firstFont: Int?
  /// The font that the table describes now.
  private var described: Int?

  /// The code pages of `\fcharset`, where they are of one byte a character.
  private static let charsets = [
    0: 1252, 161: 1253, 162: 1254, 186: 1257, 204: 1251, 238: 1250,
  ]

  /// Takes a control word that says something of code pages.
  ///
  /// - Returns: whether it does.
  mutating func take(_ word: String, _ value: Int?) -> Bool {
    switch word {
    case "ansi": return true
    case "mac":
      isMacintosh = true
      document = Page(CodePage.upperHalf(of: .macRoman))
    // The code pages of DOS, 437 and 850.
    case "pc", "pca": document = .unknown
    case "ansicpg": if !isMacintosh { document = Self.page(value) }
    case "deff": firstFont = value
    case "fcharset":
      guard let described, let value else { return true }
      pages[described] = page(ofCharset: value)
    case "cpg": if let described, value != 0 { pages[described] = Self.page(value) }
    default: return false
    }
    return true
  }

  /// Takes the font that follows in the table of fonts.
  mutating func describe(_ font: Int?) {
    described = font
  }

  private static func page(_ number: Int?) -> Page {
    switch number {
    case 10_000: Page(CodePage.upperHalf(of: .macRoman))
    // Taken for what nearly every document has.
    case nil, 0: Page(CodePage.upperHalf(of: .windows1252))
    case let number?: Page(CodePage.upperHalf(ofWindows: number))
    }
  }

  /// Nil for that of the document. Signs of the font Symbol are those of the document as well: what is
  /// not ASCII there comes as Unicode.
  private func page(ofCharset charset: Int) -> Page? {
    switch charset {
    case 1, 2: nil
    // Programs on a Macintosh wrote it of fonts that are in the document's code page.
    case 0 where isMacintosh: nil
    case 77: Page(CodePage.upperHalf(of: .macRoman))
    default: Self.charsets[charset].map { Page(CodePage.upperHalf(ofWindows: $0)) } ?? .unknown
    }
  }

  /// Nil when it is not known which character it is.
  func scalar(_ byte: UInt8, inFont font: Int?) -> Unicode.Scalar? {
    guard byte >= 0x80 else { return Unicode.Scalar(byte) }
    guard case .known(let upperHalf) = (font ?? firstFont).flatMap({ pages[$0] }) ?? document,
      let scalar = Unicode.Scalar(upperHalf[Int(byte) - 0x80]), scalar.value > 0
    else { return nil }
    return scalar
  }
}
