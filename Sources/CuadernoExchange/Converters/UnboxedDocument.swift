/// A document with the words that pandoc passes over put where it reads them: those of text boxes after
/// the paragraph that they belong to, and the header rows of an ODT's tables with the others.
///
/// pandoc 2.17, which Debian 12 has, passes over both without a word. Versions that read them find them
/// once as well, since they are moved.
enum UnboxedDocument {
  /// Of one part; a text of ours has a hundredth of it.
  private static let partBytesMax = 64 << 20

  /// - Returns: a copy that is open to be read; nil when there is nothing to put elsewhere, or the file is
  ///   none to look into, which pandoc then says.
  /// - Throws: ``ConverterFault`` when there is no room for a copy: without one words would be lost.
  static func copy(
    of path: String, _ format: DocumentConverter.Format
  ) throws(ConverterFault) -> Int32? {
    guard let archive = try? ArchiveReading(path, isOurs: true) else { return nil }
    var parts = [Int: [UInt8]]()
    for entry in archive.entries where isText(entry.name, format) {
      guard let bytes = try? archive.bytes(of: entry, atMost: partBytesMax),
        let unboxed = UnboxedXML(bytes, format == .odt ? .openDocument : .word).bytes
      else { continue }
      parts[entry.index] = unboxed
    }
    guard !parts.isEmpty else { return nil }
    guard let copy = ArchiveCopy.open(path, replacing: parts) else { throw .cannotCopy }
    return copy
  }

  private static func isText(_ name: String, _ format: DocumentConverter.Format) -> Bool {
    guard format != .odt else { return name == "content.xml" }
    // Some programs number the document.
    let isPart = ["word/document", "word/footnotes", "word/endnotes"].contains {
      name.hasPrefix($0)
    }
    return isPart && name.hasSuffix(".xml")
  }
}

/// The XML of a part of a document, with its text boxes unboxed.
///
/// Tags are looked at and moved with their bytes; what is in them is read by the program that gets it.
struct UnboxedXML {
  struct Rules {
    /// What holds the paragraphs of a text box.
    let boxes: Set<String>
    let paragraphs: Set<String>
    /// What stands where a box lies outside all paragraphs.
    let drawings: Set<String>
    /// Words in these were deleted, or moved away, and stay where pandoc passes over them.
    let deleted: Set<String>
    /// What says again what stands before it.
    let repeated: Set<String>
    /// Tags to be left out, but not what is between them.
    let unwrapped: Set<String>

    static let word = Rules(
      boxes: ["txbxContent"], paragraphs: ["p"], drawings: [], deleted: ["del", "moveFrom"],
      repeated: ["Fallback"], unwrapped: [])

    static let openDocument = Rules(
      boxes: [
        "text-box", "custom-shape", "rect", "ellipse", "circle", "line", "polyline", "polygon",
        "regular-polygon", "path", "connector", "caption", "measure",
      ], paragraphs: ["p", "h"], drawings: ["frame", "g", "a"],
      deleted: ["tracked-changes", "deletion"], repeated: [], unwrapped: ["table-header-rows"])
  }

  private struct Element {
    let name: String
    var isBox = false
    /// The outermost that it is in or is itself, since the box that is open.
    var paragraph: Int?
    var drawing: Int?
    /// What is in it goes nowhere else: it was deleted, or is part of something that was.
    var isDeleted: Bool
    var isRepeated: Bool
    /// Of boxes in it, to be written after it.
    var boxes: [UInt8] = []
  }

  private static let depthMax = 5_000

  private let source: [UInt8]
  private let rules: Rules
  private var index = 0
  private var elements: [Element] = []
  /// What is written: the part, and in it each box that is open.
  private var outputs: [[UInt8]] = [[]]
  private var isChanged = false

  /// Nil when nothing stands elsewhere.
  private(set) var bytes: [UInt8]?

  init(_ source: [UInt8], _ rules: Rules) {
    self.source = source
    self.rules = rules
    guard read(), isChanged, elements.isEmpty, outputs.count == 1 else { return }
    bytes = outputs[0]
  }

  /// - Returns: false for what is not well-formed, or is more than a document needs.
  private mutating func read() -> Bool {
    while index < source.count {
      guard source[index] == UInt8(ascii: "<") else {
        let end = source[index...].firstIndex(of: UInt8(ascii: "<")) ?? source.count
        put(index..<end)
        index = end
        continue
      }
      let start = index
      if starts("<!--") {
        guard pass("-->") else { return false }
        put(start..<index)
      } else if starts("<![CDATA[") {
        guard pass("]]>") else { return false }
        put(start..<index)
      } else if starts("<?") {
        guard pass("?>") else { return false }
        put(start..<index)
      } else if starts("<!") {
        // A document type, which no document has and which may make words of its own.
        return false
      } else {
        guard passTag(), take(start..<index) else { return false }
      }
    }
    return true
  }

  private func starts(_ text: StaticString) -> Bool {
    unsafe source[index...].starts(
      with: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func pass(_ end: String) -> Bool {
    let end = Array(end.utf8)
    while index + end.count <= source.count {
      if source[index..<index + end.count].elementsEqual(end) {
        index += end.count
        return true
      }
      index += 1
    }
    return false
  }

  /// Past the end of a tag, whose attributes may hold its sign.
  private mutating func passTag() -> Bool {
    var quote: UInt8?
    while index < source.count {
      let byte = source[index]
      index += 1
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return true
      }
    }
    return false
  }

  // MARK: - Tags

  private mutating func take(_ tag: Range<Int>) -> Bool {
    let isEnd = source[tag.lowerBound + 1] == UInt8(ascii: "/")
    let isEmpty = source[tag.upperBound - 2] == UInt8(ascii: "/")
    let name = name(tag.lowerBound + (isEnd ? 2 : 1)..<tag.upperBound)
    if rules.unwrapped.contains(name) {
      isChanged = true
    } else if isEmpty, !isEnd {
      put(tag)
    } else if isEnd {
      return close(name, tag)
    } else {
      return open(name, tag)
    }
    return true
  }

  /// Without the prefix, whatever it is.
  private func name(_ range: Range<Int>) -> String {
    let end =
      source[range].firstIndex { $0 <= 0x20 || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
      ?? range.upperBound
    let whole = source[range.lowerBound..<end]
    let start = whole.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? whole.startIndex
    return String(decoding: whole[start...], as: UTF8.self)
  }

  private mutating func open(_ name: String, _ tag: Range<Int>) -> Bool {
    guard elements.count < Self.depthMax else { return false }
    put(tag)
    let above = elements.last
    var element = Element(
      name: name, isDeleted: above?.isDeleted ?? false || rules.deleted.contains(name),
      isRepeated: above?.isRepeated ?? false || rules.repeated.contains(name))
    if rules.boxes.contains(name), !element.isDeleted, host != nil {
      element.isBox = true
      outputs.append([])
    }
    if !element.isBox {
      let number = elements.count
      element.paragraph = above?.paragraph ?? (rules.paragraphs.contains(name) ? number : nil)
      element.drawing = above?.drawing ?? (rules.drawings.contains(name) ? number : nil)
    }
    elements.append(element)
    return true
  }

  private mutating func close(_ name: String, _ tag: Range<Int>) -> Bool {
    guard let element = elements.popLast(), element.name == name else { return false }
    if element.isBox {
      let words = outputs.removeLast()
      if words.contains(UInt8(ascii: "<")), let host {
        isChanged = true
        if !element.isRepeated { elements[host].boxes += words }
      } else {
        outputs[outputs.count - 1] += words
      }
    }
    put(tag)
    outputs[outputs.count - 1] += element.boxes
    return true
  }

  /// After which open element a box that is here is written: the outermost paragraph of the text, or of
  /// the box that it is in itself.
  private var host: Int? { elements.last?.paragraph ?? elements.last?.drawing }

  private mutating func put(_ range: Range<Int>) {
    outputs[outputs.count - 1] += source[range]
  }
}
