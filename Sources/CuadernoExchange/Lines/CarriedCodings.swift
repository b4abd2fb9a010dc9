import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Where a coding lies, without the name of the change that wrote its text: that name is one
/// notebook's, and another notebook that takes the study in gives its own.
struct CarriedAnchor: Hashable {
  enum Version: Hashable {
    /// The text as it is now.
    case present
    /// A text that the record had when the coding was made, and that holds the quote no more.
    case earlier(String)
    /// A text that nobody here holds.
    case unknown
  }

  var version: Version
  var span: QuotedSpan

  func anchor(on dot: Dot) -> Anchor {
    Anchor(
      versionDevice: dot.device.rawValue, versionSequence: dot.sequence, start: span.start,
      end: span.end, quote: span.quote, prefix: span.prefix, suffix: span.suffix)
  }

  /// The dot of no change, for an anchor whose text nobody holds.
  static let unknownDot = Dot(device: DeviceID(rawValue: 0), sequence: 0)
}

/// The codings on one record as an export tells them.
///
/// A coding made on an earlier text is carried to the present one. Where the quote still stands, the
/// anchor is given there. Where it does not, the anchor is given as it was made, and the earlier
/// text with the record: only with it can another notebook tell, now or after the next edit, what
/// has become of the quote.
struct CarriedCodings {
  struct Entry {
    var coding: Coding
    var status: PlacedCoding.Status
    /// Where it lies in the present text.
    var span: Range<Int>?
    var anchor: CarriedAnchor?
  }

  private(set) var entries: [Entry] = []
  /// The earlier texts on which a coding of these still rests, oldest first, each once.
  private(set) var earlierTexts: [String] = []

  /// - Parameter codings: those on the record; all of them when nil.
  init(on target: RecordID, _ codings: [Coding]?, _ reader: Reader) throws {
    let codings = try codings ?? reader.codings(on: target)
    guard !codings.isEmpty else { return }
    let placed = try reader.placed(codings, on: target)
    guard let (field, text, version) = try reader.codedText(of: target), let version else {
      entries = placed.map { Entry($0, CarriedAnchor(unplaced: $0.coding)) }
      return
    }
    let now = ScalarText(text)
    var earlier = [Dot: ScalarText]()
    for placed in placed {
      let anchor = try Self.carried(placed, now, version) { dot in
        if let known = earlier[dot] { return known }
        let text = try reader.text(field, at: dot).map { ScalarText($0) }
        earlier[dot] = text
        return text
      }
      entries.append(Entry(placed, anchor))
    }
    try orderEarlierTexts(earlier, target, reader)
    entries.sort { $0.isBefore($1) }
  }

  private static func carried(
    _ placed: PlacedCoding, _ now: ScalarText, _ version: Dot,
    _ earlier: (Dot) throws -> ScalarText?
  ) throws -> CarriedAnchor? {
    guard let anchor = placed.coding.anchor else { return nil }
    let span = QuotedSpan(anchor)
    let made = Dot(
      device: DeviceID(rawValue: anchor.versionDevice), sequence: anchor.versionSequence)
    if made == version {
      if span.isBorneOut(by: now) { return CarriedAnchor(version: .present, span: span) }
    } else if placed.status == .exact, let range = placed.span,
      let moved = QuotedSpan(range, of: now)
    {
      return CarriedAnchor(version: .present, span: moved)
    } else if let text = try earlier(made), span.isBorneOut(by: text) {
      return CarriedAnchor(version: .earlier(text.string), span: span)
    }
    return CarriedAnchor(version: .unknown, span: span)
  }

  /// In the order in which they were written, which every notebook of the study shares.
  private mutating func orderEarlierTexts(
    _ texts: [Dot: ScalarText], _ target: RecordID, _ reader: Reader
  ) throws {
    guard !texts.isEmpty else { return }
    let used = Set(
      entries.compactMap { entry -> String? in
        if case .earlier(let text) = entry.anchor?.version { return text }
        return nil
      })
    let history = try reader.history(of: target).sorted { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) }
    for entry in history {
      guard let text = texts[entry.dot]?.string, used.contains(text),
        !earlierTexts.contains(text)
      else { continue }
      earlierTexts.append(text)
    }
  }
}

extension CarriedCodings.Entry {
  fileprivate init(_ placed: PlacedCoding, _ anchor: CarriedAnchor?) {
    self.init(coding: placed.coding, status: placed.status, span: placed.span, anchor: anchor)
  }

  /// By place in the text; those without a place come last.
  fileprivate func isBefore(_ other: CarriedCodings.Entry) -> Bool {
    let (mine, theirs) = (span ?? Int.max..<Int.max, other.span ?? Int.max..<Int.max)
    return (mine.lowerBound, mine.upperBound, coding.id)
      < (theirs.lowerBound, theirs.upperBound, other.coding.id)
  }
}

extension CarriedAnchor {
  fileprivate init?(unplaced coding: Coding) {
    guard let anchor = coding.anchor else { return nil }
    self.init(version: .unknown, span: QuotedSpan(anchor))
  }
}

extension QuotedSpan {
  init(_ anchor: Anchor) {
    self.init(
      start: anchor.start, end: anchor.end, quote: anchor.quote, prefix: anchor.prefix,
      suffix: anchor.suffix)
  }

  /// Whether the quote stands in a text where the positions say.
  func isBorneOut(by text: ScalarText) -> Bool {
    start < end && text.substring(start..<end).map { $0.utf8.elementsEqual(quote.utf8) } == true
  }
}
