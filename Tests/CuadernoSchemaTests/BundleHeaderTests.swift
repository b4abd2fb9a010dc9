import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Testing

@Suite struct BundleHeaderTests {
  private let whole = BundleHeader(
    study: Samples.study, device: Samples.ana, milliseconds: Samples.milliseconds,
    registers: Samples.registers, frontier: Samples.frontier, start: [])

  private var nothing: BundleHeader {
    var header = whole
    header.start = Samples.page.heads
    return header
  }

  @Test func `the parts of a bundle put together are its golden bytes`() throws {
    let frame = try Golden.hexFile("push-request.zst.hex")
    for (name, header, frames) in [("bundle", whole, [frame]), ("bundle-nothing", nothing, [])] {
      let golden = try Golden.hexFile("\(name).hex")
      var bytes = BundleLayout.prologue(length: golden.count, headerBytes: header.bytes.count)
      bytes += header.bytes
      for frame in frames { bytes += BundleLayout.pageStart(frameBytes: frame.count) + frame }
      bytes.append(BundleLayout.Section.end)
      bytes += Digest(hashing: bytes).bytes

      #expect(hexadecimal(bytes) == hexadecimal(golden), "\(name)")
    }
  }

  @Test func `a header is read back to what was written`() throws {
    for header in [whole, nothing] { #expect(try BundleHeader(bytes: header.bytes) == header) }
  }

  @Test func `a header has one spelling and ends where it ends`() throws {
    let bytes = nothing.bytes
    for length in bytes.indices {
      #expect(throws: BundleFault.malformedHeader) {
        try BundleHeader(bytes: Array(bytes[..<length]))
      }
    }
    #expect(throws: BundleFault.malformedHeader) { try BundleHeader(bytes: bytes + [0]) }
  }

  @Test func `a start that is not sorted, or not covered by the frontier, is refused`() throws {
    var unsorted = nothing
    unsorted.start.reverse()
    var beyond = nothing
    beyond.start[0].dot.sequence = 3
    var repeated = nothing
    repeated.start.append(repeated.start[1])
    var zero = nothing
    zero.start[0].dot.sequence = 0
    for header in [unsorted, beyond, repeated, zero] {
      #expect(throws: BundleFault.malformedHeader) { try BundleHeader(bytes: header.bytes) }
    }
  }

  @Test func `a frontier of too many devices or too high a number is refused`() throws {
    var many = whole
    many.frontier = VectorClock(
      (1...1_001).map { Dot(device: DeviceID(rawValue: UInt128($0)), sequence: 1) })
    var high = whole
    high.frontier = VectorClock([Dot(device: Samples.ana, sequence: UInt64.max)])
    for header in [many, high] {
      #expect(throws: BundleFault.malformedHeader) { try BundleHeader(bytes: header.bytes) }
    }
  }

  @Test func `random bytes are a header or refused`() throws {
    for seed in Seeds.upTo(2_000) {
      var random = SplitMix64(seed: seed)
      var bytes = nothing.bytes
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      if let header = try? BundleHeader(bytes: bytes) {
        #expect(header.bytes == bytes, "\(Seeds.replay(seed))")
      }
    }
  }
}
