import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Which records the lines of a file are about, and what they point to.
///
/// A record has one line: of two that say different things nobody could tell which is right. What a line
/// points to may be nowhere, since a study may hold a reference to what was deleted or to what has not
/// arrived yet, and what a study holds must come back; such references are kept and counted. One to a
/// record of another kind, or a circle of parents, is in no study and is refused.
struct LineReferences {
  private struct Reference {
    let record: RecordID
    let kinds: [Kind]
    let field: Field
    let line: Int
  }

  private struct Edge {
    let parent: RecordID?
    let line: Int
  }

  private static let edges: [Field] = [.Place.parent, .Theme.parent, .Theme.mergedInto]

  private var lines: [RecordID: (line: Int, kind: Kind)] = [:]
  /// Those to records that had no line yet.
  private var open: [Reference] = []
  private var edges: [Field: [RecordID: Edge]] = [:]

  /// - Throws: ``ExchangeError`` when a line before was about the same record.
  mutating func begin(_ record: RecordID, _ kind: Kind, line: Int) throws {
    if let first = lines.updateValue((line, kind), forKey: record) {
      throw ExchangeError(.line(line), .lines(.repeatedRecord(line: first.line)))
    }
  }

  mutating func note(_ edits: [FieldEdit], of record: RecordID, line: Int) throws {
    for edit in edits {
      if Self.edges.contains(edit.field) {
        edges[edit.field, default: [:]][record] = Edge(parent: edit.referred?.record, line: line)
      }
      guard let (referred, kinds) = edit.referred else { continue }
      let reference = Reference(record: referred, kinds: kinds, field: edit.field, line: line)
      if let known = lines[referred]?.kind {
        try check(reference, known)
      } else {
        open.append(reference)
      }
    }
  }

  /// To be called after the last line.
  func end(_ reader: Reader, _ report: inout IntakeReport) throws {
    for reference in open {
      if let known = lines[reference.record]?.kind {
        try check(reference, known)
      } else if let state = try reader.state(of: reference.record), state.isAlive {
        // Newer versions may have kinds that are not known here.
        if let kind = Kind(rawValue: state.kind) { try check(reference, kind) }
      } else if reference.record != reader.studyRecord {
        report.count(.danglingReferences, at: .line(reference.line))
      }
    }
    for field in Self.edges {
      if let edges = edges[field] { try refuseCircles(edges, field, try reader.tree(field)) }
    }
  }

  private func check(_ reference: Reference, _ kind: Kind) throws {
    guard !reference.kinds.contains(kind) else { return }
    throw ExchangeError(
      .line(reference.line),
      .lines(
        .otherKind(
          field: reference.field.name, expected: reference.kinds.map(\.name), found: kind.name)))
  }

  /// Follows what the file says, and the tree as it is drawn where the file says nothing.
  private func refuseCircles(_ edges: [RecordID: Edge], _ field: Field, _ tree: Tree) throws {
    var done = Set<RecordID>()
    for start in edges.sorted(by: { $0.value.line < $1.value.line }).map(\.key) {
      var path = Set<RecordID>()
      var next: RecordID? = start
      while let record = next, !done.contains(record) {
        guard path.insert(record).inserted else {
          throw ExchangeError(
            .line(edges[record]?.line ?? edges[start]?.line ?? 0),
            .lines(.circle(field: field.name)))
        }
        next = edges[record].map(\.parent) ?? tree.parent(of: record.rawValue).map(RecordID.init)
      }
      done.formUnion(path)
    }
  }
}

extension FieldEdit {
  /// The record that an edit points to, and of which kinds it may be.
  fileprivate var referred: (record: RecordID, kinds: [Kind])? {
    switch (field.shape, value) {
    case (.reference(let kind), .reference(let record)):
      (RecordID(rawValue: record), kind.map { [$0] } ?? Kind.allCases)
    case (.references(let kind), .membership(let record, true)):
      (RecordID(rawValue: record), [kind])
    case (.target, .target(let target)):
      (
        RecordID(rawValue: target.record),
        Kind.allCases.filter { Field.codedText(of: $0)?.number == target.field }
      )
    default: nil
    }
  }
}
