import CuadernoModel
package import CuadernoSync
import GRDB

extension Reader {
  /// The interviews whose consent two people wrote differently, and nobody has settled.
  ///
  /// What is shown is the later word, and it may be the more generous one: until somebody who has seen
  /// both decides, nothing is quoted and nothing archived.
  package func contestedConsents() throws -> Set<RecordID> {
    try RecordID.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM conflict JOIN record ON record.number = conflict.record
          WHERE conflict.field = ? AND record.kind = ?
          """),
      arguments: [
        Int64(Field.Interview.consent.number), Int64(Kind.interview.rawValue),
      ])
  }

  /// The time by which embargoes end: the machine's, or what a server's clock made of it where that is
  /// earlier. A clock that is wrong by years ends none of them too soon.
  ///
  /// - Parameter machine: milliseconds since 1970.
  package func embargoTime(machine: Int64) throws -> Int64 {
    min(machine, try Notebook.learntClock(log)?.milliseconds(machine: machine) ?? machine)
  }
}
