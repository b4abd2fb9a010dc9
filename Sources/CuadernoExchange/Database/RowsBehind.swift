import Dispatch
import Synchronization

/// Inserts rows on another core while the next ones are read.
///
/// A few batches may wait, so memory does not grow with the study. What the database says against one
/// comes to whoever brings the next, or waits for the last.
final class RowsBehind: Sendable {
  /// Where inserting is slower than reading, reading waits.
  private static let waitingMax = 8

  private struct Open {
    var database: TableDatabase?
  }

  private let open = Mutex(Open())
  private let fault = Mutex<(any Error)?>(nil)
  private let queue = DispatchQueue(label: "cuaderno.tables")
  private let room = DispatchSemaphore(value: waitingMax)

  /// - Parameters:
  ///   - path: a file that is there, and empty.
  ///   - sql: runs before any row is inserted.
  init(_ path: String, begin sql: String) {
    run { open in
      let database = try TableDatabase(path)
      try database.run(sql)
      open.database = database
    }
  }

  /// Waits for room and takes the rows of a batch, which is empty afterwards.
  ///
  /// - Throws: what an earlier batch came to; no row is inserted after that.
  func insert(_ batch: inout RowBatch) throws {
    try refuse()
    let full = batch
    batch = RowBatch()
    run { try $0.database?.insert(full) }
  }

  /// Waits for all rows, runs what comes after them, and closes the file.
  func finish(_ sql: String) throws {
    run { try $0.database?.run(sql) }
    run { open in
      try open.database?.close()
      open.database = nil
    }
    queue.sync {}
    try refuse()
  }

  /// Lets the file go. What waits is not inserted any more.
  func abandon() {
    fault.withLock { $0 = $0 ?? TableDatabaseFault.abandoned }
    queue.sync { open.withLock { $0.database = nil } }
  }

  private func refuse() throws {
    if let fault = fault.withLock(\.self) { throw fault }
  }

  private func run(_ body: @escaping @Sendable (inout Open) throws -> Void) {
    room.wait()
    queue.async { [self] in
      defer { room.signal() }
      guard fault.withLock({ $0 == nil }) else { return }
      do {
        try open.withLock { try body(&$0) }
      } catch {
        fault.withLock { $0 = error }
      }
    }
  }
}
