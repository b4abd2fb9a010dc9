import CuadernoLog
package import CuadernoSync
import GRDB

// What of this device's own changes may be on another machine: those can have no other stamp any more,
// or two changes would stand under one name. It is noted before anything leaves, so a cut can only make
// it say too much.
extension Notebook {
  /// Notes that everything written here may be on another machine from now on.
  func noteLeaving() throws {
    try noteLeaving("leftSequence", upTo: .max)
  }

  /// Notes that a page goes to somebody who keeps it.
  func noteLeaving(_ page: ChangePage) throws {
    try noteLeaving("leftSequence", page)
  }

  /// The next page for a hub whose frontier says at the next greeting what it took of it.
  package func offer(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    let page = try pageHeld(beyond: clock, bytesMax: bytesMax)
    try noteLeaving("offeredSequence", page)
    return page
  }

  private func noteLeaving(_ column: String, _ page: ChangePage) throws {
    let device = try identity().device
    guard let head = page.heads.first(where: { $0.dot.device == device }) else { return }
    try noteLeaving(column, upTo: head.dot.sequence)
  }

  private func noteLeaving(_ column: String, upTo sequence: UInt64) throws {
    let isNoted = try translatingErrors {
      try log.reading { log in
        let identity = try Self.identity(log)
        let held = try Self.changes.head(of: identity.device, log)?.dot.sequence ?? 0
        return try Self.noted(column, log) >= min(sequence, held)
      }
    }
    guard !isNoted else { return }
    do {
      try holdingLock {
        try translatingErrors {
          try log.write { log in
            // As far as there is anything, so that one sync notes it once.
            let device = try Self.identity(log).device
            let held = try Self.changes.head(of: device, log)?.dot.sequence ?? 0
            try log.execute(
              sql: "UPDATE notebook SET \(column) = max(\(column), ?)",
              arguments: [Int64(bitPattern: held)])
          }
        }
      }
    } catch StoreError.diskFull, StoreError.readOnly, StoreError.cannotOpen {
      // What is here can be given away all the same. Were it stamped anew later, the chains would
      // differ, which is found and mended.
    }
  }

  private static func noted(_ column: String, _ log: Database) throws -> UInt64 {
    try UInt64(
      bitPattern: Int64.fetchOne(
        log.cachedStatement(sql: "SELECT \(column) FROM notebook")) ?? 0)
  }

  /// Up to which number the device's changes are on another machine, when a hub has just said what it
  /// holds. What was offered to it and is not there has left for nowhere, unless there is another hub
  /// that it may have been offered to.
  static func leftSequence(
    of identity: Identity, knowing frontier: VectorClock, _ log: Database
  ) throws -> UInt64 {
    let hubs = try KnownHub.all(log)
    let column = hubs.count > 1 ? "max(leftSequence, offeredSequence)" : "leftSequence"
    let synced = hubs.map { $0.syncedFrontier?[identity.device] ?? 0 }
    return max(try noted(column, log), frontier[identity.device], synced.max() ?? 0)
  }
}
