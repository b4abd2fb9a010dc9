import CuadernoSchema
import CuadernoSync
import Testing

@Suite struct CompressionTests {
  static let text = Array(String(repeating: "erradicación y sustitución; ", count: 4_000).utf8)

  @Test(arguments: [0, 1, 100, 112_000])
  func `what was compressed comes back`(count: Int) throws {
    let bytes = Array(Self.text.prefix(count))
    let frame = Compression.compress(bytes)
    #expect(try Compression.decompress(frame, limit: count) == bytes)
  }

  @Test func `a text that repeats itself becomes small`() {
    #expect(Compression.compress(Self.text).count < Self.text.count / 100)
  }

  @Test(arguments: [-5, 0, 1, 3, 19, 22, 1_000] as [Int32])
  func `every level can be read`(level: Int32) throws {
    let frame = Compression.compress(Self.text, level: level)
    #expect(try Compression.decompress(frame, limit: Self.text.count) == Self.text)
  }

  @Test func `content one byte past the limit is refused`() {
    let frame = Compression.compress(Self.text)
    #expect(throws: WireError.messageTooLong(limit: Self.text.count - 1)) {
      try Compression.decompress(frame, limit: Self.text.count - 1)
    }
  }

  /// A frame of 64 bytes or so that says nothing of its size and would fill a gigabyte.
  @Test func `a bomb is refused at the limit, whatever it says of itself`() {
    // A block of RLE: the byte 0x61, 131,072 times; see RFC 8878 §3.1.1.2.
    let block: [UInt8] = [0x02, 0x00, 0x10, 0x61]
    let header: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
    let bomb = header + Array(repeatElement(block, count: 8_192).joined())

    #expect(throws: WireError.messageTooLong(limit: 1 << 20)) {
      try Compression.decompress(bomb, limit: 1 << 20)
    }
  }

  @Test func `a frame that lies about its size is refused`() {
    // One raw block of one byte in frames that claim 2^40 bytes, and none.
    let tail: [UInt8] = [0x09, 0x00, 0x00, 0x61]
    let huge: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0]
    let none: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x00]

    #expect(throws: WireError.messageTooLong(limit: 1 << 20)) {
      try Compression.decompress(huge + tail, limit: 1 << 20)
    }
    #expect(throws: WireError.damagedCompression) {
      try Compression.decompress(none + tail, limit: 1 << 20)
    }
  }

  @Test func `a window of 8 MiB is taken and a larger one is not`() throws {
    // Window descriptors 2^23 and 2^24, then one raw block of one byte.
    let tail: [UInt8] = [0x09, 0x00, 0x00, 0x61]
    let taken: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68]
    let refused: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x70]

    #expect(try Compression.decompress(taken + tail, limit: 10) == [0x61])
    #expect(throws: WireError.damagedCompression) {
      try Compression.decompress(refused + tail, limit: 10)
    }
  }

  @Test func `a frame cut short at any byte is refused`() throws {
    let frame = try Golden.hexFile("push-request.zst.hex")
    for length in frame.indices {
      #expect(throws: WireError.damagedCompression, "first \(length) bytes") {
        try Compression.decompress(Array(frame.prefix(length)), limit: 10_000)
      }
    }
  }

  @Test func `a frame with any bit flipped is refused or gives the same bytes`() throws {
    let frame = try Golden.hexFile("push-request.zst.hex")
    let content = try Golden.message("push-request", .protobuf)
    for bit in 0..<8 * frame.count {
      var damaged = frame
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      // A few bits of the header are reserved or say what the content says too.
      if let read = try? Compression.decompress(damaged, limit: 10_000) {
        #expect(read == content, "bit \(bit % 8) of byte \(bit / 8)")
      }
    }
  }

  @Test func `a frame carries a checksum of its content`() {
    let frame = Compression.compress(Self.text)
    // RFC 8878 §3.1.1.1.1: the third bit of the frame header descriptor.
    #expect(frame[4] & 0b100 != 0)
  }

  @Test func `bytes after the frame are refused, another frame too`() {
    let frame = Compression.compress(Self.text)
    #expect(throws: WireError.bytesAfterFrame(1)) {
      try Compression.decompress(frame + [0], limit: 1 << 20)
    }
    #expect(throws: WireError.bytesAfterFrame(frame.count)) {
      try Compression.decompress(frame + frame, limit: 1 << 20)
    }
  }

  @Test(arguments: [[], [0], Array("{\"version\":1}".utf8), [0x1f, 0x8b, 0x08]] as [[UInt8]])
  func `what is no frame is refused`(bytes: [UInt8]) {
    #expect(throws: WireError.damagedCompression) {
      try Compression.decompress(bytes, limit: 1 << 20)
    }
  }

  @Test func `a skippable frame is not a message`() {
    let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 0x01, 0, 0, 0, 0x61]
    #expect(throws: WireError.damagedCompression) {
      try Compression.decompress(skippable, limit: 1 << 20)
    }
  }
}
