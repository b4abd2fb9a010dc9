import CuadernoModel
import CuadernoSync
import CuadernoText

/// What a change wrote in a text field.
enum WrittenText: Equatable {
  case text(String)
  case cleared
  /// A newer notebook wrote it, or a broken one.
  case unreadable
  /// Its payload was erased on purpose.
  case erased
}

/// A text field as it is shown: what was written at once, merged.
struct ShownText {
  /// Nil when it was cleared, or nothing of it can be read here.
  var text: String?
  /// The writes that the text came of; nil when none can be read.
  var version: TextVersion?
  /// The writes merged, in the order in which the conflicts number them.
  var merged: [Dot] = []
  var conflicts: [TextConflict] = []
  /// Whether a newer notebook wrote a side that this one leaves out.
  var leavesOut = false

  /// Whether a person has something to decide.
  var isContested: Bool { !conflicts.isEmpty || leavesOut }
}

/// The texts of one field of a record, in every version that its history knows.
///
/// The text of several writes is their merge on what they have in common (`TextLineage.base`), so it
/// depends on those writes and the log and on nothing else. Writes that cannot be read here are left
/// out as if they had not been made.
struct FieldTexts {
  /// How often the base of a merge may itself be a merge.
  ///
  /// It is one whenever two people go on from the same merge at once. Past this depth the newest of
  /// what is common stands for all of it, or a long exchange would have to be merged from its start.
  private static let depthMax = 4

  /// The texts kept at hand; past it they are read and merged again.
  private static let keptBytesMax = 64 << 20

  /// What is kept at hand of what was read to know the history; past it a text is read again.
  private static let readBytesMax = 8 << 20

  let field: FieldID
  private(set) var lineage = TextLineage()
  private var newer: Set<Dot> = []
  private let change: (Dot) throws -> Change
  private var read = ReadTexts()
  private var kept: [Key: ScalarText] = [:]
  private var keptBytes = 0
  private var last: (register: [Dot], shown: ShownText)?

  private struct Key: Hashable {
    var writes: [Dot]
    var depth: Int
  }

  /// - Parameters:
  ///   - forEachChange: visits every change to the record that is here.
  ///   - change: the change of that name, which was visited.
  init(
    _ field: FieldID, forEachChange: ((Change) throws -> Void) throws -> Void,
    change: @escaping (Dot) throws -> Change
  ) rethrows {
    self.field = field
    self.change = change
    var writes = [TextLineage.Write]()
    var newer = Set<Dot>()
    var read = ReadTexts()
    try forEachChange { change in
      let written = Self.written(change, field)
      switch written {
      case .text, .cleared: writes.append(Self.write(change))
      case .unreadable: newer.insert(change.dot)
      case .erased, nil: break
      }
      read.keep(written, change.dot)
    }
    lineage = TextLineage(writes)
    self.newer = newer
    self.read = read
  }

  /// What changes wrote, as far as it fits into `readBytesMax`.
  private struct ReadTexts {
    private(set) var texts: [Dot: WrittenText] = [:]
    private var bytes = 0

    mutating func keep(_ written: WrittenText?, _ dot: Dot) {
      guard let written else { return }
      if case .text(let text) = written { bytes += text.utf8.count }
      if bytes <= readBytesMax { texts[dot] = written }
    }
  }

  /// To be called when a change to the record was made.
  mutating func add(_ change: Change) {
    let written = Self.written(change, field)
    switch written {
    case .text, .cleared: lineage.add(Self.write(change))
    case .unreadable: newer.insert(change.dot)
    case .erased, nil: break
    }
    read.keep(written, change.dot)
  }

  private static func write(_ change: Change) -> TextLineage.Write {
    TextLineage.Write(
      dot: change.dot, stamp: change.envelope.stamp, context: change.envelope.context)
  }

  /// Nil for a change that did not write the field.
  private static func written(_ change: Change, _ field: FieldID) -> WrittenText? {
    guard change.envelope.action == .write,
      let index = change.envelope.fields.firstIndex(of: field)
    else { return nil }
    guard case .payload(_, let bytes) = change.content else { return .erased }
    return PayloadCodec.text(bytes, at: index, count: change.envelope.fields.count)
  }

  // MARK: - Texts

  /// The field as it is shown while these writes are current.
  mutating func shown(_ register: [Dot]) throws -> ShownText {
    if let last, last.register == register { return last.shown }
    var shown = ShownText()
    shown.merged = lineage.ordered(register)
    shown.version = TextVersion(shown.merged)
    shown.leavesOut = register.count > 1 && register.contains(where: newer.contains)
    if shown.merged.count > 1 {
      let merge = try merge(shown.merged, depth: 0)
      shown.conflicts = merge.conflicts
      shown.text = merge.text.string
      if merge.text.utf8.isEmpty, try isCleared(shown.merged) { shown.text = nil }
    } else if let dot = shown.merged.first, case .text(let text) = try written(dot) {
      shown.text = text
    }
    last = (register, shown)
    return shown
  }

  /// The text of a version; nil when none of its writes can be read.
  mutating func text(of version: TextVersion) throws -> ScalarText? {
    let writes = lineage.ordered(version.writes)
    return writes.isEmpty ? nil : try text(writes, depth: 0)
  }

  private mutating func text(_ writes: [Dot], depth: Int) throws -> ScalarText {
    let key = Key(writes: writes, depth: writes.count > 1 ? depth : 0)
    if let text = kept[key] { return text }
    let text: ScalarText
    if writes.count > 1 {
      text = try merge(writes, depth: depth).text
    } else if let dot = writes.first, case .text(let string) = try written(dot) {
      text = ScalarText(string)
    } else {
      text = ScalarText("")
    }
    keptBytes += text.utf8.count
    if keptBytes > Self.keptBytesMax {
      kept = [:]
      keptBytes = text.utf8.count
    }
    kept[key] = text
    return text
  }

  private mutating func merge(_ writes: [Dot], depth: Int) throws -> MergedText {
    var base = lineage.base(of: writes)
    if depth == Self.depthMax { base = base.suffix(1) }
    let texts = try writes.map { try text([$0], depth: 0) }
    return ThreeWayMerge.merge(base: try text(base, depth: depth + 1), writes: texts)
  }

  private func written(_ dot: Dot) throws -> WrittenText {
    try read.texts[dot] ?? Self.written(try change(dot), field) ?? .unreadable
  }

  /// Clearing is a write of no text, and only where nobody wrote one is there none.
  private func isCleared(_ writes: [Dot]) throws -> Bool {
    try writes.allSatisfy { try written($0) == .cleared }
  }
}
