import CuadernoLog
package import CuadernoModel
package import CuadernoSync
package import CuadernoText
import GRDB

/// A coding with where it lies in the text as it is now.
package struct PlacedCoding: Sendable {
  package enum Status: String, Sendable {
    /// The quote stands there, as it was coded.
    case exact
    /// The text under the coding was edited; the span holds what it has become.
    case changed
    /// The quote was removed from the text.
    case gone
    /// Where it lies cannot be told with certainty; a person has to look.
    case review
  }

  package var coding: Coding
  package var status: Status
  /// In scalars of the text as it is now; nil when there is no place for it.
  package var span: Range<Int>?
  /// What stands there now; the quote as it was coded when there is no place for it.
  package var quote: String
  /// Where a person might look for it, the likeliest place first, when it cannot be told.
  package var candidates: [Range<Int>] = []

  /// Whether a person has to place it anew, or to delete it.
  package var needsReview: Bool { status == .gone || status == .review }

  /// - Parameter text: that it is placed in.
  package mutating func put(_ placement: Placement, in text: ScalarText) {
    (span, quote, candidates) = (nil, coding.anchor?.quote ?? "", [])
    switch placement {
    case .moved(let range):
      (status, span) = (.exact, range)
    case .changed(let range):
      (status, span) = (.changed, range)
      quote = text.substring(range) ?? quote
    case .gone:
      status = .gone
    case .uncertain(let places):
      (status, candidates) = (.review, places)
    }
  }
}

extension Reader {
  /// Places codings in their texts: where a text has changed since, each is carried along the
  /// versions in the log to the one shown, and checked against its quote.
  package func placed(_ codings: [Coding], on target: RecordID) throws -> [PlacedCoding] {
    try placed(codings, on: target, in: codedText(of: target))
  }

  /// The same, for whoever has read the text.
  package func placed(
    _ codings: [Coding], on target: RecordID,
    in coded: (field: Field, text: String, version: TextVersion?)?
  ) throws -> [PlacedCoding] {
    var result = codings.map { Self.unplaced($0) }
    guard let (field, text, version) = coded, let version else { return result }
    let now = ScalarText(text)
    var carried = [(index: Int, version: TextVersion, span: QuotedSpan)]()
    var strangers = [(index: Int, span: QuotedSpan)]()
    for (index, coding) in codings.enumerated() {
      guard let anchor = coding.anchor else { continue }
      let span = QuotedSpan(anchor)
      let made = anchor.textVersion
      if let made, made != version {
        carried.append((index, made, span))
      } else if made == version, span.isBorneOut(by: now) {
        result[index].status = .exact
        result[index].span = anchor.start..<anchor.end
      } else {
        strangers.append((index, span))
      }
    }
    if !carried.isEmpty {
      var texts = try texts(field, of: target)
      let placements = try texts.placements(
        of: carried.map { ($0.version, $0.span) }, in: version, now)
      for ((index, _, span), placement) in zip(carried, placements) {
        if let placement {
          result[index].put(placement, in: now)
        } else {
          strangers.append((index, span))
        }
      }
    }
    for ((index, _), placement) in zip(strangers, now.placements(of: strangers.map(\.span))) {
      result[index].put(placement, in: now)
    }
    return result
  }

  /// The same, for whoever has asked which texts have codings that have to be looked for: no other text
  /// is read.
  ///
  /// - Parameter toPlace: ``targetsToPlace()``.
  package func placed(
    _ codings: [Coding], on target: RecordID, amongThoseToPlace toPlace: Set<RecordID>
  ) throws -> [PlacedCoding] {
    guard !toPlace.contains(target) else { return try placed(codings, on: target) }
    return codings.map { coding in
      var placed = Self.unplaced(coding)
      guard let anchor = coding.anchor, anchor.start < anchor.end else { return placed }
      placed.status = .exact
      placed.span = anchor.start..<anchor.end
      return placed
    }
  }

  /// The codings that a condition holds for, by what they lie on, in the order in which they came here.
  package func codingsByTarget(
    _ isIncluded: (Coding) -> Bool = { _ in true }
  ) throws -> [RecordID: [Coding]] {
    var byTarget = [RecordID: [Coding]]()
    try forEach(Coding.self) { coding in
      if let target = coding.target, isIncluded(coding) {
        byTarget[target, default: []].append(coding)
      }
    }
    return byTarget
  }

  /// Every coding in its place, text by text in the order of the texts' ids.
  package func allPlacedCodings() throws -> [PlacedCoding] {
    let toPlace = try targetsToPlace()
    return try codingsByTarget().sorted { $0.key < $1.key }.flatMap { target, codings in
      try placed(codings, on: target, amongThoseToPlace: toPlace).inOrderOfText
    }
  }

  /// Gives every coding in its place to a body, text by text in the order of the texts' ids, without holding
  /// those of more than one text.
  package func forEachPlacedCoding(_ body: (PlacedCoding) throws -> Void) throws {
    let toPlace = try targetsToPlace()
    // The texts first: a statement that is being stepped must not be in the way of one for each of them.
    var last: RecordID?
    while let target = try nextTarget(after: last) {
      for placed in try placed(
        codings(on: target), on: target, amongThoseToPlace: toPlace
      ).inOrderOfText {
        try body(placed)
      }
      last = target
    }
  }

  private func nextTarget(after last: RecordID?) throws -> RecordID? {
    try RecordID.fetchOne(
      view.cachedStatement(
        sql: "SELECT target FROM coding WHERE target > ? ORDER BY target LIMIT 1"),
      arguments: [last.map { Blob($0.bytes) } ?? Blob([])])
  }

  private static func unplaced(_ coding: Coding) -> PlacedCoding {
    PlacedCoding(
      coding: coding, status: .review, span: nil, quote: coding.anchor?.quote ?? "")
  }

  /// The text of a record that can be coded, with the writes that it came of.
  package func codedText(
    of record: RecordID
  ) throws -> (field: Field, text: String, version: TextVersion?)? {
    try text(.Interview.text, of: record) ?? text(.Note.text, of: record)
  }

  private func text(
    _ field: Field, of record: RecordID
  ) throws -> (field: Field, text: String, version: TextVersion?)? {
    try view.cachedStatement(
      sql: """
        SELECT \(field.name), textVersion FROM \(field.kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?\(unlessWithheld("number")))
        """
    ).first([.id(record)]) { row in
      var columns = RowColumns(row)
      let text = try columns.next(String.self)
      let version = try columns.version()
      return text.map { (field, $0, version) }
    } ?? nil
  }
}

extension [PlacedCoding] {
  /// As they begin in their text; those without a place come last.
  package var inOrderOfText: [PlacedCoding] {
    sorted {
      ($0.span?.lowerBound ?? .max, $0.coding.id) < ($1.span?.lowerBound ?? .max, $1.coding.id)
    }
  }
}

extension QuotedSpan {
  package init(_ anchor: Anchor) {
    self.init(
      start: anchor.start, end: anchor.end, quote: anchor.quote, prefix: anchor.prefix,
      suffix: anchor.suffix)
  }
}

/// Makes anchors on one version of a text.
package struct AnchorMaker {
  private let text: ScalarText
  private let version: TextVersion

  package init(text: String, version: TextVersion) {
    self.text = ScalarText(text)
    self.version = version
  }

  /// - Parameter span: in scalars of the text.
  package func anchor(_ span: Range<Int>) throws(Fault) -> Anchor {
    guard !span.isEmpty else { throw .emptySpan }
    guard let quoted = QuotedSpan(span, of: text) else {
      throw .spanOutsideText(
        start: span.lowerBound, end: span.upperBound, length: text.scalarCount)
    }
    return Anchor(
      version: version.textWrites, start: quoted.start, end: quoted.end, quote: quoted.quote,
      prefix: quoted.prefix, suffix: quoted.suffix)
  }

  /// An anchor on the one place where a quote stands.
  package func anchor(quote: String) throws(Fault) -> Anchor {
    let quote = TextEntry.normalised(quote)
    guard !quote.isEmpty else { throw .emptySpan }
    let places = text.occurrences(of: quote, limit: 1_000)
    guard let place = places.first else { throw .quoteNotFound }
    guard places.count == 1 else {
      throw .quoteAmbiguous(
        positions: places.prefix(10).map(\.lowerBound), total: places.count)
    }
    return try anchor(place)
  }
}
