import CZip

/// The bytes of an entry as a zip archive holds them.
struct PackedBytes: Sendable {
  /// Packed with deflate (RFC 1951), or as they are.
  let bytes: [UInt8]
  let isPacked: Bool
  /// Before packing.
  let size: Int
  /// CRC-32 before packing.
  let checksum: UInt32
}

/// Packs one entry after another with one stream of zlib's.
///
/// libzip makes a stream for each entry, and clearing its 260 KB takes as long as packing a text of 2 KB:
/// of 10,000 texts half the time. What comes out is the same.
@safe final class DeflateStream {
  private let stream: UnsafeMutablePointer<z_stream>
  private var room: [UInt8] = []

  init() throws {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // Without zlib's own header, as a zip archive has it (zlib.h, deflateInit2).
    let code = unsafe deflateInit2_(
      stream, Int32(ArchiveWriting.level), Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY,
      ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      unsafe stream.deallocate()
      throw QDAFault.cannotWrite
    }
  }

  deinit {
    unsafe _ = deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// - Parameter bytes: less than 4 GB.
  func pack(_ bytes: [UInt8]) throws -> PackedBytes {
    guard let count = UInt32(exactly: bytes.count), unsafe deflateReset(stream) == Z_OK else {
      throw QDAFault.cannotWrite
    }
    let bound = unsafe Int(deflateBound(stream, UInt(count)))
    if room.count < bound { room = [UInt8](repeating: 0, count: bound) }
    let (code, checksum) = unsafe bytes.withUnsafeBufferPointer { input in
      unsafe room.withUnsafeMutableBufferPointer { output in
        // zlib reads what is here a pointer to change.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.pointee.avail_in = count
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
        return unsafe (
          deflate(stream, Z_FINISH), UInt32(truncatingIfNeeded: crc32(0, input.baseAddress, count))
        )
      }
    }
    guard code == Z_STREAM_END else { throw QDAFault.cannotWrite }
    let packed = unsafe Int(stream.pointee.total_out)
    guard bytes.count <= packed * ArchiveLimits.ratio else {
      return PackedBytes(bytes: bytes, isPacked: false, size: bytes.count, checksum: checksum)
    }
    return PackedBytes(
      bytes: Array(room[..<packed]), isPacked: true, size: bytes.count, checksum: checksum)
  }
}
