import CuadernoSync
import Dispatch
import Synchronization

/// Packs texts on another core while the next ones are read, and keeps them until the archive is
/// written, as far as there is room.
final class PackedTexts: Sendable {
  private static let bytesMax = 64 << 20
  /// Texts that may wait: where packing is slower than reading, reading waits.
  private static let waitingMax = 64

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

  private let kept = Mutex(Kept())
  private let queue = DispatchQueue(label: "cuaderno.packing")
  private let room = DispatchSemaphore(value: waitingMax)

  /// What is not packed in the end, since there was no room or zlib failed, is packed by libzip.
  func pack(_ text: [UInt8], of record: RecordID) {
    room.wait()
    queue.async { [self] in
      kept.withLock { try? $0.pack(text, of: record) }
      room.signal()
    }
  }

  /// Waits for the texts that are being packed.
  func all() -> [RecordID: PackedBytes] {
    queue.sync {}
    return kept.withLock { $0.texts }
  }
}
