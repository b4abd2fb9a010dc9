import CuadernoLog
import CuadernoModel
package import CuadernoSync
import Dispatch
import GRDB
import Synchronization

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
        try translatingErrors {
          var received = try view.write { view, commit in try receive(page, view, commit) }
          while let strays = try nextStrays() {
            let (count, arrivals) = try view.write { view, commit in
              try receive(strays, view, commit)
            }
            received.count += count
            received.arrivals.add(arrivals)
          }
          return received
        }
      }
    }
  }

  /// What waited for the changes that have just come, if there is any of it.
  private func nextStrays() throws -> ChangePage? {
    guard try log.read({ try Strays(log: $0).count() }) > 0 else { return nil }
    let page = try log.write { log in
      let strays = Strays(log: log)
      try strays.removeAdmitted()
      return try strays.nextPage()
    }
    return page.changes.isEmpty ? nil : page
  }

  /// Appends to the log on its own thread while this one projects: each takes as long as the other.
  /// The log commits first all the same. When the view cannot follow it is set back, and catches up
  /// from the log; what the log holds is not taken back for that.
  private func receive(
    _ page: ChangePage, _ view: Database, _ commit: () throws -> Void
  ) throws -> (count: Int, arrivals: Arrivals) {
    let (admitted, end, lastStamp) = try log.read { log in
      try ViewFile.catchUp(view, log)
      var admission = try Self.changes.admission(of: page, log)
      let admitted = try admission.admit(page) { try Self.changes.link(at: $0, log) }
      return (admitted, try Self.changes.end(log), try Self.identity(log).lastStamp)
    }
    guard let last = admitted.last else {
      try commit()
      return (0, Arrivals())
    }
    let stamp = admitted.reduce(lastStamp) { max($0, $1.change.envelope.stamp) }
    let appended = append(admitted, lastStamp: stamp)
    let projected = Result { try project(admitted, from: end, view) }
    try appended.wait()
    let projection = try projected.get()
    try projection.finish(position: end + Int64(admitted.count), link: last.link)
    try commit()
    return (admitted.count, projection.arrivals)
  }

  private func append(_ admitted: [AdmittedChange], lastStamp: Stamp) -> Outcome {
    let outcome = Outcome()
    log.asyncWrite(
      { log in
        try Self.changes.append(admitted, log)
        try log.execute(
          sql: "UPDATE notebook SET lastStamp = ?",
          arguments: [Int64(bitPattern: lastStamp.rawValue)])
      },
      completion: { _, result in outcome.set(result) })
    return outcome
  }

  /// Reads what else it needs of the log through a connection of its own.
  private func project(
    _ admitted: [AdmittedChange], from end: Int64, _ view: Database
  ) throws -> Projection {
    let arriving = Dictionary(admitted.map { ($0.change.dot, $0.change) }) { first, _ in first }
    let reader = try NotebookFolder.logFile.openReadOnly(at: folder.log)
    return try reader.read { log in
      var projection = try Projection(
        view: view, log: log, changes: Self.changes, arriving: arriving)
      for (index, change) in admitted.enumerated() {
        try projection.apply(change.change, position: end + Int64(index) + 1)
      }
      return projection
    }
  }

  package func summary() throws -> StoreSummary {
    try read { reader in
      StoreSummary(
        frontier: try Self.changes.frontier(reader.log), registers: try reader.registersDigest())
    }
  }
}

/// What came of work on another thread, for the one that waits for it.
private final class Outcome: Sendable {
  private let result = Mutex<Result<Void, any Error>?>(nil)
  private let isSet = DispatchSemaphore(value: 0)

  func set(_ result: Result<Void, any Error>) {
    self.result.withLock { $0 = result }
    isSet.signal()
  }

  func wait() throws {
    isSet.wait()
    try result.withLock { $0 }?.get()
  }
}
