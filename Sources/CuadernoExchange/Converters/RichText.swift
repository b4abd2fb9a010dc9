/// The text of a document in RTF (Word 2007 Rich Text Format Specification, version 1.9.1).
///
/// Text and what parts it is taken: paragraphs, lines, tabs, cells of tables, and notes in square
/// brackets where they stand. Fonts, styles, pictures, fields' instructions and all that is marked as to
/// be passed over by programs that do not know it are passed over.
struct RichText {
  static let depthMax = 1_000

  private struct Group {
    var isSkipped = false
    /// How many characters stand for one of Unicode in old programs, after it.
    var fallbacks = 1
    var closes = ""
    var isHidden = false
  }

  /// Destinations that hold no text of the document.
  private static let skipped: Set = [
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "header", "footer",
    "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "listtable",
    "listoverridetable", "revtbl", "rsidtbl", "generator", "xmlnstbl", "themedata", "datastore",
    "latentstyles", "colorschememapping", "bkmkstart", "bkmkend", "annotation", "atnid",
    "atnauthor", "filetbl", "private", "shpinst", "nonshppict", "pntext", "pntxta", "pntxtb",
    "listtext", "mmathPr", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "template", "xe", "tc",
  ]

  private static let characters: [String: Unicode.Scalar] = [
    "line": "\n", "column": "\n", "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘",
    "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": "\u{2003}", "enspace": "\u{2002}",
    "zwj": "\u{200D}", "zwnj": "\u{200C}", "ltrmark": "\u{200E}", "rtlmark": "\u{200F}",
  ]

  private let bytes: [UInt8]
  private var index = 0
  private var groups = [Group()]
  private var output = String.UnicodeScalarView()
  private var page = CodePage.upperHalf(of: .windows1252) ?? []
  /// Characters still to be passed over after one of Unicode.
  private var pendingFallbacks = 0
  private var leadSurrogate: UInt16?
  private var hasCell = false

  private(set) var text = ""

  /// - Throws: ``ConverterFault``
  init(_ bytes: [UInt8]) throws(ConverterFault) {
    guard bytes.starts(with: Array(#"{\rtf"#.utf8)) else { throw .notRTF }
    self.bytes = bytes
    while index < bytes.count {
      try step()
      // What follows the end of the document is none of it.
      if groups.count == 1, bytes[index - 1] == UInt8(ascii: "}") { break }
    }
    text = String(output)
  }

  /// A paragraph ends with an empty line; several of those are one.
  private mutating func paragraph() {
    let isOpen = output.last.map { $0 != "\n" } ?? false
    if isOpen { put("\n") }
    if output.suffix(2).count == 2, output.suffix(2).first != "\n" { put("\n") }
  }

  private mutating func step() throws(ConverterFault) {
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "{"):
      guard groups.count < Self.depthMax else { throw .deepRTF }
      var group = groups[groups.count - 1]
      group.closes = ""
      groups.append(group)
      pendingFallbacks = 0
    case UInt8(ascii: "}"):
      pendingFallbacks = 0
      guard groups.count > 1 else { return }
      for scalar in groups.removeLast().closes.unicodeScalars { put(scalar) }
    case UInt8(ascii: "\\"): control()
    case 0x0A, 0x0D, 0: return
    default: character(byte)
    }
  }

  // MARK: - Control words

  private mutating func control() {
    guard index < bytes.count else { return }
    let byte = bytes[index]
    guard isLetter(byte) else {
      index += 1
      return symbol(byte)
    }
    let start = index
    while index < bytes.count, isLetter(bytes[index]), index - start < 32 { index += 1 }
    let word = String(decoding: bytes[start..<index], as: UTF8.self)
    var value: Int?
    let sign = index
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let first = index
    while index < bytes.count, (0x30...0x39).contains(bytes[index]), index - first < 10 {
      index += 1
    }
    if index > first {
      value = Int(String(decoding: bytes[sign..<index], as: UTF8.self))
    } else {
      index = sign
    }
    if index < bytes.count, bytes[index] == 0x20 { index += 1 }
    take(word, value)
  }

  private mutating func symbol(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "'"):
      guard index + 1 < bytes.count, let high = digit(bytes[index]),
        let low = digit(bytes[index + 1])
      else { return }
      index += 2
      character(high << 4 | low)
    case UInt8(ascii: "*"): groups[groups.count - 1].isSkipped = true
    case UInt8(ascii: "~"): put("\u{A0}")
    case UInt8(ascii: "_"): put("\u{2011}")
    case UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): character(byte)
    case 0x0A, 0x0D: put("\n")
    default: return
    }
  }

  private mutating func take(_ word: String, _ value: Int?) {
    let top = groups.count - 1
    switch word {
    case "u": unicode(value ?? 0)
    case "uc": groups[top].fallbacks = min(max(value ?? 1, 0), 32)
    case "bin":
      index = min(index + max(value ?? 0, 0), bytes.count)
    case "mac": page = CodePage.upperHalf(of: .macRoman) ?? page
    case "v": groups[top].isHidden = value != 0
    case "plain": groups[top].isHidden = false
    case "footnote":
      groups[top].closes = "]"
      put(" ")
      put("[")
    case "par", "sect", "page": paragraph()
    case "cell", "nestcell": hasCell = true
    case "row", "nestrow":
      hasCell = false
      put("\n")
    default:
      if Self.skipped.contains(word) {
        groups[top].isSkipped = true
      } else if let scalar = Self.characters[word] {
        put(scalar)
      }
    }
  }

  /// `\u` gives a number of 16 bits, with a sign (the specification's "Unicode RTF").
  private mutating func unicode(_ value: Int) {
    pendingFallbacks = groups[groups.count - 1].fallbacks
    guard let unit = UInt16(exactly: value < 0 ? value + 65_536 : value) else {
      if let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) { put(scalar) }
      return
    }
    if UTF16.isLeadSurrogate(unit) {
      leadSurrogate = unit
    } else if UTF16.isTrailSurrogate(unit) {
      if let lead = leadSurrogate { put(UTF16.decode(UTF16.EncodedScalar([lead, unit]))) }
      leadSurrogate = nil
    } else if let scalar = Unicode.Scalar(unit) {
      put(scalar)
    }
  }

  // MARK: - Characters

  private mutating func character(_ byte: UInt8) {
    if pendingFallbacks > 0 {
      pendingFallbacks -= 1
      return
    }
    if byte < 0x80 {
      put(Unicode.Scalar(byte))
    } else {
      put(Unicode.Scalar(page[Int(byte) - 0x80]).flatMap { $0.value > 0 ? $0 : nil } ?? "\u{FFFD}")
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let group = groups[groups.count - 1]
    guard !group.isSkipped, !group.isHidden else { return }
    if hasCell, scalar != "\n" {
      output.append("\t")
      hasCell = false
    }
    output.append(scalar)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & ~0x20)
  }

  private func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
  }
}
