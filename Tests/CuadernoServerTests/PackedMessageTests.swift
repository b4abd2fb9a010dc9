import CuadernoLedger
import CuadernoSchema
import CuadernoServer
import CuadernoSync
import CuadernoTestSupport
import HummingbirdTesting
import Testing

/// Packed pages that no notebook sends, and those that it does.
@Suite struct PackedMessageTests {
  private static let text = Array(
    String(repeating: "Nos avisaron de la erradicación una noche antes. ", count: 30).utf8)

  /// A server that holds a text, what it holds, and a page with the next version packed with it.
  private struct Scene {
    let fixture: ServerFixture
    let device: Enrolled
    let notebook: MemoryStore
    let page: ChangePage
    let packed: PackedPage

    init(limits: ServerLimits = .withoutRates) async throws {
      var fixture = try ServerFixture()
      fixture.limits = limits
      self.fixture = fixture
      device = try await fixture.enrolled()
      notebook = MemoryStore()
      let record = RecordID(rawValue: 7)
      try await notebook.write(by: DeviceID(0xa), record, fields: [1], payload: text)
      let held = await notebook.frontier()
      try await fixture.store().apply(await notebook.everything)
      try await notebook.write(
        by: DeviceID(0xa), record, fields: [1], payload: text + Array(" Otra vez.".utf8))
      page = await notebook.page(beyond: held, bytesMax: 1 << 20)
      packed = ZstdPacking().pack(page, with: await notebook.bases(of: page, heldBy: held))
    }
  }

  @Test(arguments: WireFormat.allCases)
  func `a packed page is stored, and comes packed to whoever says that it unpacks`(
    format: WireFormat
  ) async throws {
    let scene = try await Scene()
    try await scene.fixture.withServer { client async throws in
      let body = SentPage.packed(scene.packed).encode(format)
      let pushed = try await client.ask("push", as: scene.device, body, format: format)
      #expect(try pushed.message(PushReply.self).newChanges == 1)
      let held = VectorClock([Dot(device: DeviceID(0xa), sequence: 1)])
      for unpacks in [false, true] {
        let request = PullRequest(frontier: held, bytesMax: 1 << 20, unpacks: unpacks)
        let answer = try await client.ask(
          "pull", as: scene.device, request.encode(format), format: format)
        #expect(try answer.message(PullReply.self).content.isPacked == unpacks)
      }
    }
    #expect(try await scene.fixture.store().summary() == scene.notebook.summary())
  }

  @Test func `a base that is not held, or is another study's, is missing and nothing is stored`()
    async throws
  {
    let scene = try await Scene()
    let other = try await scene.fixture.enrolled(0xe, in: "Otro estudio", for: "Eva")
    let before = try await scene.fixture.state()
    try await scene.fixture.withServer { client async throws in
      var absent = scene.packed
      absent.bases.append(Dot(device: DeviceID(0xfff), sequence: 3))
      for (device, page) in [(other, scene.packed), (scene.device, absent)] {
        let body = SentPage.packed(page).encode(.protobuf)
        let answer = try await client.ask("push", as: device, body)
        #expect(answer.status == 409)
        #expect(answer.problem == .baseMissing)
      }
    }
    #expect(try await scene.fixture.state() == before)
    // It is an everyday answer and no misdeed.
    let audit = try await scene.fixture.ledger.audit(of: nil, limit: 100)
    #expect(!audit.contains { $0.entry.event == AuditEntry.Event.refused.rawValue })
  }

  @Test func `a frame with any byte replaced, cut at any byte or repeated changes nothing`()
    async throws
  {
    let scene = try await Scene()
    let before = try await scene.fixture.state()
    try await scene.fixture.withServer { client async throws in
      let frame = scene.packed.frame
      var frames = frame.indices.map { Array(frame[..<$0]) }.filter { !$0.isEmpty }
      frames += frame.indices.map { index in
        var frame = frame
        frame[index] = ~frame[index]
        return frame
      }
      frames.append(frame + frame)
      for (number, frame) in frames.enumerated() {
        let page = PackedPage(bases: scene.packed.bases, frame: frame)
        let answer = try await client.ask(
          "push", as: scene.device, SentPage.packed(page).encode(.protobuf))
        #expect((400..<500).contains(answer.status), "\(number): \(answer.status)")
      }
    }
    #expect(try await scene.fixture.state() == before)
  }

  @Test func `a frame that becomes more than a message is too large`() async throws {
    let scene = try await Scene()
    let content = Array(repeatElement(Self.text, count: 5_000).joined())
    let record = RecordID(rawValue: 7)
    let bomb = PackedPage(
      bases: scene.packed.bases,
      frame: Compression.compress(content, after: record.bytes + Self.text))
    #expect(bomb.frame.count < 5_000)
    try await scene.fixture.withServer { client async throws in
      let answer = try await client.ask(
        "push", as: scene.device, SentPage.packed(bomb).encode(.protobuf))
      #expect(answer.status == 413)
      #expect(answer.problem?.code == .tooLarge)
    }
  }

  @Test func `what a page is unpacked into counts as the memory of its request`() async throws {
    var limits = ServerLimits.withoutRates
    let bytesMax = 1_000
    limits.bodyBytes = bytesMax
    let scene = try await Scene(limits: limits)
    try await scene.fixture.withServer { client async throws in
      let body = SentPage.packed(scene.packed).encode(.protobuf)
      #expect(body.count < bytesMax)
      let answer = try await client.ask("push", as: scene.device, body)
      #expect(answer.status == 503)
      #expect(answer.problem?.code == .busy)
    }
  }
}
