import CuadernoSync

/// What a session needs of a PullReply in protobuf, read without its changes: 256 notebooks on one thread
/// would otherwise spend more on decoding than the hub that they are to measure.
struct PulledHeads {
  private(set) var remaining: UInt64 = 0
  private(set) var heads = [ChainHead]()
  private(set) var changeCount = 0

  private var devices = [DeviceID]()

  init?(_ bytes: [UInt8]) {
    var reader = FieldReader(bytes: bytes[...])
    while let field = reader.next() {
      switch field {
      case (1, .number(let value)): remaining = value
      case (2, .bytes(let page)): guard readPage(page) else { return nil }
      default: return nil
      }
    }
    guard reader.isAtEnd else { return nil }
  }

  private mutating func readPage(_ bytes: ArraySlice<UInt8>) -> Bool {
    var reader = FieldReader(bytes: bytes)
    while let field = reader.next() {
      switch field {
      case (1, .bytes(let id)):
        devices.append(DeviceID(rawValue: id.reduce(0) { $0 << 8 | UInt128($1) }))
      case (2, .bytes): changeCount += 1
      case (3, .bytes(let head)): guard readHead(head) else { return false }
      default: return false
      }
    }
    return reader.isAtEnd
  }

  private mutating func readHead(_ bytes: ArraySlice<UInt8>) -> Bool {
    var reader = FieldReader(bytes: bytes)
    var (device, sequence): (UInt64, UInt64) = (0, 0)
    var link: Digest?
    while let field = reader.next() {
      switch field {
      case (1, .number(let value)): device = value
      case (2, .number(let value)): sequence = value
      case (3, .bytes(let value)): link = Digest(bytes: value)
      default: return false
      }
    }
    guard let link, device < devices.count else { return false }
    heads.append(ChainHead(dot: Dot(device: devices[Int(device)], sequence: sequence), link: link))
    return reader.isAtEnd
  }
}

/// Protobuf's fields of the two kinds that stand outside of changes.
private struct FieldReader {
  enum Value {
    case number(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  var bytes: ArraySlice<UInt8>

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func next() -> (Int, Value)? {
    guard let tag = varint() else { return nil }
    switch tag & 7 {
    case 0: return varint().map { (Int(tag >> 3), .number($0)) }
    case 2:
      guard let count = varint(), count <= bytes.count else { return nil }
      defer { bytes = bytes.dropFirst(Int(count)) }
      return (Int(tag >> 3), .bytes(bytes.prefix(Int(count))))
    default: return nil
    }
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for (index, byte) in bytes.prefix(10).enumerated() {
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      guard byte >= 0x80 else {
        bytes = bytes.dropFirst(index + 1)
        return value
      }
    }
    return nil
  }
}
