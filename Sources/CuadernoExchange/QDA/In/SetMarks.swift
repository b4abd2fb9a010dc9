import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// In which sets each record is, written in few changes for each: to write one looks at all attributes that
/// the record has, and thousands of sets may hold one code.
struct SetMarks {
  /// Half of what a change may set.
  private static let marksAtOnce = 512

  private var names: [RecordID: [(name: String, set: XMLNode)]] = [:]
  private var order: [RecordID] = []

  mutating func add(_ record: RecordID, _ name: String, at set: XMLNode) {
    if names[record] == nil { order.append(record) }
    names[record, default: []].append((name, set))
  }

  func write(
    _ kind: Kind, _ field: Field, _ file: inout QDAFile, _ writer: inout Writer
  ) throws {
    for record in order {
      guard let sets = names[record] else { continue }
      var edits = [FieldEdit]()
      var keys = Set<[UInt8]>()
      for (name, set) in sets {
        let key = writer.keys.key(named: name)
        guard keys.insert(key).inserted else { continue }
        let mark = Value.attribute(Attribute(name: name, value: "true"))
        try ExchangeError.at(file.place(set)) { try Validation.check(mark, for: field) }
        edits.append(FieldEdit(field, key: key, value: mark))
        if edits.count == Self.marksAtOnce {
          _ = try file.enter(record, kind, edits, at: set, &writer)
          edits = []
        }
      }
      guard let last = sets.last, !edits.isEmpty else { continue }
      _ = try file.enter(record, kind, edits, at: last.set, &writer)
    }
  }
}
