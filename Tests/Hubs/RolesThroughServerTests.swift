import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoServer

/// Roles as the server keeps them, with notebooks that do not ask theirs first.
@Suite struct RolesThroughServerTests {
  /// Joins a notebook and answers as whom it asks.
  private func join(
    _ notebook: Notebook, _ server: TestServer, as role: Role, title: String = TestServer.title
  ) async throws -> String {
    let study = try await server.ledger.study(matching: title)
    let (_, secret) = try await server.ledger.createInvite(
      to: study, for: try notebook.identity().member, role: role.rawValue, usualRole: role.rawValue)
    return try await server.ledger.join(
      JoinRequest(
        secret: secret.text, device: try notebook.identity().device, deviceName: "laptop",
        study: notebook.study)
    ).token
  }

  @discardableResult
  private func sync(
    _ notebook: Notebook, _ server: TestServer, _ token: String
  ) async throws -> SyncSession.Outcome {
    guard let device = try await server.ledger.device(token: token) else { throw Missing() }
    let permission = Permission(study: device.study)
    let store = server.ledger.store(
      for: device, permitting: permission.allows, guarding: permission.guards)
    return try await SyncDriver(
      store: notebook, device: notebook.identity().device,
      hub: StoreHub(store: store, now: HubKind.now), wait: { _ in throw Missing() }
    ).run().outcome
  }

  private func summaryOf(_ interview: RecordID, _ notebook: Notebook) throws -> String? {
    try notebook.read { try $0.fetch(Interview.self, interview)?.summary }
  }

  /// Ana is the owner and Luis what the test says; both hold one interview.
  private struct Team {
    let pair: Pair
    let server: TestServer
    let ana: String
    let luis: String
    let interview: RecordID

    var everybody: [Notebook] { [pair.ana, pair.luis] }
  }

  private func team(luis role: Role) async throws -> Team {
    let pair = try Pair()
    let server = try await TestServer(isBound: false)
    let ana = try await join(pair.ana, server, as: .owner)
    let luis = try await join(pair.luis, server, as: role)
    let interview = try pair.ana.write {
      try $0.create(
        .interview, [.init(.Interview.summary, "de Ana"), .init(.Interview.text, "Nadie avisó.")])
    }
    try await sync(pair.ana, server, ana)
    try await sync(pair.luis, server, luis)
    return Team(pair: pair, server: server, ana: ana, luis: luis, interview: interview)
  }

  private func expectAgreement(_ team: Team) async throws {
    let summary = try await team.server.store().summary()
    for notebook in team.everybody {
      #expect(try notebook.summary() == summary)
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    #expect(try await team.server.ledger.check().isSound)
    #expect(try await team.server.ledger.checkAudit().isSound)
  }

  @Test(arguments: [Role.coder, .reader])
  func `what an author may not write is void, reaches nobody, and is told in the same sync`(
    role: Role
  ) async throws {
    let team = try await team(luis: role)
    try team.pair.luis.write {
      _ = try $0.update(team.interview, [.init(.Interview.summary, "zzluis")])
    }

    let outcome = try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    let changes = try team.pair.luis.frontier().changeCount
    #expect(outcome == .verified(changes: changes))
    for notebook in team.everybody { #expect(try summaryOf(team.interview, notebook) == "de Ana") }
    #expect(try team.pair.luis.untaken().map(\.change.edits.first?.value) == [.text("zzluis")])
    #expect(try team.pair.ana.untaken().isEmpty)
    #expect(try !team.server.folder.holds("zzluis"))
    #expect(try !team.pair.anaLaptop.scratch.holds("zzluis"))
    try await expectAgreement(team)
  }

  @Test func `a coder codes and writes notes`() async throws {
    let team = try await team(luis: .coder)
    let theme = try team.pair.ana.write { try $0.create(.theme, [.init(.Theme.name, "Estado")]) }
    try await sync(team.pair.ana, team.server, team.ana)
    try await sync(team.pair.luis, team.server, team.luis)
    try team.pair.luis.code(team.interview, "Nadie", as: theme)
    try team.pair.luis.note("Mirar otra vez.", about: team.interview)

    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    #expect(try team.pair.ana.count(.coding) == 1)
    #expect(try team.pair.ana.count(.note) == 1)
    #expect(try team.pair.luis.untaken().isEmpty)
    try await expectAgreement(team)
  }

  @Test(arguments: [Role.researcher, .reader])
  func `an erase under an owner's name is taken from nobody who may not erase`(role: Role)
    async throws
  {
    let team = try await team(luis: role)
    try team.pair.ana.write { try $0.erase(team.interview) }
    try team.pair.luis.take(from: team.pair.ana)

    await #expect {
      try await sync(team.pair.luis, team.server, team.luis)
    } throws: { error in
      guard case HubError.refused(let problem) = error else { return false }
      return problem.code == .forbidden
        && problem.message.contains("nothing proves who wrote it")
    }

    #expect(try team.server.folder.holds("Nadie avisó."))
    try await sync(team.pair.ana, team.server, team.ana)
    try await sync(team.pair.luis, team.server, team.luis)
    #expect(try !team.server.folder.holds("Nadie avisó."))
    try await expectAgreement(team)
  }

  @Test func `only an owner says who sees whose codings`() async throws {
    let team = try await team(luis: .researcher)
    // Their notebook has not been told of a role and writes it.
    _ = try team.pair.luis.write { try $0.openCodings(to: ["Luis"]) }
    #expect(try team.pair.luis.read { try $0.blindCoding() } != nil)

    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    for notebook in team.everybody { #expect(try notebook.read { try $0.blindCoding() } == nil) }
    #expect(try team.pair.luis.untaken().count == 1)
    try await expectAgreement(team)

    _ = try team.pair.ana.write { try $0.openCodings(to: ["Ana"]) }
    try await sync(team.pair.ana, team.server, team.ana)
    try await sync(team.pair.luis, team.server, team.luis)
    #expect(try team.pair.luis.read { try $0.blindCoding() }?.isBlindHere == true)
    try await expectAgreement(team)
  }

  @Test(arguments: [Role.owner, .researcher, .coder])
  func `only an owner deletes the study itself`(role: Role) async throws {
    let team = try await team(luis: role)
    let study = try team.pair.luis.read(\.studyRecord)
    // No command does it; a changed program might.
    try team.pair.luis.write { try $0.delete(study) }

    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    for notebook in team.everybody {
      #expect(try notebook.read { try $0.state(of: study)?.isAlive } == (role != .owner))
    }
    #expect(try team.pair.luis.untaken().count == (role == .owner ? 0 : 1))
    try await expectAgreement(team)
  }

  @Test func `an erase needs the owner's role`() async throws {
    let team = try await team(luis: .researcher)
    try team.pair.luis.write { try $0.erase(team.interview) }

    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    #expect(try summaryOf(team.interview, team.pair.ana) == "de Ana")
    #expect(try team.server.folder.holds("Nadie avis"))
    let summary = try await team.server.store().summary()
    #expect(try team.pair.ana.summary() == summary)

    try team.pair.ana.write { try $0.erase(team.interview) }
    try await sync(team.pair.ana, team.server, team.ana)
    #expect(try !team.server.folder.holds("Nadie avis"))
  }

  @Test func `what was taken stays after a role is taken away, and what is void after it is given`()
    async throws
  {
    let team = try await team(luis: .researcher)
    func edit(_ text: String) throws {
      try team.pair.luis.write {
        _ = try $0.update(team.interview, [.init(.Interview.summary, text)])
      }
    }
    let study = try await team.server.ledger.study(matching: TestServer.title)
    try edit("como investigador")
    try await sync(team.pair.luis, team.server, team.luis)
    _ = try await team.server.ledger.setRole("coder", of: "Luis", in: study)
    try edit("como codificador")
    try await sync(team.pair.luis, team.server, team.luis)
    #expect(try summaryOf(team.interview, team.pair.luis) == "como investigador")
    _ = try await team.server.ledger.setRole("researcher", of: "Luis", in: study)
    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    #expect(try summaryOf(team.interview, team.pair.ana) == "como investigador")
    let untaken = try team.pair.luis.untaken()
    #expect(untaken.count == 1)
    try team.pair.luis.write { try $0.writeAgain(untaken) }
    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)
    #expect(try summaryOf(team.interview, team.pair.ana) == "como codificador")
    try await expectAgreement(team)
  }

  @Test func `whoever relays a change, its author's role counts`() async throws {
    let team = try await team(luis: .coder)
    try team.pair.luis.write {
      _ = try $0.update(team.interview, [.init(.Interview.summary, "por memoria USB")])
    }
    // By a stick it reaches Ana, who is shown it until the server has judged it.
    try team.pair.ana.take(from: team.pair.luis)
    #expect(try summaryOf(team.interview, team.pair.ana) == "por memoria USB")

    try await sync(team.pair.ana, team.server, team.ana)
    #expect(try summaryOf(team.interview, team.pair.ana) == "de Ana")
    #expect(try team.pair.ana.untaken().isEmpty)
    try await sync(team.pair.luis, team.server, team.luis)
    #expect(try team.pair.luis.untaken().count == 1)
    try await expectAgreement(team)
  }

  @Test func `a coder gets at an interview neither by another kind nor by a device made up`()
    async throws
  {
    let team = try await team(luis: .coder)
    let dot = Dot(
      device: try team.pair.luis.identity().device,
      sequence: try team.pair.luis.frontier()[team.pair.luis.identity().device] + 1)
    let state = try #require(try team.pair.luis.read { try $0.state(of: team.interview) })
    func page(_ device: DeviceID, _ sequence: UInt64, kind: Kind, after link: Digest) -> ChangePage
    {
      let envelope = Envelope(
        dot: Dot(device: device, sequence: sequence),
        stamp: Stamp(rawValue: Stamp.latest.rawValue - 1),
        record: team.interview, kind: kind.rawValue, context: state.clock,
        fields: [FieldID(Field.Interview.summary.number)])
      let change = AdmittedChange(
        own: Change(
          envelope: envelope,
          content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: [])), after: link)
      return ChangePage(
        changes: [change.change], heads: [ChainHead(dot: envelope.dot, link: change.link)])
    }
    guard let device = try await team.server.ledger.device(token: team.luis) else {
      throw Missing()
    }
    let store = team.server.ledger.store(
      for: device, permitting: Permission(study: device.study).allows,
      guarding: Permission(study: device.study).guards)
    let before = try await team.server.store().summary().registers

    let link = try #require(
      try team.pair.luis.link(at: Dot(device: dot.device, sequence: dot.sequence - 1)))
    try await store.apply(page(dot.device, dot.sequence, kind: .note, after: link))
    #expect(try await team.server.store().summary().registers == before)
    let madeUp = page(DeviceID(rawValue: 0xBAD), 1, kind: .interview, after: .zero)
    let refusal = await #expect(throws: Problem.self) { try await store.apply(madeUp) }
    #expect(refusal?.code == .forbidden)
    #expect(
      refusal?.message
        == "change 00000000000000000000000000000bad:1 was written by a device that has not joined "
        + "here, and the role coder cannot vouch for it; nothing of the page was stored and nothing is "
        + "lost; its author has to join and sync first, or an owner of the study who has it")
    // Who may write it himself may answer for it.
    guard let owner = try await team.server.ledger.device(token: team.ana) else { throw Missing() }
    try await team.server.ledger.store(
      for: owner, permitting: Permission(study: owner.study).allows,
      guarding: Permission(study: owner.study).guards
    ).apply(madeUp)
  }

  @Test func `nobody calls another's changes void`() async throws {
    let team = try await team(luis: .researcher)
    let ana = try team.pair.ana.identity().device
    let mark = Change(
      envelope: Envelope(
        voiding: [Dot(device: ana, sequence: 2)],
        as: Dot(device: DeviceID(rawValue: 0xBAD), sequence: 1), stamp: Stamp(rawValue: 1),
        in: team.pair.ana.study),
      content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: []))
    let link = AdmittedChange(own: mark, after: .zero).link
    let page = ChangePage(changes: [mark], heads: [ChainHead(dot: mark.dot, link: link)])
    guard let device = try await team.server.ledger.device(token: team.luis) else {
      throw Missing()
    }

    let refusal = await #expect(throws: Problem.self) {
      try await team.server.ledger.store(
        for: device, permitting: Permission(study: device.study).allows,
        guarding: Permission(study: device.study).guards
      ).apply(page)
    }

    #expect(refusal?.code == .forbidden)
    try await expectAgreement(team)
  }

  @Test func `a server made anew learns what was void from an owner, and hides it again`()
    async throws
  {
    let team = try await team(luis: .coder)
    try team.pair.luis.write {
      _ = try $0.update(team.interview, [.init(.Interview.summary, "no")])
    }
    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    let server = try await TestServer(seed: 12, isBound: false)
    let luis = try await join(team.pair.luis, server, as: .coder)
    // A coder cannot answer for what Ana's device wrote, which has not joined here.
    await #expect(throws: HubError.self) { try await sync(team.pair.luis, server, luis) }
    let ana = try await join(team.pair.ana, server, as: .owner)
    try await sync(team.pair.ana, server, ana)
    try await sync(team.pair.luis, server, luis)
    try await sync(team.pair.ana, server, ana)

    try await expectAgreement(
      Team(pair: team.pair, server: server, ana: ana, luis: luis, interview: team.interview))
    #expect(try summaryOf(team.interview, team.pair.ana) == "de Ana")
  }

  @Test func `a large push of a reader is void to its last change`() async throws {
    let team = try await team(luis: .reader)
    try team.pair.luis.write { writer in
      for number in 1...2_500 { try writer.create(.place, [.init(.Place.name, "P\(number)")]) }
    }
    try await sync(team.pair.luis, team.server, team.luis)
    try await sync(team.pair.ana, team.server, team.ana)

    #expect(try team.pair.ana.count(.place) == 0)
    #expect(try team.pair.luis.untaken().count == 2_500)
    try await expectAgreement(team)
  }
}

extension ScratchFolder {
  /// Whether any file in it has these letters in it.
  fileprivate func holds(_ text: String) throws -> Bool {
    let found = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return found.contains { name in
      let data = try? Data(contentsOf: URL(fileURLWithPath: file(name)))
      return data?.range(of: Data(text.utf8)) != nil
    }
  }
}
