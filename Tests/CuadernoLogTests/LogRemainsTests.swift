import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// The rows of a damaged log are found by what they look like, and believed for their hashes alone.
@Suite struct LogRemainsTests {
  private func bytes(of fixture: LogFixture) throws -> [UInt8] {
    try fixture.closeWhole()
    return try fixture.folder.bytes(of: "log.sqlite")
  }

  @Test(arguments: Seeds.upTo(10))
  func `a log of which no page can be read gives every change in its order`(seed: UInt64)
    async throws
  {
    let page = try await SampleHistory.page(60, seed: seed)
    var bytes = try bytes(of: LogFixture(holding: page))
    // The head of each page: what SQLite needs to find a row.
    for start in stride(from: 0, to: bytes.count, by: 4_096) {
      for index in start..<start + 8 { bytes[index] = 0xff }
    }

    let remains = LogRemains(of: DamagedPages(file: bytes), heads: [])

    #expect(remains.found.map(\.change) == page.changes, "\(Seeds.replay(seed))")
    #expect(remains.missing == [])
    #expect(remains.turnedBack == [])
  }

  @Test func `a change that goes on in other pages is found, whichever bit of it was flipped`()
    async throws
  {
    let store = MemoryStore()
    let device = DeviceID(rawValue: 1)
    var random = SplitMix64(seed: 2)
    for record in 1...3 {
      try await store.write(
        by: device, RecordID(rawValue: UInt128(record)), fields: [1], payload: random.bytes(9_000))
    }
    let page = await store.page(beyond: VectorClock(), bytesMax: .max / 2)
    let whole = try bytes(of: LogFixture(holding: page))
    let pages = stride(from: 4_096, to: whole.count, by: 4_096).filter { start in
      whole[start..<start + 4_096].contains { $0 != 0 }
    }
    // The number of the next page, which stands first in each that a row goes on in.
    for start in pages {
      for bit in [0, 3, 31] {
        var bytes = whole
        bytes[start + bit / 8] ^= 1 << UInt8(bit % 8)

        let remains = LogRemains(of: DamagedPages(file: bytes), heads: page.heads)

        #expect(remains.found.map(\.change) == page.changes, "bit \(bit) of byte \(start)")
      }
    }
  }

  @Test func `of two pasts under the same names the one that the chain ends in is taken`()
    async throws
  {
    let store = MemoryStore()
    let device = DeviceID(rawValue: 1)
    for record in 1...4 {
      try await store.write(by: device, RecordID(rawValue: UInt128(record)), fields: [1])
    }
    let first = await store.page(beyond: VectorClock(), bytesMax: .max / 2)
    var link = Digest.zero
    // The same changes, stamped anew.
    let again = first.changes.map { change in
      var envelope = change.envelope
      envelope.stamp = Stamp(rawValue: envelope.stamp.rawValue + 9)
      let admitted = AdmittedChange(
        own: Change(envelope: envelope, content: change.content), after: link)
      link = admitted.link
      return admitted
    }
    let fixture = try LogFixture()
    try fixture.appendUnchecked(again)
    let (old, new) = (try bytes(of: LogFixture(holding: first)), try bytes(of: fixture))
    let end = ChainHead(dot: Dot(device: device, sequence: 4), link: link)
    for (file, wal) in [(old, new), (new, old)] {
      let pages = DamagedPages(file: file, wals: [Self.wal(of: wal)])

      #expect(LogRemains(of: pages, heads: [end]).found.map(\.change) == again.map(\.change))
      #expect(LogRemains(of: pages, heads: first.heads).found.map(\.change) == first.changes)
      // Without a head the later stamps tell.
      #expect(LogRemains(of: pages, heads: []).found.map(\.change) == again.map(\.change))
    }
  }

  /// A WAL with the pages of a file.
  private static func wal(of file: [UInt8]) -> [UInt8] {
    var wal = [UInt8](repeating: 0, count: 32)
    for page in 0..<file.count / 4_096 {
      wal += [0, 0, 0, UInt8(page + 1)] + [UInt8](repeating: 0, count: 20)
      wal += file[page * 4_096..<(page + 1) * 4_096]
    }
    return wal
  }

  @Test func `nothing is found in what is no log, and nothing traps`() {
    var random = SplitMix64(seed: 3)
    for length in [0, 1, 2, 3, 11, 100, 4_095, 4_096, 4_097, 50_000] {
      let noise = random.bytes(length)
      let pages = DamagedPages(file: noise, wals: [random.bytes(length), []])
      #expect(LogRemains(of: pages, heads: []).found.isEmpty)
      #expect(LogRemains.claims(in: DamagedPages(file: [], wals: [noise])).isEmpty)
    }
    // What begins as a row does and goes on otherwise.
    for _ in 0..<2_000 {
      var bytes = random.bytes(600)
      let start = Int.random(in: 0..<590, using: &random)
      for (index, byte) in ([14, 0, 9, 1, 1] as [UInt8]).enumerated() where start + index < 600 {
        bytes[start + index] = byte
      }
      #expect(LogRemains(of: DamagedPages(file: bytes), heads: []).found.isEmpty)
    }
  }
}
