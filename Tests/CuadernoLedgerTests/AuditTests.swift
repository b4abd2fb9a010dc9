import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

@Suite struct AuditTests {
  private func events(_ fixture: LedgerFixture, of study: Study? = nil) async throws -> [String] {
    try await fixture.ledger.audit(of: study, limit: 100).map { told in
      let entry = told.entry
      let counts = entry.changes > 0 ? " \(entry.changes)/\(entry.voidChanges)" : ""
      return "\(entry.event) \(told.member ?? "-") \(entry.detail)\(counts)"
    }
  }

  @Test(arguments: LedgerKind.here)
  func `everything that counts is written down, once and in order`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, device, _) = try await fixture.joinedStudy()
    let store = fixture.ledger.store(
      for: device, permitting: { _, change, _ in change.kind != 9 }, guarding: { _ in false })
    let notebook = MemoryStore(study: store.study)
    try await notebook.write(by: DeviceID(rawValue: 0xd), RecordID(rawValue: 1), fields: [1])
    try await notebook.write(
      by: DeviceID(rawValue: 0xd), RecordID(rawValue: 2), fields: [1], kind: 9)
    let page = await notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
    try await store.apply(page)
    try await store.apply(page)
    _ = try await fixture.ledger.addMember(name: "Luis", role: "reader", to: study)
    let (invite, _) = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: nil, usualRole: "reader")
    try await fixture.ledger.revokeInvite(invite.number, to: study)
    _ = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: nil, usualRole: "reader")
    _ = try await fixture.ledger.setRole("coder", of: "Luis", in: study)
    _ = try await fixture.ledger.setRole("coder", of: "Luis", in: study)
    let revoked = try await fixture.ledger.revokeAll(of: "Ana", in: study)
    _ = try await fixture.ledger.revokeAll(of: "Ana", in: study)

    #expect(revoked.devices == 1 && revoked.invites == 0)
    #expect(
      try await events(fixture) == [
        "member-added Ana researcher", "invited Ana researcher", "joined Ana researcher",
        "pushed Ana  2/1", "member-added Luis reader", "invited Luis reader",
        "invite-revoked Luis ",
        "invited Luis reader", "role-changed Luis coder", "invite-revoked Luis ", "revoked Ana ",
      ])
    #expect(try await fixture.ledger.checkAudit().chains.map(\.entries) == [11])
    #expect(
      try await fixture.ledger.invites(to: study).filter {
        $0.standing(atMilliseconds: fixture.clock.milliseconds) == .open
      }.isEmpty)
    #expect(try await fixture.ledger.device(token: "x") == nil)
  }

  @Test(arguments: LedgerKind.here)
  func `a page that was on its way when its device was revoked is refused`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (_, device, _) = try await fixture.joinedStudy()
    let store = fixture.ledger.store(
      for: device, permitting: { _, _, _ in true }, guarding: { _ in false })
    let notebook = MemoryStore(study: store.study)
    try await notebook.write(by: DeviceID(rawValue: 0xd), RecordID(rawValue: 1), fields: [1])
    let page = await notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
    try await fixture.ledger.revoke(device)

    let refusal = await #expect(throws: Problem.self) { try await store.apply(page) }

    #expect(refusal?.code == .unauthenticated)
    #expect(try await store.frontier().isEmpty)
  }

  @Test(arguments: LedgerKind.here)
  func `a mark makes no device more than a clock can name`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (_, device, _) = try await fixture.joinedStudy()
    let notebook = MemoryStore(study: device.study)
    for number in 1..<UInt128(WireLimits.clockDevices) {
      try await notebook.write(
        by: DeviceID(rawValue: number << 8), RecordID(rawValue: 1), fields: [1])
    }
    try await notebook.write(
      by: DeviceID(rawValue: 0xd), RecordID(rawValue: 2), fields: [1], kind: 9)
    let page = await notebook.page(beyond: VectorClock(), bytesMax: .max)

    await #expect(throws: PageFault.tooManyDevices(WireLimits.clockDevices + 1)) {
      try await fixture.ledger.store(
        for: device, permitting: { _, change, _ in change.kind != 9 }, guarding: { _ in false }
      )
      .apply(page)
    }
    try await fixture.ledger.store(
      for: device, permitting: { _, _, _ in true }, guarding: { _ in false }
    ).apply(page)
  }

  @Test(arguments: LedgerKind.here)
  func `strangers are brought up to a bound, and leave room for who is invited`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (_, device, _) = try await fixture.joinedStudy()
    func store(_ bound: Int) -> LedgerStudy {
      fixture.ledger.store(
        for: device, permitting: { _, _, _ in true }, guarding: { _ in false },
        bounding: { _ in bound })
    }
    let notebook = MemoryStore(study: device.study)
    func page() async throws -> ChangePage {
      await notebook.page(beyond: try await store(3).frontier(), bytesMax: .max)
    }
    for number in 1...3 as ClosedRange<UInt128> {
      try await notebook.write(
        by: DeviceID(rawValue: number << 8), RecordID(rawValue: 1), fields: [1])
    }
    try await store(3).apply(try await page())
    try await notebook.write(
      by: DeviceID(rawValue: 4 << 8), RecordID(rawValue: 1), fields: [1])

    let (before, tooMany) = (try await store(3).summary(), try await page())
    let refusal = await #expect(throws: Problem.self) { try await store(3).apply(tooMany) }
    #expect(refusal?.code == .forbidden)
    #expect(
      refusal?.message.hasPrefix(
        "devices that have not joined here wrote in this page, 1 of them new, and the study would have 4 "
          + "such devices; "
      ) == true)
    #expect(try await store(3).summary() == before)
    // Those that are known, and who is enrolled, are not counted.
    try await notebook.write(by: device.id, RecordID(rawValue: 2), fields: [1])
    try await notebook.write(
      by: DeviceID(rawValue: 1 << 8), RecordID(rawValue: 2), fields: [1])
    let all = try await page()
    let known = ChangePage(
      changes: all.changes.filter { $0.dot.device.rawValue != 4 << 8 },
      heads: all.heads.filter { $0.dot.device.rawValue != 4 << 8 })
    try await store(3).apply(known)
    await #expect(throws: Problem.self) { try await store(3).apply(try await page()) }
    try await store(4).apply(try await page())
    #expect(try await store(3).summary() == notebook.summary())
  }

  @Test(arguments: LedgerKind.here)
  func `the same refusal is written once an hour`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, device, _) = try await fixture.joinedStudy()
    let before = try await events(fixture).count
    for _ in 1...100 { try await fixture.ledger.noteRefusal(of: device, .unauthenticated) }
    try await fixture.ledger.noteRefusal(of: device, .forbidden)
    fixture.clock.advance(hours: 1)
    try await fixture.ledger.noteRefusal(of: device, .unauthenticated)

    #expect(
      try await events(fixture, of: study).dropFirst(before) == [
        "refused Ana unauthenticated", "refused Ana forbidden", "refused Ana unauthenticated",
      ])
  }

  @Test(
    arguments: [
      "UPDATE audit SET detail = 'owner' WHERE number = 2",
      "UPDATE audit SET milliseconds = milliseconds + 1 WHERE number = 2",
      "UPDATE audit SET member = NULL WHERE number = 2",
      "UPDATE audit SET link = (SELECT link FROM audit WHERE number = 1) WHERE number = 2",
      "DELETE FROM audit WHERE number = 2",
      "UPDATE audit SET number = number + 1 WHERE number = 3",
    ], LedgerKind.here)
  func `what is altered is found, with the place`(
    sql: String, kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    try await fixture.joinedStudy()
    #expect(try await fixture.ledger.checkAudit().isSound)

    try await fixture.run(sql)

    let check = try await fixture.ledger.checkAudit()
    #expect(!check.isSound)
    let fault = try #require(check.chains.first?.firstFault)
    #expect((2...4).contains(fault))
  }

  @Test(arguments: LedgerKind.here)
  func `a log that was cut short or made anew is told by who wrote down its end`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (study, _, _) = try await fixture.joinedStudy()
    let noted = try #require(try await fixture.ledger.checkAudit().chains.first)
    _ = try await fixture.ledger.addMember(name: "Luis", role: "reader", to: study)
    let end = (number: noted.entries, link: noted.head)
    #expect(try await fixture.ledger.checkAudit(noted: end).isSound)

    try await fixture.run("DELETE FROM audit WHERE number >= \(noted.entries)")

    #expect(try await fixture.ledger.checkAudit().isSound)
    #expect(try await fixture.ledger.checkAudit(noted: end).holdsNoted == false)
  }

  @Test(arguments: LedgerKind.here)
  func `the log has no name, no secret and no token in it`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Zztítulo")
    let (_, secret) = try await fixture.ledger.createInvite(
      to: study, for: "Zzana", role: nil, usualRole: "reader")
    let reply = try await fixture.ledger.join(
      JoinRequest(
        secret: secret.text, device: DeviceID(rawValue: 1), deviceName: "Zztoshiba", study: nil))
    let rows = try await fixture.everyRow(withAudit: true).filter { $0.hasPrefix("audit") }.joined()

    #expect(rows.contains("joined"))
    for word in ["Zz", secret.text, reply.token] { #expect(!rows.contains(word)) }
    #expect(try await fixture.ledger.audit(of: study, limit: 10).last?.deviceName == "Zztoshiba")
  }

  @Test(arguments: LedgerKind.here)
  func `nothing of one study is told with another`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    try await fixture.joinedStudy()
    let other = try await fixture.ledger.createStudy(title: "Monzón")

    #expect(try await events(fixture, of: other).isEmpty)
  }
}
