import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// What a notebook that synced before is told of the frontier: what moved since.
@Suite struct EarlierFrontierTests {
  private let ana = DeviceID(rawValue: 0xa)
  private let luis = DeviceID(rawValue: 0xb)

  /// The study as its device finds it now.
  private func store(_ fixture: LedgerFixture, _ study: Study) async throws -> LedgerStudy {
    let device = try #require(try await fixture.ledger.devices(of: study).first)
    return fixture.ledger.store(
      for: device, permitting: { _, _, _ in true }, guarding: { _ in false })
  }

  @Test(arguments: LedgerKind.here)
  func `a greeting with what both held is answered with what moved since`(
    kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, enrolled, first) = try await fixture.joinedStudy(device: ana)
    let notebook = MemoryStore()
    for device in [ana, luis, ana, DeviceID(rawValue: 0xc)] {
      try await notebook.write(by: device, RecordID(rawValue: 1), fields: [1])
    }
    try await History.bring(from: notebook, to: first)
    let known = await notebook.frontier()
    try await fixture.ledger.noteHolding(enrolled, frontierDigest: known.digest, isNews: true)
    let others = try #require(fixture.ledger.store(of: study))
    for device in [luis, DeviceID(rawValue: 0xd), luis] {
      try await notebook.write(by: device, RecordID(rawValue: 2), fields: [1])
      try await History.bring(from: notebook, to: others)
    }
    let hub = StoreHub(store: try await store(fixture, study), now: { 0 })

    let reply = try await hub.hello(
      Hello(device: ana, head: nil, frontierDigest: known.digest, knownDigest: known.digest))

    #expect(reply.isDifference)
    #expect(
      reply.frontier?.entries == [
        Dot(device: luis, sequence: 3), Dot(device: DeviceID(rawValue: 0xd), sequence: 1),
      ])
    #expect(await reply.frontier.map { known.joined(with: $0) } == notebook.frontier())
    #expect(await reply.whole(knowing: known).frontier == notebook.frontier())
  }

  @Test(arguments: LedgerKind.here)
  func `a digest that the hub does not find is answered with the whole frontier`(
    kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, _, first) = try await fixture.joinedStudy(device: ana)
    let notebook = MemoryStore()
    try await notebook.write(by: luis, RecordID(rawValue: 1), fields: [1])
    try await notebook.write(by: ana, RecordID(rawValue: 1), fields: [1])
    try await History.bring(from: notebook, to: first)
    let hub = StoreHub(store: try await store(fixture, study), now: { 0 })
    let later = VectorClock([Dot(device: ana, sequence: 9)])

    for known in [later.digest, .zero] {
      let reply = try await hub.hello(
        Hello(device: ana, head: nil, frontierDigest: .zero, knownDigest: known))
      #expect(!reply.isDifference)
      #expect(await reply.frontier == notebook.frontier())
    }
  }
}
