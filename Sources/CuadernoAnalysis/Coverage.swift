import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

/// How many scalars the texts hold that can be coded.
package struct TextLengths: Sendable {
  package var lengths: [RecordID: Int]

  package init(lengths: [RecordID: Int]) {
    self.lengths = lengths
  }

  package init(_ reader: Reader) throws {
    lengths = try reader.textLengths(of: .interview)
      .merging(try reader.textLengths(of: .note)) { first, _ in first }
  }
}

/// How much of the texts is coded, in scalars: what several codings lie on is counted once.
///
/// All interviews count that were selected, coded or not, and the notes that somebody coded: the others
/// are what the team wrote for itself.
package struct Coverage: Sendable {
  package struct Row: Sendable {
    /// Nil for any theme at all.
    package var theme: RecordID?
    package var steps: [String]
    /// One for each column.
    package var covered: [Int]
    /// In all texts together, each once, also where a text counts in several columns.
    package var total: Int
    /// The texts that it lies in.
    package var texts: Int
  }

  /// In the order of the table; nil stands for texts that have no value there.
  package var columns: [String?]
  /// How long the texts of each column are. Every coder is measured by all texts.
  package var lengths: [Int]
  package var length: Int
  package var texts: Int
  /// The themes that are used, in the order of the code book.
  package var rows: [Row]
  /// What is coded with any theme.
  package var any: Row
  /// Codings that are left out, since their passage has to be looked for.
  package var unplaced: Int
}

/// How much of one text a theme covers.
package struct TextCoverage: Sendable {
  package var source: RecordID
  package var length: Int
  package var theme: RecordID
  package var covered: Int
}

extension StudyData {
  /// - Parameters:
  ///   - selection: which texts count, and by whom they were coded.
  ///   - dimension: what texts are told apart by; nil for all together. A text counts in each of its values.
  ///   - withThemesBelow: a theme covers what the themes below it cover too.
  package func coverage(
    of texts: TextLengths, in selection: Selection = Selection(), by dimension: Dimension? = nil,
    withThemesBelow: Bool = false
  ) -> Coverage {
    let isSelected = test(selection)
    let passages = selecting(selection).passages.filter { themes[$0.theme] != nil }
    let bySource = Dictionary(grouping: passages, by: \.source)
    let textValues = textValues(by: dimension)
    var tally = CoverageTally()
    for (id, source) in sources where selection.isEverything || isSelected(source) {
      let own = bySource[id, default: []]
      guard let length = texts.lengths[id], source.kind == .interview || !own.isEmpty else {
        continue
      }
      let values = textValues?.of(source) ?? []
      tally.add(length, to: values)
      tally.unplaced += own.count { $0.span == nil }
      for (theme, passages) in spread(own, withThemesBelow) {
        let covered = Self.unitedLength(passages, upTo: length)
        tally.add(covered, of: theme, in: values)
        guard case .coder = dimension else { continue }
        for (coder, passages) in Dictionary(grouping: passages, by: \.coder) {
          tally.addColumn(Self.unitedLength(passages, upTo: length), of: theme, coder)
        }
      }
    }
    if case .coder = dimension {
      for coder in Set(passages.map(\.coder)) { tally.columnLengths[coder] = tally.length }
    }
    let columns = dimension.map { ordered(Array(tally.columnLengths.keys), $0) } ?? []
    func row(_ theme: RecordID?, _ steps: [String]) -> Coverage.Row {
      let part = tally.parts[theme] ?? CoverageTally.Part()
      return Coverage.Row(
        theme: theme, steps: steps, covered: columns.map { part.columns[$0] ?? 0 },
        total: part.total, texts: part.texts)
    }
    return Coverage(
      columns: columns, lengths: columns.map { tally.columnLengths[$0] ?? 0 },
      length: tally.length, texts: tally.texts,
      rows: orderedThemes().filter { tally.parts[$0] != nil }
        .map { row($0, themePaths.steps(to: $0)) },
      any: row(nil, []), unplaced: tally.unplaced)
  }

  /// For each text that counts, the themes that lie on it: texts by their ids, themes in the order of the
  /// code book.
  package func coverageByText(
    of texts: TextLengths, withThemesBelow: Bool = false
  ) -> [TextCoverage] {
    let bySource = Dictionary(grouping: passages.filter { themes[$0.theme] != nil }, by: \.source)
    let order = orderedThemes()
    return bySource.sorted { $0.key < $1.key }.flatMap { source, own -> [TextCoverage] in
      guard let length = texts.lengths[source] else { return [] }
      let themes = spread(own, withThemesBelow)
      return order.compactMap { theme in
        let covered = Self.unitedLength(themes[theme] ?? [], upTo: length)
        return covered == 0
          ? nil : TextCoverage(source: source, length: length, theme: theme, covered: covered)
      }
    }
  }

  /// The columns that a text counts in; nil where all count together, and for coders, who all have read
  /// every text.
  private func textValues(by dimension: Dimension?) -> DimensionValues? {
    switch dimension {
    case nil, .coder: nil
    case .some(let dimension): values(by: dimension)
    }
  }

  /// The passages by theme, and all of them under no theme.
  private func spread(
    _ passages: [CodedPassage], _ withThemesBelow: Bool
  ) -> [RecordID?: [CodedPassage]] {
    var themes = [RecordID?: [CodedPassage]]()
    for passage in passages {
      let steps =
        withThemesBelow
        ? themePaths.tree.path(to: passage.theme.rawValue).map { RecordID(rawValue: $0) }
        : [passage.theme]
      for theme in steps { themes[theme, default: []].append(passage) }
      themes[nil, default: []].append(passage)
    }
    return themes
  }

  /// How many scalars at least one of some passages lies on.
  static func unitedLength(_ passages: [CodedPassage], upTo length: Int) -> Int {
    var covered = 0
    var end = 0
    for span in passages.compactMap({ $0.span?.clamped(to: 0..<length) })
      .sorted(by: { $0.lowerBound < $1.lowerBound })
    {
      covered += max(0, span.upperBound - max(end, span.lowerBound))
      end = max(end, span.upperBound)
    }
    return covered
  }
}

/// What coverage comes to, text by text.
private struct CoverageTally {
  struct Part {
    var total = 0
    var texts = 0
    var columns: [String?: Int] = [:]
  }

  /// By theme; under no theme what is coded at all.
  var parts: [RecordID?: Part] = [:]
  var columnLengths: [String?: Int] = [:]
  var length = 0
  var texts = 0
  var unplaced = 0

  mutating func add(_ length: Int, to values: Set<String?>) {
    self.length += length
    texts += 1
    for value in values { columnLengths[value, default: 0] += length }
  }

  mutating func add(_ covered: Int, of theme: RecordID?, in values: Set<String?>) {
    parts[theme, default: Part()].total += covered
    parts[theme, default: Part()].texts += covered > 0 ? 1 : 0
    for value in values { addColumn(covered, of: theme, value) }
  }

  mutating func addColumn(_ covered: Int, of theme: RecordID?, _ value: String?) {
    parts[theme, default: Part()].columns[value, default: 0] += covered
  }
}
