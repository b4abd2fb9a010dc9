import CuadernoLog
package import CuadernoSync
import GRDB

/// When a coding was made, and when what it shows was written last.
package struct CodingTimes: Hashable, Sendable {
  package var made: Stamp
  package var changed: Stamp
}

extension Reader {
  /// The times of the codings on a record, by their ids, as far as their current writes tell: which text
  /// a coding lies on is written when it is made, and not again.
  package func times(ofCodingsOn target: RecordID) throws -> [RecordID: CodingTimes] {
    let rows = try Row.fetchCursor(
      view.cachedStatement(
        sql: """
          SELECT record.id, record.state FROM coding JOIN record ON record.number = coding.record
          WHERE coding.target = ?
          """),
      arguments: [target])
    var times = [RecordID: CodingTimes]()
    while let row = try rows.next() {
      let bytes = try row.decode(Blob.self, atIndex: 1).bytes
      guard let state = try? RecordState(canonicalBytes: bytes) else { throw StoreError.damaged }
      let stamps = state.writes.map(\.stamp)
      guard let made = stamps.min(), let changed = stamps.max() else { continue }
      times[try row.decode(atIndex: 0)] = CodingTimes(made: made, changed: changed)
    }
    return times
  }
}
