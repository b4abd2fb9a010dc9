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
    var times = [RecordID: CodingTimes]()
    try view.cachedStatement(
      sql: """
        SELECT record.id, record.state FROM coding JOIN record ON record.number = coding.record
        WHERE coding.target = ?
        """
    ).scan([.id(target)]) { row in
      guard let id = RecordID(blob: row.blob(0)),
        let state = try? RecordState(canonicalBytes: row.blob(1))
      else { throw StoreError.damaged }
      let stamps = state.writes.lazy.map(\.stamp)
      if let made = stamps.min(), let changed = stamps.max() {
        times[id] = CodingTimes(made: made, changed: changed)
      }
      return true
    }
    return times
  }
}
