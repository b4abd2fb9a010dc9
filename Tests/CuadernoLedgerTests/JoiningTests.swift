import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

@Suite struct JoiningTests {
  private let ana = DeviceID(rawValue: 0xa)
  private let luis = DeviceID(rawValue: 0xb)

  private func invite(
    _ fixture: LedgerFixture, to study: Study, for name: String = "Ana"
  ) async throws -> (number: Int64, secret: String) {
    let (invite, secret) = try await fixture.ledger.createInvite(
      to: study, for: name, role: nil, usualRole: "researcher")
    return (invite.number, secret.text)
  }

  private func request(
    _ secret: String, _ device: DeviceID, study: StudyID? = nil, name: String = "laptop"
  ) -> JoinRequest {
    JoinRequest(secret: secret, device: device, deviceName: name, study: study)
  }

  private func problem(
    _ fixture: LedgerFixture, _ request: JoinRequest
  ) async throws -> Problem.Code? {
    let rows = try await fixture.everyRow()
    let problem = await #expect(throws: Problem.self) { try await fixture.ledger.join(request) }
    #expect(try await fixture.everyRow() == rows, "a refusal changed something")
    return problem?.code
  }

  @Test(arguments: LedgerKind.here)
  func `a study made again with its id is joined by its notebooks alone`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let id = StudyID(rawValue: 77)
    let study = try await fixture.ledger.createStudy(title: "Monzón", id: id)
    #expect(study.id == id)

    let other = try await invite(fixture, to: study)
    #expect(
      try await problem(fixture, request(other.secret, luis, study: StudyID(rawValue: 78)))
        == .otherStudy)
    let new = try await fixture.join(study, device: luis, for: "Luis")
    let old = try await fixture.join(study, device: ana, holding: id)

    #expect(new.study == id && old.study == id)
    await #expect(throws: LedgerError.studyIDExists(title: "Monzón")) {
      try await fixture.ledger.createStudy(title: "Tocache", id: id)
    }
    #expect(
      LedgerError.studyIDExists(title: "Monzón").description
        == "the study with that id is here already, under the title \"Monzón\"")
  }

  @Test(arguments: LedgerKind.here)
  func `the first notebook gives the study its id, and a new one takes it`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let id = StudyID(rawValue: 77)

    let first = try await fixture.join(study, device: ana, holding: id)
    let second = try await fixture.join(study, device: luis, for: "Luis")

    #expect(first.study == id)
    #expect(first.member == "Ana")
    #expect(first.role == "researcher")
    #expect(second.study == id)
    #expect(first.token != second.token)
    let device = try #require(try await fixture.ledger.device(token: second.token))
    #expect(device.id == luis)
    #expect(device.member == "Luis")
    #expect(device.study == id)
  }

  @Test(arguments: LedgerKind.here)
  func `a new notebook in a new study gets an id that the next one must have`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")

    let id = try await fixture.join(study, device: ana).study
    #expect(try await fixture.ledger.studies().map(\.id) == [id])

    let (_, secret) = try await invite(fixture, to: study)
    let other = request(secret, luis, study: StudyID(rawValue: 4))
    #expect(try await problem(fixture, other) == .otherStudy)
    let same = try await fixture.ledger.join(request(secret, luis, study: id))
    #expect(same.study == id)
  }

  @Test(arguments: LedgerKind.here)
  func `a study that is on the hub already is not taken into another`(kind: LedgerKind) async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (_, _, store) = try await fixture.joinedStudy()
    let other = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: other)

    let refused = request(secret, luis, study: store.study)

    #expect(try await problem(fixture, refused) == .otherStudy)
  }

  @Test(arguments: LedgerKind.here)
  func `of many that join with one invite at the same moment one does`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let other = try fixture.opened()
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)

    let outcomes = await withTaskGroup(of: Problem.Code?.self) { group in
      for number in 1...16 {
        let ledger = number.isMultiple(of: 2) ? fixture.ledger : other
        let request = request(secret, DeviceID(rawValue: UInt128(number)))
        group.addTask {
          do {
            _ = try await ledger.join(request)
            return nil
          } catch {
            return (error as? Problem)?.code ?? .failed
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }

    #expect(outcomes.count { $0 == nil } == 1)
    #expect(outcomes.count { $0 == .inviteRefused } == 15)
    #expect(try await fixture.ledger.devices(of: study).count == 1)
  }

  @Test(arguments: LedgerKind.here)
  func `every reason to refuse an invite has the same words`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let used = try await invite(fixture, to: study)
    _ = try await fixture.ledger.join(request(used.secret, ana))
    let revoked = try await invite(fixture, to: study)
    try await fixture.ledger.revokeInvite(revoked.number, to: study)
    let expired = try await invite(fixture, to: study)
    fixture.clock.advance(hours: 72)
    var mistyped = try await invite(fixture, to: study).secret
    mistyped.append("0")
    let never = InviteSecret(bytes: .init(repeating: 9, count: 32)).text

    for secret in [used.secret, revoked.secret, expired.secret, mistyped, never, "", "¿?"] {
      let refused = await #expect(throws: Problem.self) {
        try await fixture.ledger.join(request(secret, luis))
      }
      #expect(refused?.code == .inviteRefused)
      #expect(
        refused?.message
          == "this invite cannot be used: it was mistyped, used before, revoked, or made more than "
          + "72 hours ago; ask whoever runs the hub for a new one")
    }
    #expect(try await fixture.ledger.devices(of: study).map(\.id) == [ana])
  }

  @Test(arguments: LedgerKind.here)
  func `an invite can be used up to its last millisecond`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)
    fixture.clock.advance(hours: 72, milliseconds: -1)

    let reply = try await fixture.ledger.join(request(secret, ana))

    #expect(try await fixture.ledger.device(token: reply.token) != nil)
  }

  @Test(arguments: LedgerKind.here)
  func `a secret may be typed in small letters, with blanks, and with O, I and L`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)
    let typed = secret.lowercased().split(separator: "-").joined(separator: " ")
      .replacing("0", with: "o").replacing("1", with: "l")

    let reply = try await fixture.ledger.join(request(typed, ana))

    #expect(reply.member == "Ana")
  }

  @Test(arguments: LedgerKind.here)
  func `a device that is enrolled cannot join again, and the invite stays good`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    try await fixture.join(study, device: ana)
    let (_, secret) = try await invite(fixture, to: study, for: "Luis")

    #expect(try await problem(fixture, request(secret, ana)) == .deviceTaken)
    let reply = try await fixture.ledger.join(request(secret, luis))
    #expect(reply.member == "Luis")
  }

  @Test(arguments: LedgerKind.here)
  func `a device whose answer got lost asks again and gets a token`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)
    let lost = try await fixture.ledger.join(request(secret, ana))

    let reply = try await fixture.ledger.join(request(secret, ana))

    #expect(reply.study == lost.study)
    #expect(try await fixture.ledger.device(token: lost.token) == nil)
    let device = try #require(try await fixture.ledger.device(token: reply.token))
    // Once the token was used there was an answer, and the invite is spent.
    try await fixture.ledger.noteSeen(device)
    #expect(try await problem(fixture, request(secret, ana)) == .inviteRefused)
    #expect(try await problem(fixture, request(secret, luis)) == .inviteRefused)
  }

  @Test(arguments: LedgerKind.here)
  func `a revoked device cannot get another token with its old invite`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)
    let reply = try await fixture.ledger.join(request(secret, ana))
    let device = try #require(try await fixture.ledger.device(token: reply.token))

    try await fixture.ledger.revoke(device)

    #expect(try await fixture.ledger.device(token: reply.token) == nil)
    #expect(try await problem(fixture, request(secret, ana)) == .inviteRefused)
  }

  @Test(
    arguments: [
      ("", ""), ("Toshiba de Ñusta", "Toshiba de Ñusta"),
      ("a\u{1b}[2Jb\nc\u{202e}", "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}"),
    ], LedgerKind.here)
  func `a device name is kept as far as it can be shown`(
    _ name: (typed: String, shown: String), kind: LedgerKind
  ) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)

    _ = try await fixture.ledger.join(request(secret, ana, name: name.typed))

    #expect(try await fixture.ledger.devices(of: study).map(\.name) == [name.shown])
  }

  @Test func `neither secrets nor tokens stand in the file`() async throws {
    let fixture = try await LedgerFixture()
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let (_, secret) = try await invite(fixture, to: study)
    let token = try await fixture.ledger.join(request(secret, ana)).token
    try fixture.ledger.close()

    let file = String(decoding: try fixture.folder.bytes(of: "ledger.sqlite"), as: UTF8.self)

    #expect(file.contains("Monzón"))
    #expect(!file.contains(token))
    #expect(!file.contains(secret))
    #expect(!file.contains(secret.replacing("-", with: "")))
  }
}
