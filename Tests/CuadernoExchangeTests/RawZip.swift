import Foundation

/// A zip archive put together byte by byte (APPNOTE.TXT), so that it can say what is not so.
struct RawZip {
  struct Entry {
    var name: String
    var bytes: [UInt8]
    /// What the archive claims, where it lies.
    var claimedBytes: UInt32?
    var claimedPacked: UInt32?
    var method: UInt16 = 0
    /// Unix's mode.
    var mode: UInt32 = 0o100644
    var flags: UInt16 = 1 << 11
  }

  var entries: [Entry] = []

  mutating func add(_ name: String, _ text: String) {
    entries.append(Entry(name: name, bytes: Array(text.utf8)))
  }

  var bytes: [UInt8] {
    var (body, directory) = ([UInt8](), [UInt8]())
    for entry in entries {
      let offset = UInt32(body.count)
      let packed = entry.claimedPacked ?? UInt32(entry.bytes.count)
      let size = entry.claimedBytes ?? UInt32(entry.bytes.count)
      var head = [UInt8]()
      head.put16(20, entry.flags, entry.method, 0, 0x21)
      head.put32(Self.crc32(entry.bytes), packed, size)
      head.put16(UInt16(entry.name.utf8.count), 0)
      body.put32(0x0403_4B50)
      body += head + Array(entry.name.utf8) + entry.bytes
      directory.put32(0x0201_4B50)
      directory.put16(3 << 8 | 20)
      directory += head
      directory.put16(0, 0, 0)
      directory.put32(entry.mode << 16, offset)
      directory += Array(entry.name.utf8)
    }
    var end = [UInt8]()
    end.put32(0x0605_4B50)
    end.put16(
      0, 0, UInt16(truncatingIfNeeded: entries.count), UInt16(truncatingIfNeeded: entries.count))
    end.put32(UInt32(directory.count), UInt32(body.count))
    end.put16(0)
    return body + directory + end
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}

extension [UInt8] {
  fileprivate mutating func put16(_ values: UInt16...) {
    for value in values { self += [UInt8(value & 0xFF), UInt8(value >> 8)] }
  }

  fileprivate mutating func put32(_ values: UInt32...) {
    for value in values {
      self += (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }
  }
}
