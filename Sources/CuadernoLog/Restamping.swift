package import CuadernoSync
package import GRDB

extension ChangeLog {
  /// A change of this store's own that nobody else holds, with another stamp, and so another envelope
  /// and link. Everything else of it lies in the log as it lay.
  package struct Restamped: Sendable {
    fileprivate let position: Int64
    fileprivate let envelopeBytes: [UInt8]
    fileprivate let link: Digest

    package init(_ admitted: AdmittedChange, at position: Int64) {
      self.position = position
      envelopeBytes = admitted.envelopeBytes
      link = admitted.link
    }
  }

  /// The one thing that is ever written over in a log: the last changes of a device, in the order of
  /// their numbers and up to its head.
  package func replace(
    _ restamped: [Restamped], lastOf device: DeviceID, _ db: Database
  ) throws {
    guard let last = restamped.last else { return }
    let update = try db.cachedStatement(
      sql: "UPDATE change SET envelope = ?, link = ? WHERE position = ? AND study = ?")
    for change in restamped {
      try update.execute(arguments: [
        Blob(change.envelopeBytes), change.link, change.position, study,
      ])
    }
    try db.execute(
      sql: "UPDATE device SET link = ? WHERE study = ? AND id = ?",
      arguments: [last.link, study, device])
  }
}
