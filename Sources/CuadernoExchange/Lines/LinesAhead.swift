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
    var fault: (any Error)?
  }

  private struct Stock: Sendable {
    var batches: [Batch] = []
    var isComplete = false
    /// The reader wants no more.
    var isAbandoned = false
  }

  /// With ``LinePieces`` this bounds what lies here to 256 KiB of the file, or to as many of its lines.
  private static let batchesMax = 4

  private let stock = Mutex(Stock())
  /// Held around every look at the stock, so that no signal is missed.
  private let condition = NSCondition()

  /// Goes over all objects of a file in their order.
  static func forEach(_ source: @escaping Source, _ body: (LineObject) throws -> Void) throws {
    let ahead = LinesAhead()
    Thread.detachNewThread { ahead.parse(source) }
    defer { ahead.abandon() }
    while let batch = ahead.take() {
      for line in batch.lines { try body(line) }
      if let fault = batch.fault { throw fault }
    }
  }

  // MARK: - The parsing thread

  private func parse(_ source: @escaping Source) {
    var pieces = LinePieces(source)
    var line = 0
    do {
      while let piece = try pieces.next() {
        let (batch, isWhole) = Self.batch(piece, &line)
        guard put(batch), isWhole else { break }
      }
    } catch {
      _ = put(Batch(fault: error))
    }
    condition.lock()
    stock.withLock { $0.isComplete = true }
    condition.broadcast()
    condition.unlock()
  }

  /// The objects of some lines, up to the first that is none.
  private static func batch(_ piece: [UInt8], _ line: inout Int) -> (Batch, isWhole: Bool) {
    var cursor = LineCursor(piece, after: line)
    defer { line = cursor.line }
    var batch = Batch()
    do {
      while let object = try cursor.next() { batch.lines.append(object) }
      return (batch, true)
    } catch {
      batch.fault = error
      return (batch, false)
    }
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
