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
  /// A text is read only where a coding has to be looked for: reading 10,000 texts takes most of a second.
  package func codingSpans() throws -> [CodingSpan] {
    let toPlace = try targetsToPlace()
    var spans = [CodingSpan]()
    try forEach(CodingSpan.self) { coding in
      if !(coding.target.map(toPlace.contains) ?? false) { spans.append(coding) }
    }
    for target in toPlace {
      spans += try placed(codings(on: target), on: target).map { placed in
        CodingSpan(
          id: placed.coding.id, target: target, span: placed.span, theme: placed.coding.theme,
          coder: placed.coding.coder)
      }
    }
    return spans.sorted { left, right in
      guard left.target == right.target else {
        guard let target = left.target, let other = right.target else { return right.target == nil }
        return target < other
      }
      let (start, other) = (left.span?.lowerBound ?? .max, right.span?.lowerBound ?? .max)
      return start != other ? start < other : left.id < right.id
    }
  }
}
