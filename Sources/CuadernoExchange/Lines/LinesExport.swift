import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes the whole study as JSON Lines: one object for each record that is alive.
///
/// What is written depends on the study alone, not on the notebook: two notebooks that hold the same
/// changes write the same bytes, and so does one that has read them.
package struct LinesExport {
  private let reader: Reader
  private let fields: FieldJSON
  private var output: Output

  package static func write(_ reader: Reader, to sink: @escaping Sink) throws {
    var export = LinesExport(reader, sink)
    try export.line([
      JSONValue.Member(LinesFormat.header, .string(LinesFormat.name)),
      JSONValue.Member("version", .integer(LinesFormat.version)),
    ])
    for kind in LinesFormat.order { try export.records(kind) }
    try export.output.flush()
  }

  private init(_ reader: Reader, _ sink: @escaping Sink) {
    self.reader = reader
    fields = FieldJSON(studyRecord: reader.studyRecord)
    output = Output(sink)
  }

  private mutating func line(_ members: [JSONValue.Member]) throws {
    try output.append { bytes in
      JSONWriter.append(.object(members), to: &bytes)
      bytes.append(0x0A)
    }
  }

  private mutating func records(_ kind: Kind) throws {
    switch kind {
    case .study: try study()
    case .place: try tree(kind, [.Place.parent])
    case .theme: try tree(kind, [.Theme.parent, .Theme.mergedInto])
    case .participant: try plain(kind)
    case .interview, .note: try texts(kind)
    case .coding: try codings()
    }
  }

  private func head(_ kind: Kind, _ id: RecordID) -> [JSONValue.Member] {
    [
      JSONValue.Member(LinesFormat.record, .string(kind.name)),
      JSONValue.Member(LinesFormat.id, fields.json(id)),
    ]
  }

  private mutating func study() throws {
    guard let shown = try ShownValues(of: reader.studyRecord, .study, reader) else { return }
    let head = JSONValue.Member(LinesFormat.record, .string(Kind.study.name))
    try line([head] + fields.members(shown, .study))
  }

  private mutating func plain(_ kind: Kind) throws {
    for id in try reader.ids(of: kind) {
      guard let shown = try ShownValues(of: id, kind, reader) else { continue }
      try line(head(kind, id) + fields.members(shown, kind))
    }
  }

  /// Places and themes, those above before those below, with the edges as they are drawn: one that
  /// closes a circle or leads to nothing is not shown, and so not written.
  private mutating func tree(_ kind: Kind, _ edges: [Field]) throws {
    let trees = try edges.map { try reader.tree($0) }
    let ids = try reader.ids(of: kind)
      .map { (depth: trees[0].path(to: $0.rawValue).count, id: $0) }
      .sorted { ($0.depth, $0.id) < ($1.depth, $1.id) }
    for (_, id) in ids {
      guard let shown = try ShownValues(of: id, kind, reader) else { continue }
      let drawn = zip(edges, trees).map { edge, tree in
        (edge.name, tree.parent(of: id.rawValue).map { fields.json(RecordID(rawValue: $0)) })
      }
      try line(head(kind, id) + replacing(drawn, in: fields.members(shown, kind), kind))
    }
  }

  /// The parent is given always, null at the root, so that a record moved to the root gets there;
  /// other edges where they are.
  private func replacing(
    _ drawn: [(name: String, value: JSONValue?)], in members: [JSONValue.Member], _ kind: Kind
  ) -> [JSONValue.Member] {
    Field.fields(of: kind).compactMap { field in
      guard let index = drawn.firstIndex(where: { $0.name == field.name }) else {
        return members.first { $0.key == field.name }
      }
      guard index > 0 || drawn[index].value != nil else {
        return JSONValue.Member(field.name, .null)
      }
      return drawn[index].value.map { JSONValue.Member(field.name, $0) }
    }
  }

  private mutating func texts(_ kind: Kind) throws {
    let stale = try reader.targetsWithEarlierCodings()
    for id in try reader.ids(of: kind) {
      guard let shown = try ShownValues(of: id, kind, reader) else { continue }
      var members = head(kind, id) + fields.members(shown, kind)
      if stale.contains(id) {
        let earlier = try CarriedCodings(on: id, nil, reader).earlierTexts
        if !earlier.isEmpty {
          members.append(
            JSONValue.Member(LinesFormat.earlierTexts, .array(earlier.map(JSONValue.string))))
        }
      }
      try line(members)
    }
  }

  // MARK: - Codings

  private mutating func codings() throws {
    var rest = Set(try reader.ids(of: .coding))
    for kind in [Kind.interview, .note] {
      for target in try reader.ids(of: kind) {
        let codings = try CarriedCodings(on: target, nil, reader)
        for entry in codings.entries {
          rest.remove(entry.coding.id)
          try coding(entry, codings.earlierTexts)
        }
      }
    }
    // Those on what was deleted, or on nothing yet.
    for id in rest.sorted() {
      guard let found = try reader.fetch(Coding.self, id) else { continue }
      let carried = try found.target.map { try CarriedCodings(on: $0, [found], reader).entries }
      let entry =
        carried?.first
        ?? CarriedCodings.Entry(coding: found, status: .review, span: nil, anchor: nil)
      try coding(entry, [])
    }
  }

  private mutating func coding(
    _ entry: CarriedCodings.Entry, _ earlierTexts: [String]
  ) throws {
    guard let shown = try ShownValues(of: entry.coding.id, .coding, reader) else { return }
    var members = head(.coding, entry.coding.id)
    for member in fields.members(shown, .coding) {
      if member.key != Field.Coding.anchor.name {
        members.append(member)
      } else if let anchor = entry.anchor {
        members.append(JSONValue.Member(member.key, AnchorJSON.json(anchor, earlierTexts)))
      }
    }
    members.append(JSONValue.Member(LinesFormat.status, .string(entry.status.rawValue)))
    if entry.status == .changed, let span = entry.span {
      members.append(
        JSONValue.Member(
          LinesFormat.now,
          .object([
            JSONValue.Member("start", .integer(Int64(span.lowerBound))),
            JSONValue.Member("end", .integer(Int64(span.upperBound))),
          ])))
    }
    try line(members)
  }
}
