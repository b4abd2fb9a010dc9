package import CuadernoModel
package import CuadernoSync

/// Where a coding lies, without its words: what counting thousands of them takes.
package struct CodingSpan: Record, Hashable {
  package static let kind = Kind.coding
  package var id: RecordID
  package var target: RecordID?
  /// In scalars of the text as it is now; nil when there is no place for it.
  package var span: Range<Int>?
  package var theme: RecordID?
  package var coder: String?

  package init(
    id: RecordID, target: RecordID?, span: Range<Int>?, theme: RecordID?, coder: String?
  ) {
    self.id = id
    self.target = target
    self.span = span
    self.theme = theme
    self.coder = coder
  }
}

extension CodingSpan: RowRecord {
  package static let columns = #"target, start, "end", theme, coder"#

  package static let selection = Reader.selection(CodingSpan.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    target = try columns.next()
    let start = try columns.next(Int.self)
    let end = try columns.next(Int.self)
    if let start, let end, start < end { span = start..<end }
    theme = try columns.next()
    coder = try columns.next()
  }
}

extension Reader {
  /// Where every coding lies, text by text in the order of the texts' ids.
  ///
  /// Each quote is compared with its text; codings that do not stand there are placed.
  package func codingSpans() throws -> [CodingSpan] {
    let codings = try gatheredCodings()
    let toPlace = try targetsToPlace(codings)
    var spans = [CodingSpan]()
    spans.reserveCapacity(codings.count)
    for target in codings.targets.sorted() {
      let start = spans.count
      if toPlace.contains(target) {
        for placed in try placed(self.codings(on: target), on: target) {
          spans.append(
            CodingSpan(
              id: placed.coding.id, target: target, span: placed.span, theme: placed.coding.theme,
              coder: placed.coding.coder))
        }
      } else {
        for entry in codings.entries(on: target) { spans.append(CodingSpan(entry, on: target)) }
      }
      spans[start...].sort { $0.isBefore($1) }
    }
    return spans + codings.loose.map { CodingSpan($0, on: nil) }.sorted { $0.isBefore($1) }
  }
}

extension CodingSpan {
  fileprivate init(_ entry: GatheredCodings.Entry, on target: RecordID?) {
    self.init(
      id: entry.id, target: target, span: entry.span, theme: entry.theme, coder: entry.coder)
  }

  fileprivate func isBefore(_ other: CodingSpan) -> Bool {
    let (start, otherStart) = (span?.lowerBound ?? .max, other.span?.lowerBound ?? .max)
    return start != otherStart ? start < otherStart : id < other.id
  }
}
