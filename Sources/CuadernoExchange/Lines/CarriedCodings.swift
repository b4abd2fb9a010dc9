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

  /// - Parameter version: nil for a text that nobody holds.
  func anchor(on version: TextVersion?) -> Anchor {
    Anchor(
      version: version?.textWrites ?? [], start: span.start, end: span.end, quote: span.quote,
      prefix: span.prefix, suffix: span.suffix)
  }
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
    var placed = try reader.placed(codings, on: target)
    guard let (field, text, version) = try reader.codedText(of: target), let version else {
      entries = placed.map { Entry($0, CarriedAnchor(unplaced: $0.coding)) }
      return
    }
    let now = ScalarText(text)
    var earlier = [TextVersion: ScalarText]()
    repeat {
      (entries, earlierTexts) = ([], [])
      for placed in placed {
        let anchor = try Self.carried(placed, now, version) { version in
          if let known = earlier[version] { return known }
          let text = try reader.text(field, of: target, at: version).map { ScalarText($0) }
          earlier[version] = text
          return text
        }
        entries.append(Entry(placed, anchor))
      }
      try orderEarlierTexts(earlier, target, reader)
    } while placeAlongEarlierTexts(&placed, in: now)
    entries.sort { $0.isBefore($1) }
  }

  /// Places what rests on an earlier text along the texts that go with it, which are all that another
  /// notebook will know: a study taken in is told there as it is told here.
  ///
  /// - Returns: whether one now stands where it was coded, and so rests on an earlier text no more.
  private mutating func placeAlongEarlierTexts(
    _ placed: inout [PlacedCoding], in now: ScalarText
  ) -> Bool {
    let texts = [now] + earlierTexts.reversed().map { ScalarText($0) }
    let tree = VersionTree(next: texts.indices.map { max(0, $0 - 1) })
    let resting = entries.indices.compactMap {
      index -> (index: Int, version: Int, span: QuotedSpan)? in
      guard let anchor = entries[index].anchor, case .earlier(let text) = anchor.version,
        let place = earlierTexts.firstIndex(of: text)
      else { return nil }
      return (index, earlierTexts.count - place, anchor.span)
    }
    let found = tree.placements(of: resting.map { ($0.version, $0.span) }) { texts[$0] }
    var isNew = false
    for ((index, _, _), placement) in zip(resting, found) {
      placed[index].put(placement, in: now)
      entries[index] = Entry(placed[index], entries[index].anchor)
      isNew = isNew || placed[index].status == .exact
    }
    return isNew
  }

  private static func carried(
    _ placed: PlacedCoding, _ now: ScalarText, _ version: TextVersion,
    _ earlier: (TextVersion) throws -> ScalarText?
  ) throws -> CarriedAnchor? {
    guard let anchor = placed.coding.anchor else { return nil }
    let span = QuotedSpan(anchor)
    let made = anchor.textVersion
    if made == version, span.isBorneOut(by: now) {
      return CarriedAnchor(version: .present, span: span)
    } else if placed.status == .exact, let range = placed.span,
      let moved = QuotedSpan(range, of: now)
    {
      return CarriedAnchor(version: .present, span: moved)
    } else if let made, let text = try earlier(made), span.isBorneOut(by: text) {
      return CarriedAnchor(version: .earlier(text.string), span: span)
    }
    return CarriedAnchor(version: .unknown, span: span)
  }

  /// In the order in which they were written, which every notebook of the study shares.
  private mutating func orderEarlierTexts(
    _ texts: [TextVersion: ScalarText], _ target: RecordID, _ reader: Reader
  ) throws {
    guard !texts.isEmpty else { return }
    let used = Set(
      entries.compactMap { entry -> String? in
        if case .earlier(let text) = entry.anchor?.version { return text }
        return nil
      })
    let history = try reader.history(of: target).sorted { ($0.stamp, $0.dot) < ($1.stamp, $1.dot) }
    let places = Dictionary(
      history.enumerated().map { ($1.dot, $0) }, uniquingKeysWith: { first, _ in first })
    // A merge was there when the last of its writes was.
    func place(_ version: TextVersion) -> [Int] {
      version.writes.compactMap { places[$0] }.sorted(by: >)
    }
    let oldestFirst = texts.sorted { place($0.key).lexicographicallyPrecedes(place($1.key)) }
    for (_, text) in oldestFirst where used.contains(text.string) {
      if !earlierTexts.contains(text.string) { earlierTexts.append(text.string) }
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
