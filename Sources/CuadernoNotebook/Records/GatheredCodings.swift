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
    fileprivate var bytes: Int
    fileprivate let versionCount: Int32
    fileprivate let quoteCount: Int32

    fileprivate var byteRange: Range<Int> { bytes..<bytes + Int(versionCount) + Int(quoteCount) }
  }

  /// By the record that they lie on, in the order of ids.
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []
  private var ranges: [RecordID: Range<Int>] = [:]
  /// The codings that lie on nothing.
  private(set) var loose: [Entry] = []

  package var count: Int { entries.count + loose.count }

  package var targets: some Collection<RecordID> { ranges.keys }

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
  package func entries(on target: RecordID) -> ArraySlice<Entry> {
    entries[ranges[target] ?? 0..<0]
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

  /// An entry with its bytes after those that are here.
  private mutating func taking(_ entry: Entry, _ bytes: [UInt8]) -> Entry {
    var taken = entry
    taken.bytes = self.bytes.count
    self.bytes += bytes[entry.byteRange]
    return taken
  }

  /// Those that come one after the other, and what each lies on.
  fileprivate struct Arriving {
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    private var targets: [RecordID] = []
    private var loose: [Entry] = []

    /// - Parameter count: how many will come, about.
    init(count: Int) {
      let count = Swift.min(Swift.max(count, 0), 1 << 20)
      entries.reserveCapacity(count)
      targets.reserveCapacity(count)
      bytes.reserveCapacity(160 * count)
    }

    mutating func add(_ row: BoundRow, including isIncluded: (RecordID) -> Bool) throws {
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
      guard let target else { return loose.append(entry) }
      entries.append(entry)
      targets.append(target)
    }

    /// Puts those on one record next to each other, so that a pass over the texts finds what it needs in
    /// the processor's cache.
    consuming func byTarget() -> GatheredCodings {
      var gathered = GatheredCodings()
      gathered.entries.reserveCapacity(entries.count)
      gathered.bytes.reserveCapacity(bytes.count)
      let order = targets.enumerated().map { (target: $1.rawValue, number: $0) }
        .sorted { ($0.target, $0.number) < ($1.target, $1.number) }.map(\.number)
      var start = 0
      for place in order {
        if let last = gathered.entries.indices.last, targets[place] != targets[order[last]] {
          gathered.ranges[targets[order[last]]] = start..<last + 1
          start = last + 1
        }
        gathered.entries.append(gathered.taking(entries[place], bytes))
      }
      if let last = order.last { gathered.ranges[targets[last]] = start..<order.count }
      gathered.loose = loose.map { gathered.taking($0, bytes) }
      return gathered
    }
  }
}

extension Reader {
  /// Reads the codings that a condition holds for.
  package func gatheredCodings(
    _ isIncluded: (RecordID) -> Bool = { _ in true }
  ) throws -> GatheredCodings {
    // Memory that is not used costs nothing, and what grows is copied again and again.
    let count = try view.cachedStatement(sql: "SELECT count FROM kindCount WHERE kind = ?")
      .first([.integer(Int64(Kind.coding.rawValue))]) { $0.integer(0) }
    var codings = GatheredCodings.Arriving(count: Int(clamping: count ?? 0))
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
    return codings.byTarget()
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
