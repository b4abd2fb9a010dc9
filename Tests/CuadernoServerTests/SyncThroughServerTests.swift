import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Notebooks that meet through the server, with the client's own driver.
@Suite struct SyncThroughServerTests {
  private func sync(
    _ store: MemoryStore, _ number: UInt64, through hub: ClientHub
  ) async throws -> SyncSession.Outcome {
    let driver = SyncDriver(
      store: store, device: DeviceID(number), hub: hub, wait: { _ in throw Missing() })
    return try await driver.run().outcome
  }

  @Test(arguments: WireFormat.allCases)
  func `two notebooks end with the same registers as the hub`(format: WireFormat) async throws {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa, for: "Ana")
    let luis = try await fixture.enrolled(0xb, for: "Luis")
    let one = MemoryStore(seed: 1)
    let other = MemoryStore(seed: 2)
    for number in 0..<60 {
      let record = RecordID(rawValue: UInt128(number % 9 + 1))
      try await one.write(by: DeviceID(0xa), record, fields: [1, UInt32(number % 5 + 2)])
      try await other.write(
        by: DeviceID(0xb), record, fields: [UInt32(number % 4 + 1)],
        payload: .init(repeating: 3, count: 3_000))
      if number == 40 { try await one.delete(by: DeviceID(0xa), record) }
    }

    try await fixture.withServer { client async throws in
      let anasHub = ClientHub(client: client, device: ana, format: format)
      let luisHub = ClientHub(client: client, device: luis, format: format)
      #expect(try await sync(one, 0xa, through: anasHub) == .verified(changes: 61))
      #expect(try await sync(other, 0xb, through: luisHub) == .verified(changes: 121))
      #expect(try await sync(one, 0xa, through: anasHub) == .verified(changes: 121))
      #expect(try await sync(one, 0xa, through: anasHub) == .nothingToDo)
      #expect(try await sync(other, 0xb, through: luisHub) == .nothingToDo)
    }

    let summary = try await fixture.store().summary()
    #expect(await one.summary() == summary)
    #expect(await other.summary() == summary)
    #expect(try await fixture.ledger.check().isSound)
    let study = try await fixture.ledger.study(matching: "Alto Huallaga")
    let contents = try await fixture.ledger.contents(of: study)
    #expect(contents.contested > 0)
    #expect(contents.devices.map(\.missing) == [0, 0])
  }

  @Test func `a hub that was restored from an old backup gets back what it lost`() async throws {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa)
    let notebook = try await sampleNotebook()
    let backup = try ScratchFolder()
    try await fixture.withServer { client async throws in
      let hub = ClientHub(client: client, device: ana, format: .protobuf)
      _ = try await sync(notebook, 0xa, through: hub)
      _ = try await fixture.ledger.backup(to: backup.file("ledger.sqlite"))
      for _ in 0..<9 {
        try await notebook.write(by: DeviceID(0xa), RecordID(rawValue: 8), fields: [1])
      }
      _ = try await sync(notebook, 0xa, through: hub)
    }

    let restored = try ServerFixture(folder: backup)
    try await restored.withServer { client async throws in
      let hub = ClientHub(client: client, device: ana, format: .protobuf)
      #expect(try await sync(notebook, 0xa, through: hub) == .verified(changes: 15))
    }

    #expect(try await restored.store().summary() == notebook.summary())
    #expect(try await restored.ledger.check().isSound)
  }

  @Test(arguments: WireFormat.allCases)
  func `what only a newer notebook can read passes through byte for byte`(
    format: WireFormat
  ) async throws {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa, for: "Ana")
    let luis = try await fixture.enrolled(0xb, for: "Luis")
    let page = NewerPage(device: 0xC0DE, record: RecordID(rawValue: 7)).page([
      (kind: 99, action: .write, fields: [FieldID(1)], payload: [255, 0, 1]),
      (kind: 99, action: .write, fields: [FieldID(1), FieldID(4_000_000, key: [9])], payload: []),
      (kind: 99, action: .init(rawValue: 200), fields: [FieldID(2)], payload: [7]),
      (kind: 99, action: .delete, fields: [], payload: [8, 9]),
    ])
    let newer = MemoryStore(seed: 1)
    let older = MemoryStore(seed: 2)
    _ = try await newer.apply(page)

    try await fixture.withServer { client async throws in
      let anasHub = ClientHub(client: client, device: ana, format: format)
      let luisHub = ClientHub(client: client, device: luis, format: format)
      #expect(try await sync(newer, 0xa, through: anasHub) == .verified(changes: 4))
      #expect(try await sync(older, 0xb, through: luisHub) == .verified(changes: 4))
    }

    #expect(await older.page(beyond: VectorClock(), bytesMax: 1 << 20) == page)
    #expect(try await fixture.ledger.check().isSound)
  }

  @Test func `a session runs over a real socket`() async throws {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa)
    let notebook = try await sampleNotebook(changes: 200)
    try await fixture.withServer(.live) { client async throws in
      let hub = ClientHub(client: client, device: ana, format: .protobuf)
      #expect(try await sync(notebook, 0xa, through: hub) == .verified(changes: 200))
      #expect(try await sync(notebook, 0xa, through: hub) == .nothingToDo)
    }
    #expect(try await fixture.store().summary() == notebook.summary())
  }

  @Test func `over a real socket a body past the limit is refused, and that connection closed`()
    async throws
  {
    let fixture = try ServerFixture()
    let ana = try await fixture.enrolled(0xa)
    try await fixture.withServer(.live) { client async throws in
      let long = [UInt8](repeating: 0x20, count: WireLimits.messageBytes + 1)
      let refused = try await client.ask("push", as: ana, long)
      #expect(refused.status == 413)
      #expect(refused.problem?.code == .tooLarge)
      #expect(refused.headers[.connection] == "close")
    }
    try await fixture.withServer(.live) { client async throws in
      #expect(try await client.ask("verify", as: ana).status == 200)
    }
  }

  @Test func `many devices push at once and nothing is lost`() async throws {
    let fixture = try ServerFixture()
    var devices = [Enrolled]()
    var notebooks = [MemoryStore]()
    for number in 1...8 as ClosedRange<UInt64> {
      devices.append(try await fixture.enrolled(number, for: "Member \(number)"))
      let notebook = MemoryStore(seed: number)
      for record in 1...20 as ClosedRange<UInt128> {
        try await notebook.write(by: DeviceID(number), RecordID(rawValue: record), fields: [1])
      }
      notebooks.append(notebook)
    }
    let pairs = Array(zip(devices, notebooks))

    try await fixture.withServer(.live) { client async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (device, notebook) in pairs {
          group.addTask {
            let page = await notebook.everything
            let answer = try await client.ask("push", as: device, page.encode(.protobuf))
            #expect(try answer.message(PushReply.self).newChanges == 20)
          }
        }
        try await group.waitForAll()
      }
    }

    #expect(try await fixture.store().frontier().changeCount == 160)
    #expect(try await fixture.ledger.check().isSound)
  }
}
