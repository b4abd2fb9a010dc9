import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// A record that somebody deleted and nothing keeps alive; it can be brought back.
package struct DeletedRecord: Sendable {
  package var id: RecordID
  package var kind: Kind
  /// What it was called when it was deleted.
  package var name: String
  package var deletedBy: String?
  package var deleted: Stamp
  /// How many codings and notes went out of sight with it.
  package var dependants: Int
}

/// A record that one person deleted while others worked on it or on what is on it.
package struct KeptRecord: Sendable {
  package var id: RecordID
  package var kind: Kind
  package var name: String
  package var deletedBy: [String]
  package var workedOnBy: [String]
}

extension Reader {
  /// What can be brought back, the last deleted first.
  package func trash() throws -> [DeletedRecord] {
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: "SELECT id FROM record WHERE isAlive <> 1 AND isAlive = 0"
          + unlessWithheld("number")))
    let members = try members()
    // What was about an erased record is erased too, though nobody erased it by its own name.
    let erased = try Erasures(log: Notebook.changes, log).records
    let deleted = try rows.compactMap { row -> DeletedRecord? in
      let id = try row.decode(RecordID.self, atIndex: 0)
      guard let state = try state(of: id), !erased.contains(id), !state.isAlive,
        let kind = Kind(rawValue: state.kind),
        let last = try history(of: id).last(where: { $0.isDelete })
      else { return nil }
      return DeletedRecord(
        id: id, kind: kind, name: try lastName(of: id, kind),
        deletedBy: members[last.dot.device]?.name, deleted: last.stamp,
        dependants: try Dependants.hidden(on: id, view).count {
          // What was deleted by itself did not go with it.
          try self.state(of: $0)?.isAlive == true
        })
    }
    return deleted.sorted { ($0.deleted, $0.id) > ($1.deleted, $1.id) }
  }

  /// The one deleted record whose name or beginning of an id somebody typed; all that fit otherwise.
  package func deletedRecords(matching text: String) throws -> [DeletedRecord] {
    let folded = Folding.folded(text)
    let trash = try trash()
    let named = trash.filter { !folded.isEmpty && Folding.folded($0.name) == folded }
    guard named.isEmpty, text.utf8.count >= Self.idPrefixDigits else { return named }
    return trash.filter { $0.id.description.hasPrefix(text.lowercased()) }
  }

  /// Who deleted records that stay all the same, and whose work keeps them.
  package func kept(_ ids: Set<RecordID>) throws -> [KeptRecord] {
    let members = try members()
    return try ids.sorted().compactMap { id in
      guard let state = try state(of: id), let kind = Kind(rawValue: state.kind) else { return nil }
      let entries = try ([id] + dependants(of: id)).flatMap { try history(of: $0) }
      func names(_ entries: some Sequence<HistoryEntry>) -> [String] {
        Set(entries.compactMap { members[$0.dot.device]?.name }).sorted()
      }
      return KeptRecord(
        id: id, kind: kind, name: try name(of: id, kind),
        deletedBy: names(entries.filter { $0.record == id && $0.isDelete }),
        workedOnBy: names(entries.filter { !$0.isDelete && !state.removed.covers($0.dot) }))
    }
  }

  /// The codings and notes that are shown on a record, on those, and so on.
  package func dependants(of id: RecordID) throws -> [RecordID] {
    var found: Set = [id]
    var withheld: Set = [id]
    var waiting = [id]
    while let next = waiting.popLast() {
      for dependant in try Dependants.shown(on: next, view)
      where found.insert(dependant).inserted {
        guard try !blindness.withholds(dependant, view) else {
          withheld.insert(dependant)
          continue
        }
        waiting.append(dependant)
      }
    }
    return found.subtracting(withheld).sorted()
  }
}
