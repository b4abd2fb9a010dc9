import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Testing

/// What comes out of a message that was cut, flipped or shuffled on the way.
@Suite struct WireDamageTests {
  @Test(arguments: Sample.all, WireFormat.allCases)
  func `a message cut short at any byte is refused`(sample: Sample, format: WireFormat) throws {
    let golden = try Golden.message(sample.name, format)
    for length in 0..<golden.count {
      #expect(throws: WireError.self, "first \(length) of \(golden.count) bytes") {
        _ = try sample.isDecoded(Array(golden.prefix(length)), format)
      }
    }
  }

  @Test func `a page with any bit flipped is refused by the decoder or by admission`() throws {
    let golden = try Golden.message("push-request", .protobuf)
    for bit in 0..<8 * golden.count {
      let damaged = flipped(golden, bit)
      #expect(!isApplied(damaged, .protobuf), "bit \(bit % 8) of byte \(bit / 8)")
    }
  }

  /// Some letters of base64 hold bits that stand for nothing, and `2` and `"2"` are one number, so
  /// a flip in JSON may leave the page as it was; it never makes another one of it.
  @Test func `a page in JSON with a bit of any byte flipped is refused or still the same`() throws {
    let golden = try Golden.message("push-request", .json)
    for bit in golden.indices.map({ 8 * $0 + $0 % 7 }) {
      let damaged = flipped(golden, bit)
      let isSame = (try? ChangePage(decoding: damaged, format: .json)) == Samples.page
      #expect(isSame || !isApplied(damaged, .json), "bit \(bit % 8) of byte \(bit / 8)")
    }
  }

  @Test(arguments: Sample.all, WireFormat.allCases)
  func `any byte replaced does not trap`(sample: Sample, format: WireFormat) throws {
    let golden = try Golden.message(sample.name, format)
    for index in golden.indices {
      for byte in [0x00, 0xff, 0x22, 0x5c] as [UInt8] {
        var damaged = golden
        damaged[index] = byte
        _ = try? sample.isDecoded(damaged, format)
      }
    }
  }

  @Test(arguments: UInt64(0)..<16)
  func `messages shuffled at random do not trap`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for sample in Sample.all {
      for format in WireFormat.allCases {
        let golden = try Golden.message(sample.name, format)
        for _ in 0..<40 {
          _ = try? sample.isDecoded(shuffled(golden, using: &random), format)
        }
      }
    }
  }

  private func flipped(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return bytes
  }

  private func isApplied(_ bytes: [UInt8], _ format: WireFormat) -> Bool {
    var admission = Admission(frontier: VectorClock(), links: [:])
    guard let page = try? ChangePage(decoding: bytes, format: format),
      let admitted = try? admission.admit(page, heldLink: { _ in nil })
    else { return false }
    return !admitted.isEmpty
  }

  private func shuffled(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
      default:
        let end = Int.random(in: index..<bytes.count, using: &random)
        bytes.insert(contentsOf: bytes[index...end], at: index)
      }
    }
    return bytes
  }
}
