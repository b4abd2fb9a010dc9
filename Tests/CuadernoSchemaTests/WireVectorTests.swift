import CuadernoSchema
import CuadernoSync
import Foundation
import Testing

/// The golden files, which other implementations are tested with too.
@Suite struct WireVectorTests {
  @Test(arguments: Sample.all, WireFormat.allCases)
  func `a message encodes to its golden bytes`(sample: Sample, format: WireFormat) throws {
    let golden = try Golden.message(sample.name, format)
    let encoded = sample.encode(format)
    #expect(encoded == golden, "\(format): \(String(decoding: encoded, as: UTF8.self))")
  }

  @Test(arguments: Sample.all, WireFormat.allCases)
  func `golden bytes decode to their message`(sample: Sample, format: WireFormat) throws {
    let golden = try Golden.message(sample.name, format)
    #expect(try sample.isDecoded(golden, format))
  }

  @Test func `canonical bytes, links and digests are the golden ones`() throws {
    let golden = try Golden.canonical()

    #expect(golden.map(\.name) == CanonicalSamples.all.map(\.name))
    for (expected, computed) in zip(golden, CanonicalSamples.all) {
      #expect(hexadecimal(computed.bytes) == hexadecimal(expected.bytes), "\(expected.name)")
    }
  }

  @Test func `golden canonical bytes are read back to their values`() throws {
    let golden = Dictionary(
      uniqueKeysWithValues: try Golden.canonical().map { ($0.name, $0.bytes) })

    #expect(try VectorClock(canonicalBytes: #require(golden["clock"])) == Samples.frontier)
    for (number, change) in zip(1..., Samples.changes) {
      let bytes = try #require(golden["envelope-\(number)"])
      #expect(try Envelope(canonicalBytes: bytes) == change.envelope)
    }
    for (name, record) in [("interview", Samples.interview), ("place", Samples.place)] {
      let bytes = try #require(golden["state-\(name)"])
      #expect(try RecordState(canonicalBytes: bytes) == Samples.state(of: record))
    }
  }

  @Test func `a golden frame decompresses to the push it holds`() throws {
    let frame = try Golden.hexFile("push-request.zst.hex")
    let bytes = try Compression.decompress(frame, limit: WireLimits.messageBytes)
    #expect(try ChangePage(decoding: bytes, format: .protobuf) == Samples.page)
  }

  @Test func `a golden packed page is the one it was made of`() throws {
    let page = try ZstdPacking().unpack(Samples.packedPage, with: Samples.bases)
    #expect(page == Samples.nextPage)
    let settled = try ZstdPacking().unpack(Samples.settledPackedPage, with: Samples.bases)
    #expect(settled.areStampsSettled)
  }

  @Test func `the golden page is admitted by an empty store`() throws {
    let bytes = try Golden.message("push-request", .protobuf)
    var admission = Admission(frontier: VectorClock(), links: [:])
    let admitted = try admission.admit(ChangePage(decoding: bytes, format: .protobuf)) { _ in nil }
    #expect(admitted.map(\.link) == Samples.links)
  }

  @Test func `every golden file belongs to a sample`() throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: Golden.folder.appending(path: "vectors").path)
    let expected =
      Sample.all.flatMap { ["\($0.name).hex", "\($0.name).json"] }
      + ["canonical.txt", "push-request.zst.hex", "bundle.hex", "bundle-nothing.hex"]
    #expect(Set(files) == Set(expected))
  }

  @Test func `WIRE.md shows the golden bytes`() throws {
    let text = try Golden.text("WIRE.md").filter { !$0.isWhitespace }
    for name in ["hello", "hello-reply", "push-request", "push-request-packed", "problem"] {
      let bytes = try Golden.message(name, .protobuf)
      #expect(text.contains(hexadecimal(bytes)), "\(name)")
    }
    #expect(text.contains(hexadecimal(try Golden.hexFile("bundle.hex"))))
    for (name, bytes) in try Golden.canonical() {
      #expect(text.contains("`\(hexadecimal(bytes))`"), "\(name)")
    }
    let json = try Golden.message("pull-request", .json)
    #expect(text.contains(String(decoding: json, as: UTF8.self)))
  }
}
