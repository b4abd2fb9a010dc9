/// The text of a document in RTF (Word 2007 Rich Text Format Specification, version 1.9.1).
///
/// Text and what parts it is taken: paragraphs, lines, tabs, cells of tables, notes in square brackets
/// where they stand, and text boxes after the paragraph that they belong to. What was deleted or moved
/// away under track changes is passed over, as are styles, pictures, fields' instructions and all that is
/// marked as to be passed over by programs that do not know it.
struct RichText {
  static let depthMax = 1_000

  private struct Box {
    /// In the output.
    let start: Int
    /// Of the same paragraph; those inside it come after it.
    let boxesBefore: Int
  }

  private struct Group {
    var isSkipped = false
    /// What is skipped is a shape, which may have a text box in it.
    var isShape = false
    /// How many characters stand for one of Unicode in old programs, after it.
    var fallbacks = 1
    /// What the group is, and where it begins in the output.
    var note: Int?
    var box: Box?
    var isHidden = false
    var isDeleted = false
    var font: Int?
    var isFontTable = false

    var isShown: Bool { !isSkipped && !isHidden && !isDeleted }
  }

  /// Destinations that hold no text of the document.
  private static let skipped: Set = [
    "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "header", "footer",
    "headerl", "headerr", "headerf", "footerl", "footerr", "footerf", "listtable",
    "listoverridetable", "revtbl", "rsidtbl", "generator", "xmlnstbl", "themedata", "datastore",
    "latentstyles", "colorschememapping", "bkmkstart", "bkmkend", "annotation", "atnid",
    "atnauthor", "filetbl", "private", "shpinst", "nonshppict", "pntext", "pntxta", "pntxtb",
    "listtext", "mmathPr", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "template", "xe", "tc",
  ]

  /// Destinations that are read although they are marked as to be passed over by who does not know them.
  private static let known: Set = ["footnote", "shpinst"]

  private static let characters: [String: Unicode.Scalar] = [
    "line": "\n", "column": "\n", "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘",
    "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": "\u{2003}", "enspace": "\u{2002}",
    "zwj": "\u{200D}", "zwnj": "\u{200C}", "ltrmark": "\u{200E}", "rtlmark": "\u{200F}",
  ]

  private let bytes: [UInt8]
  private var index = 0
  private var groups = [Group()]
  private var output: [Unicode.Scalar] = []
  private var boxes: [[Unicode.Scalar]] = []
  private var fonts = RichTextFonts()
  /// Characters still to be passed over after one of Unicode.
  private var pendingFallbacks = 0
  private var leadSurrogate: UInt16?
  private var hasCell = false

  private(set) var text = ""
  /// Characters in a code page that is not known, each of which is U+FFFD in the text.
  private(set) var unknownCharacters = 0

  /// - Throws: ``ConverterFault``
  init(_ bytes: [UInt8]) throws(ConverterFault) {
    guard bytes.starts(with: Array(#"{\rtf"#.utf8)) else { throw .notRTF }
    self.bytes = bytes
    while index < bytes.count {
      try step()
      // What follows the end of the document is none of it.
      if groups.count == 1, bytes[index - 1] == UInt8(ascii: "}") { break }
    }
    putBoxes()
    var view = String.UnicodeScalarView()
    view.append(contentsOf: output)
    text = String(view)
  }

  /// A paragraph ends with an empty line; several of those are one.
  private mutating func paragraph() {
    guard groups[groups.count - 1].isShown else { return }
    endParagraph()
    if !groups.contains(where: { $0.box != nil }) { putBoxes() }
  }

  private mutating func endParagraph() {
    if let last = output.last, last != "\n" { output.append("\n") }
    if output.suffix(2).count == 2, output.suffix(2).first != "\n" { output.append("\n") }
  }

  private mutating func putBoxes() {
    for box in boxes {
      endParagraph()
      output += box
      endParagraph()
    }
    boxes = []
  }

  private mutating func step() throws(ConverterFault) {
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "{"):
      guard groups.count < Self.depthMax else { throw .deepRTF }
      var group = groups[groups.count - 1]
      group.note = nil
      group.box = nil
      groups.append(group)
      pendingFallbacks = 0
    case UInt8(ascii: "}"):
      pendingFallbacks = 0
      guard groups.count > 1 else { return }
      close(groups.removeLast())
    case UInt8(ascii: "\\"): control()
    case 0x0A, 0x0D, 0: return
    default: character(byte)
    }
  }

  private mutating func close(_ group: Group) {
    if let start = group.note {
      let words = cut(from: start)
      if !words.isEmpty { output += [" ", "["] + words + ["]"] }
    }
    if let box = group.box {
      let words = cut(from: box.start)
      if !words.isEmpty { boxes.insert(words, at: box.boxesBefore) }
    }
  }

  /// Takes the end of the output off, without white space around it.
  private mutating func cut(from start: Int) -> [Unicode.Scalar] {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    var words = output[start...].drop(while: isSpace)
    while let last = words.last, isSpace(last) { words.removeLast() }
    output.removeSubrange(start...)
    return Array(words)
  }

  // MARK: - Control words

  private mutating func control() {
    guard index < bytes.count else { return }
    let byte = bytes[index]
    guard isLetter(byte) else {
      index += 1
      return symbol(byte)
    }
    let word = word(at: index)
    index += word.utf8.count
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

  private func word(at start: Int) -> String {
    var end = start
    while end < bytes.count, isLetter(bytes[end]), end - start < 32 { end += 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private mutating func symbol(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "'"):
      guard index + 1 < bytes.count, let high = digit(bytes[index]),
        let low = digit(bytes[index + 1])
      else { return }
      index += 2
      character(high << 4 | low)
    case UInt8(ascii: "*"):
      let isKnown =
        index < bytes.count && bytes[index] == UInt8(ascii: "\\")
        && Self.known.contains(word(at: index + 1))
      if !isKnown { skip() }
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
    case "v": groups[top].isHidden = value != 0
    // "Moved from" is what stands elsewhere as "moved to".
    case "deleted", "mvf": groups[top].isDeleted = value != 0
    case "plain":
      groups[top].isHidden = false
      groups[top].isDeleted = false
      groups[top].font = nil
    case "footnote":
      // Passed over whole where it is deleted, since what is in it may say `\plain`. No group is two things.
      guard groups[top].isShown, groups[top].note == nil, groups[top].box == nil else {
        return skip()
      }
      if hasCell { output.append("\t") }
      hasCell = false
      groups[top].note = output.count
    case "shpinst":
      groups[top].isShape = groups[top].isShape || !groups[top].isSkipped
      groups[top].isSkipped = true
    case "shptxt":
      guard groups[top].isShape else { return }
      groups[top].isShape = false
      guard !groups[top].isHidden, !groups[top].isDeleted, groups[top].note == nil else { return }
      groups[top].isSkipped = false
      groups[top].box = Box(start: output.count, boxesBefore: boxes.count)
    case "f":
      groups[top].font = value
      if groups[top].isFontTable { fonts.describe(value) }
    case "fonttbl":
      groups[top].isFontTable = true
      skip()
    case "par", "sect", "page": paragraph()
    case "cell", "nestcell": hasCell = true
    case "row", "nestrow":
      hasCell = false
      put("\n")
    default:
      if fonts.take(word, value) { return }
      if Self.skipped.contains(word) {
        skip()
      } else if let scalar = Self.characters[word] {
        put(scalar)
      }
    }
  }

  private mutating func skip() {
    groups[groups.count - 1].isSkipped = true
    groups[groups.count - 1].isShape = false
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
    let group = groups[groups.count - 1]
    guard group.isShown else { return }
    if let scalar = fonts.scalar(byte, inFont: group.font) {
      put(scalar)
    } else {
      unknownCharacters += 1
      put("\u{FFFD}")
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    guard groups[groups.count - 1].isShown else { return }
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
