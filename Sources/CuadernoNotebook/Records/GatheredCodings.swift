import CuadernoLog
import CuadernoModel
package import CuadernoSync
import CuadernoText
import GRDB

/// All codings as a pass over the texts needs them, by what they lie on.
///
/// Their quotes and versions lie in one array of bytes, and what surrounds the quotes is left out: of
/// 50,000 codings this takes a third of the time and the memory of as many ``Coding``s. Nothing in it
/// says that a coding stands in its text; ``standing(_:in:)`` looks.
package struct GatheredCodings: Sendable {
  package struct Entry: Sendable {
    package let id: RecordID
    package let theme: RecordID?
    package let coder: String?
    package let memo: String?
    /// In scalars of the text that it was made on; nil for one that says no place.
    package let span: Range<Int>?
    let number: Int64
    fileprivate let bytes: Int
    fileprivate let versionCount: Int32
    fileprivate let quoteCount: Int32
    /// The next one on the same record.
    fileprivate var next = -1
  }

  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  private var lists: [RecordID: (first: Int, last: Int)] = [:]
  /// Codings on one text mostly come one after the other.
  private var current: (target: RecordID, last: Int)?
  /// The codings that lie on nothing.
  private(set) var loose: [Entry] = []

  package var count: Int { entries.count + loose.count }

  package var targets: some Collection<RecordID> { lists.keys }

  /// Everybody who made one that a condition holds for, each once, in the order of the bytes of the names.
  package func coders(where isIncluded: (RecordID) -> Bool) -> [String] {
    var coders = Set<String>()
    var last: String?
    for list in [entries, loose] {
      for entry in list where entry.coder != last && isIncluded(entry.id) {
        last = entry.coder
        if let last { coders.insert(last) }
      }
    }
    return coders.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The codings on a record, in the order in which they came here.
  package func entries(on target: RecordID) -> Entries {
    Entries(all: entries, index: lists[target]?.first ?? -1)
  }

  package struct Entries: Sequence, IteratorProtocol {
    fileprivate let all: [Entry]
    fileprivate var index: Int

    package mutating func next() -> Entry? {
      guard index >= 0 else { return nil }
      let entry = all[index]
      index = entry.next
      return entry
    }
  }

  /// The bytes of a text in which a coding stands: it was made on this version, and its quote is there.
  /// Nil for one that has to be looked for.
  package func standing(_ entry: Entry, in coded: CodedText) -> Range<Int>? {
    let end = entry.bytes + Int(entry.versionCount)
    guard let span = entry.span, !coded.version.isEmpty,
      bytes.span.extracting(entry.bytes..<end).hasSameBytes(as: coded.version.span)
    else { return nil }
    return coded.text.utf8Range(
      of: bytes.span.extracting(end..<end + Int(entry.quoteCount)), at: span)
  }

  /// - Parameter count: how many will come, about.
  fileprivate mutating func reserve(_ count: Int) {
    let count = Swift.min(Swift.max(count, 0), 1 << 20)
    entries.reserveCapacity(count)
    bytes.reserveCapacity(160 * count)
  }

  fileprivate mutating func add(_ row: BoundRow, including isIncluded: (RecordID) -> Bool) throws {
    var columns = RowColumns(row)
    let id = try columns.id()
    guard isIncluded(id) else { return }
    let target = try columns.next(RecordID.self)
    let theme = try columns.next(RecordID.self)
    let start = try columns.next(Int.self)
    let end = try columns.next(Int.self)
    let coder = try columns.next(String.self)
    let memo = try columns.next(String.self)
    let number = try columns.next(Int64.self)
    let begin = bytes.count
    let versionCount = columns.append(to: &bytes)
    let quoteCount = columns.append(to: &bytes)
    var span: Range<Int>?
    if let start, let end, start < end { span = start..<end }
    let entry = Entry(
      id: id, theme: theme, coder: coder, memo: memo, span: span, number: number ?? 0,
      bytes: begin, versionCount: Int32(clamping: versionCount),
      quoteCount: Int32(clamping: quoteCount))
    guard let target else {
      loose.append(entry)
      return
    }
    if current?.target != target {
      if let current { lists[current.target]?.last = current.last }
      if let last = lists[target]?.last {
        current = (target, last)
      } else {
        lists[target] = (entries.count, entries.count)
        current = nil
      }
    }
    if let last = current?.last { entries[last].next = entries.count }
    current = (target, entries.count)
    entries.append(entry)
  }
}

extension Reader {
  /// Reads the codings that a condition holds for.
  package func gatheredCodings(
    _ isIncluded: (RecordID) -> Bool = { _ in true }
  ) throws -> GatheredCodings {
    var codings = GatheredCodings()
    // Memory that is not used costs nothing, and what grows is copied again and again.
    let count = try view.cachedStatement(sql: "SELECT count FROM kindCount WHERE kind = ?")
      .first([.integer(Int64(Kind.coding.rawValue))]) { $0.integer(0) }
    codings.reserve(Int(clamping: count ?? 0))
    try view.cachedStatement(
      sql: """
        SELECT record.id, target, theme, start, "end", coder, memo, coding.record, version, quote
        FROM coding JOIN record ON record.number = coding.record \(unlessWithheld("record.number"))
        ORDER BY coding.record
        """
    ).scan([]) { row in
      try codings.add(row, including: isIncluded)
      return true
    }
    return codings
  }

  /// The whole codings of some entries, in their order.
  package func codings(_ entries: [GatheredCodings.Entry]) throws -> [Coding] {
    try entries.compactMap { entry in
      try view.cachedStatement(sql: Coding.selection + " WHERE coding.record = ?")
        .first([.integer(entry.number)]) { row in
          var columns = RowColumns(row)
          return try Coding(&columns)
        }
    }
  }

  /// The records with a coding that has to be looked for in the text: one made on an earlier version,
  /// or one whose quote does not stand where its anchor says.
  ///
  /// All other codings lie where their anchors say. Texts are read in the order in which they lie in the
  /// file, those with codings alone, and as bytes: `substr` of SQLite's takes four times as long, since
  /// it fetches and walks through the text for each coding.
  package func targetsToPlace(_ codings: GatheredCodings) throws -> Set<RecordID> {
    var toPlace = Set(codings.targets)
    for kind in Kind.allCases {
      guard let field = Field.codedText(of: kind) else { continue }
      try view.cachedStatement(
        sql: """
          SELECT record.id, \(field.name), textVersion
          FROM \(kind.name) CROSS JOIN record ON record.number = \(kind.name).record
          ORDER BY \(kind.name).record
          """
      ).scan([]) { row in
        var columns = RowColumns(row)
        let id = try columns.id()
        guard toPlace.contains(id), let text = try CodedText(&columns) else { return true }
        if codings.entries(on: id).allSatisfy({ codings.standing($0, in: text) != nil }) {
          toPlace.remove(id)
        }
        return true
      }
    }
    return toPlace
  }
}
