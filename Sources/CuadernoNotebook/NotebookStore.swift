import CuadernoLog
import CuadernoModel
package import CuadernoSync
import GRDB

// The notebook as a store of changes: what sync reads from it and writes into it.
extension Notebook: ChangeStore {
  package func frontier() throws -> VectorClock {
    try translatingErrors { try log.read { try Self.changes.frontier($0) } }
  }

  package func link(at dot: Dot) throws -> Digest? {
    try translatingErrors { try log.read { try Self.changes.link(at: dot, $0) } }
  }

  package func page(beyond clock: VectorClock, bytesMax: Int) throws -> ChangePage {
    try translatingErrors {
      try log.read { try Self.changes.page(beyond: clock, bytesMax: bytesMax, $0) }
    }
  }

  package func apply(_ page: ChangePage) throws -> Int {
    try receive(page).count
  }

  /// Applies a page and answers what it brought.
  @discardableResult
  package func receive(_ page: ChangePage) throws -> (count: Int, arrivals: Arrivals) {
    try healing {
      try folder.lock.hold {
        try inTransaction { view, log in try Self.receive(page, view, log) }
      }
    }
  }

  private static func receive(
    _ page: ChangePage, _ view: Database, _ log: Database
  ) throws -> (count: Int, arrivals: Arrivals) {
    var admission = try changes.admission(of: page, log)
    let admitted = try admission.admit(page) { try changes.link(at: $0, log) }
    guard !admitted.isEmpty else { return (0, Arrivals()) }
    var projection = try Projection(view: view, log: log, changes: changes)
    var appender = try changes.appender(log)
    var stamp = try identity(log).lastStamp
    for change in admitted {
      try appender.append(change, log)
      stamp = max(stamp, change.change.envelope.stamp)
      try projection.apply(change.change, position: appender.position)
    }
    try appender.finish(log)
    try log.execute(
      sql: "UPDATE notebook SET lastStamp = ?", arguments: [Int64(bitPattern: stamp.rawValue)])
    try projection.finish(position: appender.position)
    return (admitted.count, projection.arrivals)
  }

  package func summary() throws -> StoreSummary {
    try read { reader in
      StoreSummary(
        frontier: try Self.changes.frontier(reader.log), registers: try reader.registersDigest())
    }
  }
}
