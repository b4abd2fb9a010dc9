import CuadernoTestSupport
import Testing

@testable import CuadernoSync

@Suite struct VoidMarkTests {
  private let hub = DeviceID(rawValue: 0xAB)
  private let luis = DeviceID(rawValue: 1 << 127 + 5)
  private let study = StudyID(rawValue: 7)

  private func mark(_ dots: [Dot]) -> Envelope {
    Envelope(
      voiding: dots, as: Dot(device: hub, sequence: 1), stamp: Stamp(rawValue: 9), in: study)
  }

  @Test func `a mark names its dots, and says so again after it was spelt out`() throws {
    let dots = [1, 2, 300, WireLimits.sequenceMax].map { Dot(device: luis, sequence: $0) }
    let mark = mark(dots.reversed())

    try mark.validate()
    #expect(mark.voided == dots)
    #expect(try Envelope(canonicalBytes: mark.canonicalBytes).voided == dots)
  }

  @Test func `other changes name nothing`() {
    var write = mark([Dot(device: luis, sequence: 1)])
    write.action = .write
    #expect(write.voided.isEmpty)
  }

  @Test func `a mark that does not name dots is no mark of a working hub`() {
    let good = mark([Dot(device: luis, sequence: 1)])
    let key = good.fields[0].key
    for change: (inout Envelope) -> Void in [
      { $0.fields = [] },
      { $0.fields = [FieldID(2, key: key)] },
      { $0.fields = [FieldID(1, key: Array(key.dropLast()))] },
      { $0.fields = [FieldID(1, key: key + [0])] },
      { $0.fields = [FieldID(1, key: Array(key.prefix(16)) + [UInt8](repeating: 0, count: 8))] },
      { $0.fields = [FieldID(1, key: [UInt8](repeating: 255, count: 24))] },
      { $0.about = [] },
      { $0.context = VectorClock([Dot(device: DeviceID(rawValue: 3), sequence: 1)]) },
    ] {
      var bad = good
      change(&bad)
      #expect(throws: EnvelopeFault.markMalformed) { try bad.validate() }
    }
    #expect(
      EnvelopeFault.markMalformed.description
        == "change that calls others void does not name them as it should")
  }

  @Test(arguments: Seeds.upTo(60))
  func `whenever a mark arrives, everybody makes the same of the changes`(seed: UInt64) async throws
  {
    var random = SplitMix64(seed: seed)
    let author = MemoryStore(study: study, seed: seed)
    let devices = [luis, DeviceID(rawValue: 2)]
    let records = (1...3).map { RecordID(rawValue: UInt128($0)) }
    for number in 1...20 {
      let device = devices[Int.random(in: 0...1, using: &random)]
      let record = records[Int.random(in: 0...2, using: &random)]
      if number % 6 == 0 {
        try await author.delete(by: device, record)
      } else {
        try await author.write(
          by: device, record, fields: [UInt32.random(in: 1...3, using: &random)])
      }
    }
    let all = await author.page(beyond: VectorClock(), bytesMax: 1 << 20)
    let void = all.changes.map(\.dot).filter { _ in Int.random(in: 0...3, using: &random) == 0 }
    guard !void.isEmpty else { return }
    let change = Change(
      envelope: mark(void), content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: []))
    let head = ChainHead(
      dot: change.dot, link: AdmittedChange(own: change, after: .zero).link)
    let marks = ChangePage(changes: [change], heads: [head])

    var summaries = Set<Digest>()
    for place in 0...3 {
      let store = MemoryStore(study: study)
      let bytes = [200, 1_000, 1 << 20][Int.random(in: 0...2, using: &random)]
      var pages = 0
      while true {
        if pages == place { try await store.apply(marks) }
        let page = await author.page(beyond: await store.frontier(), bytesMax: bytes)
        guard !page.changes.isEmpty else { break }
        try await store.apply(page)
        pages += 1
      }
      try await store.apply(marks)
      summaries.insert(await store.summary().registers)
      for change in await store.page(beyond: VectorClock(), bytesMax: 1 << 20).changes
      where void.contains(change.dot) {
        #expect(change.content == .erased(change.payloadDigest), "\(Seeds.replay(seed))")
      }
    }
    #expect(summaries.count == 1, "\(Seeds.replay(seed))")

    // As if the void ones had never been written.
    let good = MemoryStore(study: study)
    var states = [RecordID: RecordState]()
    for envelope in all.changes.map(\.envelope) where !void.contains(envelope.dot) {
      states[envelope.record, default: RecordState(kind: envelope.kind)].apply(envelope)
    }
    var sum = await good.summary().registers
    for (record, state) in states { sum.add(state.digest(of: record)) }
    #expect(summaries == [sum], "\(Seeds.replay(seed))")
  }
}
