import CuadernoSync
import Dispatch
import Synchronization

/// Packs texts on another core while the next ones are read, and keeps them until the archive is
/// written, as far as there is room.
final class PackedTexts: Sendable {
  private static let bytesMax = 64 << 20
  /// Texts go to the other core together: to wake it for each of them takes a twentieth of the packing.
  private static let batchBytes = 64 << 10
  /// Batches that may wait: where packing is slower than reading, reading waits.
  private static let waitingMax = 8

  private struct Kept {
    var stream: DeflateStream?
    var texts: [RecordID: PackedBytes] = [:]
    var bytes = 0

    mutating func pack(_ text: [UInt8], of record: RecordID) throws {
      let stream = try stream ?? DeflateStream()
      self.stream = stream
      let packed = try stream.pack(text)
      guard bytes + packed.bytes.count <= PackedTexts.bytesMax else { return }
      bytes += packed.bytes.count
      texts[record] = packed
    }
  }

  private struct Batch: Sendable {
    var texts: [(bytes: [UInt8], record: RecordID)] = []
    var bytes = 0
  }

  private let kept = Mutex(Kept())
  private let gathered = Mutex(Batch())
  private let queue = DispatchQueue(label: "cuaderno.packing")
  private let room = DispatchSemaphore(value: waitingMax)

  /// What is not packed in the end, since there was no room or zlib failed, is packed by libzip.
  func pack(_ text: [UInt8], of record: RecordID) {
    let full = gathered.withLock { batch -> Batch? in
      batch.texts.append((text, record))
      batch.bytes += text.count
      guard batch.bytes >= Self.batchBytes else { return nil }
      defer { batch = Batch() }
      return batch
    }
    if let full { pack(full) }
  }

  private func pack(_ batch: Batch) {
    room.wait()
    queue.async { [self] in
      kept.withLock { kept in
        for (text, record) in batch.texts { try? kept.pack(text, of: record) }
      }
      room.signal()
    }
  }

  /// Waits for the texts that are being packed.
  func all() -> [RecordID: PackedBytes] {
    pack(
      gathered.withLock { batch in
        defer { batch = Batch() }
        return batch
      })
    queue.sync {}
    return kept.withLock { $0.texts }
  }
}
