import CuadernoModel
package import CuadernoSync

/// Why a version cannot be brought back.
package enum RevertFault: Error, Equatable, CustomStringConvertible {
  case unknownVersion
  case isDelete

  package var description: String {
    switch self {
    case .unknownVersion: "no such version; `cuaderno log RECORD` names them"
    case .isDelete: "that version is the deleting of the record; name the one before it"
    }
  }
}

extension Writer {
  /// Writes a record's fields as they were in one of its versions: those that differ, and no others.
  /// What was added later is emptied, what was in conflict is settled, and a deleted record is there
  /// again.
  package mutating func revert(_ record: RecordID, to dot: Dot) throws -> TakenBack {
    guard let past = try RecordPast(record, reader), let change = past.change(dot) else {
      throw RevertFault.unknownVersion
    }
    guard change.envelope.action != .delete else { throw RevertFault.isDelete }
    let version = past.version(after: change)
    let now = past.now()
    let told = try reader.told(past)
    var result = TakenBack()
    var restored = [(field: FieldID, stored: StoredValue)]()
    for field in Set(version.state.fields).union(now.state.fields).sorted()
    where !reader.isOfMembers(field, now) {
      guard var stored = try version.stored(field) else {
        // Erased in both: there is nothing to bring back, and nothing that differs.
        if try now.stored(field) != nil { result.left.append((told, field, .unreadable)) }
        continue
      }
      let current = try now.stored(field)
      let isContested = now.state.register(field).count > 1
      if stored == current && !isContested { continue }
      if stored.isEmpty, let current {
        if current.isEmpty && !isContested { continue }
        stored = current.emptied
      }
      if let fault = try obstacle(field, stored, now.state.kind, record) {
        result.left.append((told, field, .fault(fault)))
      } else {
        restored.append((field, stored))
        if try version.isContested(field) || now.isContested(field) {
          result.settled.append((told, field))
        }
      }
    }
    guard !restored.isEmpty || !now.isAlive else { return result }
    try copy(restored, to: record)
    if !now.isAlive { result.done.append((try reader.told(past), .broughtBack)) }
    if !restored.isEmpty {
      result.done.append((try reader.told(past), .fields(restored.map(\.field))))
    }
    return result
  }
}
