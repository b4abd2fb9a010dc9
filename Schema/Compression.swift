import CZstd
import CuadernoSync

/// Zstandard (RFC 8878), one frame with a checksum of its content.
///
/// Every call has a context of its own: one costs some microseconds and shares nothing, so there
/// is nothing that two threads, or a frame that failed half-way, could leave behind.
package enum Compression {
  /// The base-two logarithm of the largest window that is decoded: 8 MiB, which RFC 9659 sets for
  /// the content coding `zstd`. What a window needs comes on top of the limit on the content.
  private static let windowLogMax: Int32 = 23

  /// What every frame begins with. libzstd also reads the formats of before RFC 8878, and takes a
  /// skippable frame for one without content; neither is a message.
  private static let magicNumber: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

  /// - Parameter level: held within 1…19; those above need larger windows than every decoder takes.
  package static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    let context = unsafe compressionContext(level: min(max(level, 1), 19))
    defer { unsafe _ = ZSTD_freeCCtx(context) }
    return unsafe frame(of: bytes, context)
  }

  /// A frame whose content may repeat a prefix that its reader has.
  ///
  /// Measured on ten texts of 2 KB with a sentence more each, of which plain frames take 10.6 kB: 1.0 kB
  /// at level 6 and 19 alike, in 0.1 ms. On 500 of them long matches count for more than the level:
  /// 41 kB at level 3, 25 kB with them, 23 kB at level 19 in 300 times as long.
  package static func compress(_ bytes: [UInt8], after prefix: [UInt8]) -> [UInt8] {
    let count = bytes.count + prefix.count
    let isLong = count > longBytes
    let context = unsafe compressionContext(level: isLong ? 3 : 6)
    defer { unsafe _ = ZSTD_freeCCtx(context) }
    if isLong {
      unsafe require(
        ZSTD_CCtx_setParameter(context, ZSTD_c_enableLongDistanceMatching, 1))
      // Four times as many places are remembered as is usual at this level: 1,300 codings upon their texts take
      // 131 kB so, and 141 otherwise.
      unsafe require(ZSTD_CCtx_setParameter(context, ZSTD_c_hashLog, 19))
      unsafe require(ZSTD_CCtx_setParameter(context, ZSTD_c_chainLog, 19))
      // All of the prefix, as far as a reader's window goes. Beyond that each part still reaches back
      // over what stood there before, which is as far as one version of a text is from the other.
      let bits = Int32(Int.bitWidth - (count - 1).leadingZeroBitCount)
      unsafe require(
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, min(bits, windowLogMax)))
    }
    return unsafe prefix.withUnsafeBytes { prefix in
      unsafe require(ZSTD_CCtx_refPrefix(context, prefix.baseAddress, prefix.count))
      return unsafe frame(of: bytes, context)
    }
  }

  /// Where matches found at every place would no longer all be remembered.
  private static let longBytes = 256 << 10

  private static func compressionContext(level: Int32) -> OpaquePointer {
    guard let context = unsafe ZSTD_createCCtx() else {
      preconditionFailure("no memory for a compression context")
    }
    unsafe require(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level))
    unsafe require(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
    return unsafe context
  }

  private static func frame(of bytes: [UInt8], _ context: OpaquePointer) -> [UInt8] {
    let capacity = ZSTD_compressBound(bytes.count)
    return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      unsafe bytes.withUnsafeBytes { input in
        count = unsafe require(
          ZSTD_compress2(
            context, output.baseAddress, output.count, input.baseAddress, input.count))
      }
    }
  }

  /// Streams one frame into a buffer of at most `limit` bytes, whatever its header claims.
  ///
  /// - Parameter prefix: what its content may refer to as if it stood before it.
  /// - Throws: ``WireError/messageTooLong(limit:)`` when the content is longer,
  ///   ``WireError/damagedCompression`` when it is not one whole frame, and
  ///   ``WireError/bytesAfterFrame(_:)``.
  package static func decompress(
    _ bytes: [UInt8], after prefix: [UInt8] = [], limit: Int
  ) throws(WireError) -> [UInt8] {
    guard bytes.starts(with: magicNumber) else { throw .damagedCompression }
    guard let context = unsafe ZSTD_createDCtx() else {
      preconditionFailure("no memory for a decompression context")
    }
    defer { unsafe _ = ZSTD_freeDCtx(context) }
    unsafe require(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLogMax))

    var fault: WireError?
    let capacity = try capacity(for: bytes, limit: limit)
    let content = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
      unsafe bytes.withUnsafeBytes { source in
        unsafe prefix.withUnsafeBytes { prefix in
          unsafe require(ZSTD_DCtx_refPrefix(context, prefix.baseAddress, prefix.count))
          var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
          var output = unsafe ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          fault = unsafe stream(context, &input, &output, limit: limit)
          count = unsafe output.pos
        }
      }
    }
    if let fault { throw fault }
    return content
  }

  /// What the frame says it holds, or the limit when it does not say.
  ///
  /// Pages of the buffer that nothing is written to are never backed by memory, so a frame that
  /// does not say costs what it holds. One byte more than needed shows what is too long.
  private static func capacity(for bytes: [UInt8], limit: Int) throws(WireError) -> Int {
    let declared = unsafe bytes.withUnsafeBytes {
      unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
    }
    switch declared {
    case UInt64.max - 1: throw .damagedCompression
    case UInt64.max: return limit + 1
    case 0...UInt64(limit): return Int(declared) + 1
    default: throw .messageTooLong(limit: limit)
    }
  }

  private static func stream(
    _ context: OpaquePointer, _ input: inout ZSTD_inBuffer, _ output: inout ZSTD_outBuffer,
    limit: Int
  ) -> WireError? {
    while true {
      let before = unsafe (input.pos, output.pos)
      let hint = unsafe ZSTD_decompressStream(context, &output, &input)
      guard ZSTD_isError(hint) == 0 else { return .damagedCompression }
      if unsafe output.pos > limit { return .messageTooLong(limit: limit) }
      if hint == 0 {
        let rest = unsafe input.size - input.pos
        return rest == 0 ? nil : .bytesAfterFrame(rest)
      }
      // Neither read nor written: the frame was cut short.
      if unsafe (input.pos, output.pos) == before { return .damagedCompression }
    }
  }

  /// Stops on what can only be a mistake of ours: parameters and sizes that libzstd does not take.
  @discardableResult
  private static func require(_ result: Int) -> Int {
    precondition(ZSTD_isError(result) == 0, "zstd refuses what we ask of it")
    return result
  }
}
