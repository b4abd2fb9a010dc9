/// HTML as a text to read: paragraphs with an empty line between them, entries of lists with a dash,
/// cells of a row with tabs, and white space as a browser shows it.
///
/// It knows where the characters of the HTML went, so that a position told in bytes of its text nodes,
/// as Taguette tells them, is found in the text.
struct MarkupText {
  /// A remark that somebody put beside a passage, as pandoc marks those of Word.
  struct Comment {
    let id: String
    let author: String
    let date: String
    var text = ""
    /// The words that it is about; nil when they are not marked.
    var span: Range<Int>?
    fileprivate var start: Int
  }

  private(set) var text: String
  private(set) var comments: [Comment] = []
  /// Where each character of the text nodes begins, in bytes of UTF-8, and where the last one ends.
  private let offsets: [Int32]
  /// Where each of them lies in the text; -1 for one that is not shown.
  private let places: [Int32]

  init(_ html: String) {
    var layout = MarkupLayout()
    var scanner = MarkupScanner(html)
    while let token = scanner.next() {
      switch token {
      case .open(let name, let attributes, let isClosed): layout.open(name, attributes, isClosed)
      case .close(let name): layout.close(name)
      case .character(let scalar): layout.take(scalar)
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: layout.output)
    text = String(view)
    comments = layout.comments.map { comment in
      var comment = comment
      comment.text = comment.text.trimmed
      return comment
    }
    offsets = layout.offsets + [Int32(clamping: layout.bytes)]
    places = layout.places
  }

  /// The bytes of all text nodes together.
  var byteCount: Int { Int(offsets[offsets.count - 1]) }

  enum Placing {
    /// Scalars of the text, and whether the range was made wider to hold whole characters.
    case found(Range<Int>, isMoved: Bool)
    /// Only white space, or what is not shown.
    case nothingShown
    case outside
  }

  func placing(ofBytes start: Int, _ end: Int) -> Placing {
    guard start >= 0, start < end, end <= byteCount else { return .outside }
    let first = index(atOrBefore: start)
    let last = index(atOrBefore: end - 1)
    let shown = places[first...last].filter { $0 >= 0 }
    guard let low = shown.min(), let high = shown.max() else { return .nothingShown }
    let isMoved = Int(offsets[first]) != start || Int(offsets[last + 1]) != end
    return .found(Int(low)..<Int(high) + 1, isMoved: isMoved)
  }

  private func index(atOrBefore offset: Int) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while low + 1 < high {
      let middle = (low + high) / 2
      if Int(offsets[middle]) <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// Lays the characters of HTML out one after the other.
private struct MarkupLayout {
  private(set) var output: [Unicode.Scalar] = []
  private(set) var offsets: [Int32] = []
  private(set) var places: [Int32] = []
  private(set) var bytes = 0
  private(set) var comments: [MarkupText.Comment] = []

  private struct Element {
    let name: String
    /// What is in it is not shown.
    let isHidden: Bool
    /// What is in it belongs to the comment opened last.
    let isComment: Bool
    /// Written where it ends.
    let tail: String
    /// The number of the next entry of an ordered list.
    var number: Int?
    /// Of a row, so far.
    var cells = 0
  }

  private var elements: [Element] = []
  private var hidden = 0
  private var inComment = 0
  private var preformatted = 0
  private var lists = 0
  private var entries = 0
  /// Line ends to be written before the next character.
  private var breaks = 0
  private var hasSpace = false
  private var isCellStart = false
  private var dropsLineFeed = false

  private static let depthMax = 200
  private static let void: Set = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
  ]
  private static let paragraphs: Set = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "dl", "table", "hr",
    "section", "article", "figure", "address", "caption", "figcaption", "aside", "nav", "form",
  ]
  private static let lines: Set = [
    "div", "li", "tr", "dt", "dd", "body", "header", "footer", "main", "thead", "tbody", "tfoot",
  ]

  // MARK: - Tags

  mutating func open(
    _ name: String, _ attributes: [(name: String, value: String)], _ isClosed: Bool
  ) {
    dropsLineFeed = name == "pre"
    separate(name)
    if name == "br" { breaks = min(breaks + 1, 2) }
    let classes = value("class", attributes).split(separator: " ").map(String.init)
    if classes.contains("comment-end") { endComment(value("id", attributes)) }
    guard !Self.void.contains(name), elements.count < Self.depthMax else { return }
    var element = Element(
      name: name,
      isHidden: ["script", "style", "head", "title", "template"].contains(name)
        || classes.contains("deletion") || classes.contains("footnote-back"),
      isComment: classes.contains("comment-start"),
      tail: classes.contains("footnote-ref") ? "]" : "")
    if name == "ol" { element.number = Int(value("start", attributes)) ?? 1 }
    if element.isComment {
      comments.append(
        MarkupText.Comment(
          id: value("id", attributes), author: value("data-author", attributes),
          date: value("data-date", attributes), start: output.count))
      inComment += 1
    }
    if element.isHidden { hidden += 1 }
    if name == "pre" { preformatted += 1 }
    if name == "ul" || name == "ol" { lists += 1 }
    if name == "li" {
      mark()
      entries += 1
    }
    if name == "td" || name == "th" { cell() }
    if classes.contains("footnote-ref") { put("[") }
    elements.append(element)
  }

  mutating func close(_ name: String) {
    dropsLineFeed = false
    guard let index = elements.lastIndex(where: { $0.name == name }) else { return separate(name) }
    while elements.count > index {
      let element = elements.removeLast()
      if element.isHidden { hidden -= 1 }
      if element.isComment { inComment -= 1 }
      switch element.name {
      case "pre": preformatted -= 1
      case "ul", "ol": lists -= 1
      case "li": entries -= 1
      default: break
      }
      for scalar in element.tail.unicodeScalars { put(scalar) }
    }
    if name == "td" || name == "th" {
      // What ends in a cell ends no line, and an empty cell leaves the row's own line end alone.
      if !isCellStart { breaks = 0 }
      isCellStart = false
      hasSpace = false
    }
    separate(name)
  }

  private func value(
    _ name: String, _ attributes: [(name: String, value: String)]
  ) -> String {
    attributes.first { $0.name == name }?.value ?? ""
  }

  private mutating func separate(_ name: String) {
    let wanted = Self.paragraphs.contains(name) ? 2 : Self.lines.contains(name) ? 1 : 0
    guard wanted > 0 else { return }
    if inComment > 0, let last = comments.indices.last, !comments[last].text.isEmpty {
      comments[last].text += "\n"
    }
    guard !isCellStart else { return }
    hasSpace = false
    // Lists and entries follow each other without an empty line.
    breaks = max(breaks, entries > 0 && name != "table" ? 1 : wanted)
  }

  private mutating func mark() {
    guard let index = elements.lastIndex(where: { $0.name == "ul" || $0.name == "ol" }) else {
      return
    }
    var sign = "- "
    if let number = elements[index].number {
      sign = "\(number). "
      elements[index].number = number < Int.max ? number + 1 : number
    }
    for scalar in (String(repeating: "  ", count: min(max(lists - 1, 0), 20)) + sign).unicodeScalars
    {
      put(scalar)
    }
    isCellStart = true
  }

  private mutating func cell() {
    guard let row = elements.lastIndex(where: { $0.name == "tr" }) else { return }
    if elements[row].cells > 0 {
      hasSpace = false
      put("\t")
    }
    elements[row].cells += 1
    isCellStart = true
  }

  private mutating func endComment(_ id: String) {
    guard let index = comments.lastIndex(where: { $0.id == id && $0.span == nil }) else { return }
    var (low, high) = (comments[index].start, output.count)
    while low < high, output[low].properties.isWhitespace { low += 1 }
    while low < high, output[high - 1].properties.isWhitespace { high -= 1 }
    if low < high { comments[index].span = low..<high }
  }

  // MARK: - Characters

  mutating func take(_ scalar: Unicode.Scalar) {
    // The line feed after a tag <pre> is no text (HTML, section 13.1.2.5).
    let isDropped = dropsLineFeed && scalar == "\n"
    dropsLineFeed = false
    guard !isDropped else { return }
    offsets.append(Int32(clamping: bytes))
    bytes += Int(UTF8.width(scalar))
    guard hidden == 0, inComment == 0 else {
      places.append(-1)
      if inComment > 0, let last = comments.indices.last {
        comments[last].text.unicodeScalars.append(scalar == "\n" ? " " : scalar)
      }
      return
    }
    if preformatted == 0, MarkupScanner.isSpace(scalar) {
      places.append(-1)
      hasSpace = true
      return
    }
    put(scalar)
    places.append(Int32(clamping: output.count - 1))
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    guard hidden == 0, inComment == 0 else { return }
    let isAtLineStart = output.last == "\n" || output.last == "\t" || output.isEmpty
    if breaks > 0 {
      if !output.isEmpty { for _ in 0..<breaks { output.append("\n") } }
    } else if hasSpace, !isAtLineStart, output.last != " " {
      output.append(" ")
    }
    breaks = 0
    hasSpace = false
    isCellStart = false
    output.append(scalar)
  }
}
