import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct HexadecimalTests {
  @Test(arguments: Seeds.upTo(100))
  func `digits are those of the number`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let bits = seed < 2 ? UInt32(seed) &- 1 : UInt32.random(in: 0...(.max), using: &random)
    let expected = String(bits, radix: 16)
    let padded = String(repeating: "0", count: 8 - expected.count) + expected

    func text(_ letters: Hexadecimal.Letters) -> String {
      String(
        decoding: (0..<8).map { place in
          UInt8(truncatingIfNeeded: Hexadecimal.digits(of: bits, letters) >> (56 - 8 * place))
        }, as: UTF8.self)
    }

    #expect(text(.lower) == padded, Comment(rawValue: Seeds.replay(seed)))
    #expect(text(.upper) == padded.uppercased(), Comment(rawValue: Seeds.replay(seed)))
  }

  @Test(arguments: Seeds.upTo(100))
  func `an id has its digits in order`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let id = RecordID(using: &random)
    var bytes = Array("before ".utf8)

    Hexadecimal.append(id, to: &bytes)

    #expect(String(decoding: bytes, as: UTF8.self) == "before \(id)")
    #expect(
      id.guid.lowercased().filter { $0 != "-" } == id.description,
      Comment(rawValue: Seeds.replay(seed)))
    #expect(id.guid.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
  }
}
