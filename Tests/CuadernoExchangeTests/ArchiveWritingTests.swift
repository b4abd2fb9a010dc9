import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// Entries that were packed before they are put into an archive.
@Suite struct ArchiveWritingTests {
  private func texts(_ seed: UInt64) -> [[UInt8]] {
    var random = SplitMix64(seed: seed)
    return (0..<20).map { _ in
      let letters = Int.random(in: 1...60, using: &random)
      let count = [0, 1, 40, 3_000, 90_000][Int.random(in: 0..<5, using: &random)]
      return (0..<count).map { _ in UInt8(0x40 + Int.random(in: 0..<letters, using: &random)) }
    }
  }

  private func written(
    _ texts: [[UInt8]], in folder: ScratchFolder,
    _ add: (ArchiveWriting, String, [UInt8]) throws -> Void
  ) throws -> [UInt8] {
    try folder.write([], to: "out.zip")
    let archive = try ArchiveWriting(folder.file("out.zip"), milliseconds: 1_500_000_000_000)
    for (index, text) in texts.enumerated() { try add(archive, "texts/\(index).txt", text) }
    try archive.close()
    return try folder.bytes(of: "out.zip")
  }

  @Test(arguments: Seeds.upTo(20))
  func `what was packed before reads back as it was, also what packs too well to be packed`(
    seed: UInt64
  ) throws {
    let folder = try ScratchFolder()
    let texts = texts(seed) + [[UInt8](repeating: 0x61, count: 300_000)]
    let stream = try DeflateStream()
    _ = try written(texts, in: folder) { try $0.add($1, stream.pack($2)) }
    let archive = try ArchiveReading(folder.file("out.zip"))
    for (index, text) in texts.enumerated() {
      let entry = try #require(archive.entry("texts/\(index).txt"))
      var found = [UInt8]()
      try archive.read(entry, pieceBytes: 1_000) { found += $0 }
      #expect(found == text, "\(Seeds.replay(seed))")
    }
  }

  @Test func `an archive does not tell who packed it`() throws {
    let folder = try ScratchFolder()
    let texts = texts(7).filter { $0.count > 40 }
    let packed = try written(texts, in: folder) { archive, name, text in
      try archive.add(name, try DeflateStream().pack(text))
    }
    let one = try DeflateStream()
    #expect(try written(texts, in: folder) { try $0.add($1, one.pack($2)) } == packed)
  }

  @Test func `texts that wait to be packed are all there in the end`() throws {
    var random = SplitMix64(seed: 3)
    let records = (0..<500).map { _ in RecordID(using: &random) }
    let packing = PackedTexts()
    for (index, record) in records.enumerated() {
      packing.pack(Array("texto \(index)".utf8), of: record)
    }
    let packed = packing.all()
    #expect(packed.count == records.count)
    for (index, record) in records.enumerated() {
      #expect(packed[record]?.size == "texto \(index)".utf8.count)
    }
  }
}
