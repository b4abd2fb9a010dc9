import Foundation
import Synchronization

/// The lines of a file, parsed on a thread of its own while those before them are being written.
///
/// Reading JSON is a tenth of an import, and the writer has one thread; on the second core it costs
/// nothing. A few batches are kept ahead, so memory does not grow with the file.
final class LinesAhead: Sendable {
  private struct Batch: Sendable {
    var lines: [LineObject] = []
    /// What ended the file before its end.
    var fault: ExchangeError?
  }

  private struct Stock: Sendable {
    var batches: [Batch] = []
    var isComplete = false
    /// The reader wants no more.
    var isAbandoned = false
  }

  private static let batchLines = 256
  private static let batchesMax = 8

  private let stock = Mutex(Stock())
  /// Held around every look at the stock, so that no signal is missed.
  private let condition = NSCondition()

  /// Goes over all objects of a file in their order.
  static func forEach(_ bytes: [UInt8], _ body: (LineObject) throws -> Void) throws {
    let ahead = LinesAhead()
    Thread.detachNewThread { ahead.parse(bytes) }
    defer { ahead.abandon() }
    while let batch = ahead.take() {
      for line in batch.lines { try body(line) }
      if let fault = batch.fault { throw fault }
    }
  }

  // MARK: - The parsing thread

  private func parse(_ bytes: [UInt8]) {
    var cursor = LineCursor(bytes)
    var batch = Batch()
    do {
      while let line = try cursor.next() {
        batch.lines.append(line)
        if batch.lines.count == Self.batchLines {
          guard put(batch) else { return }
          batch = Batch()
        }
      }
    } catch {
      batch.fault = error
    }
    _ = put(batch)
    condition.lock()
    stock.withLock { $0.isComplete = true }
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for room; false when nobody wants the batch.
  private func put(_ batch: Batch) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while stock.withLock({ !$0.isAbandoned && $0.batches.count >= Self.batchesMax }) {
      condition.wait()
    }
    let isWanted = stock.withLock { stock in
      stock.batches.append(batch)
      return !stock.isAbandoned
    }
    condition.broadcast()
    return isWanted
  }

  // MARK: - The writing thread

  /// Waits for the next batch; nil after the last.
  private func take() -> Batch? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      let (batch, isComplete) = stock.withLock { stock in
        (stock.batches.isEmpty ? nil : stock.batches.removeFirst(), stock.isComplete)
      }
      if let batch {
        condition.broadcast()
        return batch
      }
      if isComplete { return nil }
      condition.wait()
    }
  }

  private func abandon() {
    condition.lock()
    stock.withLock { $0.isAbandoned = true }
    condition.broadcast()
    condition.unlock()
  }
}
