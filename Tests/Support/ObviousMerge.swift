package import CuadernoSync

/// The merge as the law writes it down, over a set of envelopes: slow, and too plain to be wrong.
package struct ObviousMerge {
  /// What sets fields; of a record that was erased nothing is left.
  package let writes: [Envelope]
  /// What took the record away, for a while or for good.
  package let deletes: [Envelope]
  package let isErased: Bool
  /// Every change of the record that removes nothing.
  private let edits: [Envelope]

  /// - Parameter envelopes: the changes to one record, in any order.
  package init(_ envelopes: some Sequence<Envelope>) {
    isErased = envelopes.contains { $0.action == .erase }
    deletes = envelopes.filter { $0.action == .delete || $0.action == .erase }
    edits = envelopes.filter { $0.action != .delete && $0.action != .erase }
    writes = isErased ? [] : edits.filter { $0.action == .write }
  }

  /// `S(f) = { x | x sets f, and no e that sets f covers x }`, the shown one last.
  package func register(_ field: FieldID) -> [Dot] {
    let candidates = writes.filter { $0.fields.contains(field) }
    return
      candidates
      .filter { x in !candidates.contains { $0.context.covers(x.dot) } }
      .sorted { ($0.stamp, $0.dot.device) < ($1.stamp, $1.dot.device) }
      .map(\.dot)
  }

  package var fields: [FieldID] {
    Set(writes.flatMap(\.fields)).sorted()
  }

  /// A record lives while it has a change that nobody who deleted it had seen.
  package var isAlive: Bool {
    !isErased
      && (deletes.isEmpty
        || edits.contains { edit in !deletes.contains { $0.context.covers(edit.dot) } })
  }

  package var clock: VectorClock { VectorClock((edits + deletes).map(\.dot)) }

  /// Whether it has a change that nobody had seen who deleted another record.
  package func isUnseen(byThoseWhoDeleted other: ObviousMerge) -> Bool {
    edits.contains { edit in !other.deletes.contains { $0.context.covers(edit.dot) } }
  }

  /// Where a state departs from the law; nil when it does not.
  package func fault(in state: RecordState) -> String? {
    for field in fields {
      let expected = register(field)
      guard state.register(field).map(\.dot) == expected else {
        return "register of field \(field.number)"
      }
      guard state.shown(field)?.dot == expected.last else {
        return "shown write of field \(field.number)"
      }
    }
    guard state.fields == fields else { return "fields" }
    guard state.contestedFields == fields.filter({ register($0).count > 1 }) else {
      return "contested fields"
    }
    guard state.isAlive == isAlive else { return "whether it lives" }
    guard state.clock == clock else { return "clock" }
    return nil
  }

  /// What happened to a write that no register holds any more and nobody had read: it was lost.
  package func lost(from state: RecordState) -> Dot? {
    for write in writes {
      for field in write.fields where !state.register(field).map(\.dot).contains(write.dot) {
        let knew = writes.contains {
          $0.fields.contains(field) && $0.context.covers(write.dot)
        }
        if !knew { return write.dot }
      }
    }
    return nil
  }

  /// A shown value that somebody had read and replaced.
  package func replacedButShown(in state: RecordState) -> Dot? {
    for field in fields {
      guard let shown = state.shown(field) else { continue }
      let isReplaced = writes.contains {
        $0.fields.contains(field) && $0.context.covers(shown.dot)
      }
      if isReplaced { return shown.dot }
    }
    return nil
  }
}
