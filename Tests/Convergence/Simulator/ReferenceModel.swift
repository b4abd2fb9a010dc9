import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport

/// What a set of changes comes to, worked out from the set alone and in the plainest way: no order of
/// arrival, no state that grows, no index. Slow, and too plain to be wrong.
struct ReferenceModel {
  let changes: [Dot: Change]
  let records: [RecordID: ObviousMerge]
  /// Records whose contents were taken away for good: those that an erase names, and those that were
  /// ever said to be on or about one of them (law 6).
  let erased: Set<RecordID>
  private let kinds: [RecordID: Kind]
  /// What each change wrote, as far as it can be read.
  private let values: [Dot: [FieldID: Value?]]
  private let hosts: [RecordID: [RecordID]]

  /// - Parameter reader: of any notebook that holds the changes; it is asked only for what single
  ///   changes say.
  init(_ changes: [Dot: Change], _ reader: Reader) throws {
    self.changes = changes
    let byRecord = Dictionary(grouping: changes.values.map(\.envelope), by: \.record)
    let records = byRecord.mapValues { ObviousMerge($0) }
    self.records = records
    kinds = byRecord.compactMapValues { Kind(rawValue: $0.map(\.kind).min() ?? 0) }
    erased = Self.erased(changes.values.map(\.envelope))
    var values = [Dot: [FieldID: Value?]]()
    for record in byRecord.keys {
      for entry in try reader.history(of: record) where !entry.isErased {
        guard let fields = changes[entry.dot]?.envelope.fields else { continue }
        values[entry.dot] = Dictionary(
          zip(fields, entry.edits.map(\.value)), uniquingKeysWith: { first, _ in first })
      }
    }
    self.values = values
    var hosts = [RecordID: [RecordID]]()
    for (record, merge) in records {
      guard let kind = kinds[record] else { continue }
      hosts[record] = Field.saysAbout(kind).compactMap { field in
        let field = FieldID(field.number)
        let value = merge.register(field).last.flatMap { values[$0]?[field] }?.flatMap(\.self)
        let named = value?.namedRecord.map { RecordID(rawValue: $0) }
        return named == record ? nil : named
      }
    }
    self.hosts = hosts
  }

  /// A change whose stamp is not greater than one that its author had seen (law 2).
  static func unreasonableStamp(in changes: [Dot: Change]) -> Dot? {
    changes.values.lazy.map(\.envelope).first { envelope in
      envelope.context.entries.contains { seen in
        changes[seen].map { $0.envelope.stamp >= envelope.stamp } ?? false
      }
    }?.dot
  }

  private static func erased(_ envelopes: [Envelope]) -> Set<RecordID> {
    var erased = Set(envelopes.filter { $0.action == .erase }.map(\.record))
    while true {
      let reached = envelopes.filter { envelope in
        !erased.contains(envelope.record)
          && envelope.about?.contains(where: erased.contains) == true
      }
      guard !reached.isEmpty else { return erased }
      erased.formUnion(reached.map(\.record))
    }
  }

  // MARK: - What is shown (law 5)

  /// A record lives when it has a change that nobody who deleted it had seen, or when something on it
  /// lives that has one.
  func lives(_ record: RecordID) -> Bool {
    guard let merge = records[record], !erased.contains(record) else { return false }
    if merge.isAlive { return true }
    var seen: Set = [record]
    var waiting = [record]
    while let next = waiting.popLast() {
      for (child, above) in hosts where above.contains(next) && seen.insert(child).inserted {
        guard !erased.contains(child), let other = records[child] else { continue }
        if other.isAlive, other.isUnseen(byThoseWhoDeleted: merge) { return true }
        waiting.append(child)
      }
    }
    return false
  }

  /// It is shown when it lives and everything that it is on or about lives.
  func isShown(_ record: RecordID) -> Bool {
    var seen: Set = [record]
    var waiting = [record]
    while let next = waiting.popLast() {
      guard records[next] != nil else { continue }
      guard lives(next) else { return false }
      for host in hosts[next, default: []] where seen.insert(host).inserted {
        waiting.append(host)
      }
    }
    return true
  }

  func shown(_ kind: Kind) -> Set<RecordID> {
    Set(kinds.filter { $0.value == kind }.keys.filter(isShown))
  }

  // MARK: - What stands in it (law 3)

  func value(_ field: FieldID, at dot: Dot) -> Value? {
    (values[dot]?[field]).flatMap(\.self)
  }

  /// The change that wrote a text: it may have got another name where chains had parted.
  func dot(of text: FieldWorld.AcknowledgedText, _ field: FieldID) -> Dot? {
    let writes = records[text.record]?.writes.map(\.dot) ?? []
    return ([text.dot] + writes).first { dot in
      changes[dot]?.envelope.record == text.record && value(field, at: dot) == .text(text.text)
    }
  }

  /// The value of the greatest write that nobody replaced knowingly.
  func shownValue(_ field: Field, of record: RecordID) -> Value? {
    let id = FieldID(field.number)
    return records[record]?.register(id).last.flatMap { value(id, at: $0) }
  }

  /// The words that the current writes of a text brought in: those that none of their authors had
  /// read in it before.
  func addedWords(_ field: Field, of record: RecordID) -> Set<String> {
    let id = FieldID(field.number)
    guard let merge = records[record] else { return [] }
    var added = Set<String>()
    for dot in merge.register(id) {
      guard case .text(let text) = value(id, at: dot), let context = changes[dot]?.envelope.context
      else { continue }
      var words = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
      for earlier in merge.writes where context.covers(earlier.dot) {
        guard case .text(let old) = value(id, at: earlier.dot) else { continue }
        words.subtract(old.split { $0 == " " || $0 == "\n" }.map(String.init))
      }
      added.formUnion(words)
    }
    return added
  }

  /// The tree that a field makes: of each circle the newest edge is taken away.
  func parents(_ field: Field) -> [RecordID: RecordID] {
    let nodes = shown(field.kind)
    let id = FieldID(field.number)
    var edges = [RecordID: (parent: RecordID, age: (Stamp, DeviceID, RecordID))]()
    for node in nodes {
      guard let dot = records[node]?.register(id).last,
        case .reference(let reference) = value(id, at: dot),
        case let parent = RecordID(rawValue: reference), nodes.contains(parent),
        let stamp = changes[dot]?.envelope.stamp
      else { continue }
      edges[node] = (parent, (stamp, dot.device, node))
    }
    while let circle = Self.circle(edges.mapValues(\.parent)) {
      let newest = circle.max { left, right in
        guard let left = edges[left]?.age, let right = edges[right]?.age else { return false }
        return left < right
      }
      if let newest { edges[newest] = nil }
    }
    return edges.mapValues(\.parent)
  }

  private static func circle(_ parents: [RecordID: RecordID]) -> [RecordID]? {
    for start in parents.keys {
      var path = [start]
      while let next = parents[path[path.count - 1]] {
        if let index = path.firstIndex(of: next) { return Array(path[index...]) }
        path.append(next)
      }
    }
    return nil
  }
}
