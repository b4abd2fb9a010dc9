import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// In which order the changes of a page go into the view.
///
/// The view depends on the set of changes and not on their order, but for the numbers that new records
/// are given. So those to records that are here already go in the order of the records' numbers: the
/// pages of the tables and of the log, where the same records lie one after the other, are read and
/// written once and not here and there. A page that takes something away goes in its own order, since
/// what is told of it depends on that.
extension Projection {
  /// Applies changes that follow each other in the log.
  ///
  /// - Parameter end: the position before the first of them.
  mutating func apply(_ admitted: [AdmittedChange], after end: Int64) throws {
    guard isOrderFree(admitted) else {
      for (index, change) in admitted.enumerated() {
        try apply(change.change, position: end + Int64(index) + 1)
      }
      return
    }
    let order = try byRecord(admitted)
    try words.makeRoom(forStale: staleCount(order.known.lazy.map { admitted[$0.index].change }))
    for (index, number) in order.known {
      let change = admitted[index].change
      let found = try row.find(change.envelope.record, number: number)
      try apply(change, to: found, position: end + Int64(index) + 1, values: nil)
    }
    // In the order of arrival, since it is that of the numbers they are given.
    for index in order.new {
      try apply(admitted[index].change, position: end + Int64(index) + 1)
    }
  }

  private func isOrderFree(_ admitted: [AdmittedChange]) -> Bool {
    admitted.allSatisfy { $0.change.envelope.action == .write }
  }

  /// How many records the changes give other words.
  private func staleCount(_ changes: some Sequence<Change>) -> Int {
    var records = Set<RecordID>()
    for envelope in changes.lazy.map(\.envelope) {
      guard let kind = Kind(rawValue: envelope.kind),
        Searchable.isSearchable(kind, envelope.fields)
      else { continue }
      records.insert(envelope.record)
    }
    return records.count
  }

  private func byRecord(
    _ admitted: [AdmittedChange]
  ) throws -> (known: [(index: Int, number: Int64)], new: [Int]) {
    let find = try view.cachedStatement(sql: "SELECT number FROM record WHERE id = ?")
    var numbers = [RecordID: Int64]()
    var known = [(index: Int, number: Int64)]()
    var new = [Int]()
    for (index, change) in admitted.enumerated() where !voids.passOver(change.change) {
      let record = change.change.envelope.record
      if let number = try numbers[record] ?? find.first([.id(record)], { $0.integer(0) }) {
        numbers[record] = number
        known.append((index, number))
      } else {
        new.append(index)
      }
    }
    known.sort { ($0.number, $0.index) < ($1.number, $1.index) }
    return (known, new)
  }
}
