import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct DigestTests {
  @Test func `adding and subtracting are those of whole numbers of 256 bits`() {
    for seed in Seeds.upTo(500) {
      var generator = SplitMix64(seed: seed)
      let a = arbitraryBytes(using: &generator)
      let b = arbitraryBytes(using: &generator)
      guard var sum = Digest(bytes: a), let other = Digest(bytes: b) else { continue }
      let first = sum

      sum.add(other)
      if sum.bytes != schoolSum(a, b) { Issue.record("\(Seeds.replay(seed)): \(a) + \(b)") }
      sum.subtract(other)
      if sum != first { Issue.record("\(Seeds.replay(seed)): \(a) + \(b) - \(b)") }
    }
  }

  @Test func `a sum does not depend on the order of its members`() {
    for seed in Seeds.upTo(300) {
      var generator = SplitMix64(seed: seed)
      let members = (0..<8).compactMap { _ in Digest(bytes: arbitraryBytes(using: &generator)) }
      if sum(members) != sum(members.shuffled(using: &generator)) {
        Issue.record("\(Seeds.replay(seed))")
      }
    }
  }

  @Test func `a digest is the SHA-256 of its bytes`() {
    // The examples of FIPS 180-4.
    #expect(
      Digest(hashing: Array("abc".utf8)).description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Digest(hashing: []).description
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func `thirty-two bytes make a digest, and no other number does`() {
    let bytes = (0..<32).map { UInt8($0) }

    #expect(Digest(bytes: bytes)?.bytes == bytes)
    #expect(Digest(bytes: bytes.dropLast()) == nil)
    #expect(Digest(bytes: bytes + [0]) == nil)
  }

  private func sum(_ members: [Digest]) -> Digest {
    members.reduce(into: Digest.zero) { $0.add($1) }
  }

  private func schoolSum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var result = left
    var carry = 0
    for index in left.indices.reversed() {
      let sum = Int(left[index]) + Int(right[index]) + carry
      result[index] = UInt8(sum & 255)
      carry = sum >> 8
    }
    return result
  }

  /// Biased towards the bytes at which a carry runs on.
  private func arbitraryBytes(using generator: inout SplitMix64) -> [UInt8] {
    let isExtreme = Bool.random(using: &generator)
    return (0..<32).map { _ in
      isExtreme
        ? [0, 1, 127, 254, 255].randomElement(using: &generator) ?? 0
        : .random(in: 0...255, using: &generator)
    }
  }
}
