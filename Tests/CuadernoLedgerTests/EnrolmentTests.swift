import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// What the hub's owner does: studies, members, invites and devices.
@Suite struct EnrolmentTests {
  @Test(arguments: LedgerKind.here)
  func `a study is found by its title in any case and spelling, and by its id`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (study, _, _) = try await fixture.joinedStudy(
      "Monzón", id: StudyID(rawValue: 0xabcd << 112))
    try await fixture.joinedStudy(
      "Tocache", id: StudyID(rawValue: 0xabff << 112), device: DeviceID(rawValue: 2))

    for text in ["Monzón", "MONZÓN", "monzo\u{301}n", "abc", "ABCD", "abcd0000-0000"] {
      #expect(try await fixture.ledger.study(matching: text) == study)
    }
    await #expect(throws: LedgerError.severalStudies(count: 2)) {
      try await fixture.ledger.study(matching: "ab")
    }
    for text in ["", "-", "Monz", "ff"] {
      await #expect(throws: LedgerError.noStudy) {
        try await fixture.ledger.study(matching: text)
      }
    }
  }

  @Test(arguments: LedgerKind.here)
  func `two studies cannot have the same title`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    _ = try await fixture.ledger.createStudy(title: " Monzón ")

    await #expect(throws: LedgerError.studyExists(title: "MONZÓN")) {
      try await fixture.ledger.createStudy(title: "MONZÓN")
    }

    #expect(try await fixture.ledger.studies().map(\.title) == ["Monzón"])
  }

  @Test(arguments: [
    ("", NameFault.empty), (" \t", .unprintable), ("  ", .empty), ("a\u{0}b", .unprintable),
    ("a\u{2028}b", .unprintable), (String(repeating: "ñ", count: 501), .tooLong(bytes: 1_002)),
  ])
  func `a title that cannot be shown is refused`(title: String, fault: NameFault) async throws {
    let fixture = try await LedgerFixture()

    await #expect(throws: LedgerError.badName(fault)) {
      try await fixture.ledger.createStudy(title: title)
    }
  }

  @Test func `names in every script are taken as they are`() throws {
    for name in ["Ñusta", "Λουκία", "علي", "နေ", "Ana \u{1F469}\u{200D}\u{1F33E}"] {
      #expect(try Name.checked(name) == name)
    }
  }

  @Test(arguments: LedgerKind.here)
  func `an invite adds a member who is new and keeps the role of one who is not`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    _ = try await fixture.ledger.addMember(name: "Ana", role: "owner", to: study)

    let ana = try await fixture.ledger.createInvite(
      to: study, for: "ANA", role: nil, usualRole: "researcher")
    let luis = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: "coder", usualRole: "researcher")

    #expect(ana.invite.member == "Ana")
    #expect(ana.invite.role == "owner")
    #expect(luis.invite.role == "coder")
    #expect(try await fixture.ledger.members(of: study).map(\.name) == ["Ana", "Luis"])
    await #expect(throws: LedgerError.otherRole(name: "Luis", role: "coder")) {
      try await fixture.ledger.createInvite(
        to: study, for: "Luis", role: "owner", usualRole: "researcher")
    }
    await #expect(throws: LedgerError.memberExists(name: "luis")) {
      try await fixture.ledger.addMember(name: "luis", role: "coder", to: study)
    }
  }

  @Test(arguments: LedgerKind.here)
  func `an invite tells how it stands`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    try await fixture.join(study, device: DeviceID(rawValue: 1))
    let revoked = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: nil, usualRole: "coder"
    ).invite
    try await fixture.ledger.revokeInvite(revoked.number, to: study)
    try await fixture.ledger.revokeInvite(revoked.number, to: study)
    _ = try await fixture.ledger.createInvite(to: study, for: "Eva", role: nil, usualRole: "coder")
    let now = fixture.clock.milliseconds

    let invites = try await fixture.ledger.invites(to: study)

    #expect(invites.map { $0.standing(atMilliseconds: now) } == [.used, .revoked, .open])
    #expect(invites[2].standing(atMilliseconds: now + 72 * 3_600_000) == .expired)
    await #expect(throws: LedgerError.inviteUsed(invites[0].number)) {
      try await fixture.ledger.revokeInvite(invites[0].number, to: study)
    }
    await #expect(throws: LedgerError.noInvite(99)) {
      try await fixture.ledger.revokeInvite(99, to: study)
    }
  }

  @Test(arguments: LedgerKind.here)
  func `an invite of one study cannot be revoked through another`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let other = try await fixture.ledger.createStudy(title: "Tocache")
    let invite = try await fixture.ledger.createInvite(
      to: study, for: "Luis", role: nil, usualRole: "coder"
    ).invite

    await #expect(throws: LedgerError.noInvite(invite.number)) {
      try await fixture.ledger.revokeInvite(invite.number, to: other)
    }
  }

  @Test(arguments: LedgerKind.here)
  func `a device is found by the beginning of its id, within its study`(kind: LedgerKind)
    async throws
  {
    let fixture = try await LedgerFixture(kind)
    let (study, _, _) = try await fixture.joinedStudy(device: DeviceID(rawValue: 0xcafe << 112))
    try await fixture.join(study, device: DeviceID(rawValue: 0xcabb << 112))

    #expect(
      try await fixture.ledger.device(matching: "CAFE", of: study).id.rawValue == 0xcafe << 112)
    await #expect(throws: LedgerError.severalDevices(count: 2)) {
      try await fixture.ledger.device(matching: "ca", of: study)
    }
    let other = try await fixture.ledger.createStudy(title: "Tocache")
    await #expect(throws: LedgerError.noDevice) {
      try await fixture.ledger.device(matching: "cafe", of: other)
    }
  }

  @Test(arguments: LedgerKind.here)
  func `last use is kept within five minutes`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let study = try await fixture.ledger.createStudy(title: "Monzón")
    let token = try await fixture.join(study, device: DeviceID(rawValue: 1)).token
    func seen() async throws -> Int64? {
      try await fixture.ledger.device(token: token)?.seenMilliseconds
    }
    func use() async throws {
      let device = try #require(try await fixture.ledger.device(token: token))
      try await fixture.ledger.noteSeen(device)
    }
    #expect(try await seen() == nil)

    let start = fixture.clock.milliseconds
    try await use()
    #expect(try await seen() == start)
    fixture.clock.advance(milliseconds: EnrolledDevice.seenGrainMilliseconds - 1)
    try await use()
    #expect(try await seen() == start)
    fixture.clock.advance(milliseconds: 1)
    try await use()
    #expect(try await seen() == start + EnrolledDevice.seenGrainMilliseconds)
  }

  @Test(arguments: LedgerKind.here)
  func `revoking keeps the first moment`(kind: LedgerKind) async throws {
    let fixture = try await LedgerFixture(kind)
    let (study, device, _) = try await fixture.joinedStudy()
    let first = fixture.clock.milliseconds
    try await fixture.ledger.revoke(device)
    fixture.clock.advance(hours: 1)
    try await fixture.ledger.revoke(device)

    #expect(try await fixture.ledger.devices(of: study).map(\.revokedMilliseconds) == [first])
  }

  @Test func `every refusal says what to do`() {
    let errors: [LedgerError] = [
      .folderUnusable(code: 13), .noLedger, .badName(.empty), .studyExists(title: "Monzón"),
      .noStudy,
      .severalStudies(count: 2), .memberExists(name: "Ana"), .otherRole(name: "Ana", role: "owner"),
      .noMember, .noDevice, .severalDevices(count: 2), .noInvite(3), .inviteUsed(3),
      .backupTargetUnusable(code: 13), .backupOntoLedger, .backupNotSound, .logDamaged,
      .backupUnreadable(code: 13), .notABackup, .backupDamaged, .ledgerExists, .ledgerInUse,
      .restoreImpossible(code: 13),
    ]
    #expect(
      errors.map(\.description) == [
        "data folder cannot be used (error 13); check that it exists and may be written",
        "there is no ledger in the data folder; `cuaderno-server study create TITLE` makes one, and "
          + "--data names another folder",
        "name is empty",
        "a study titled \"Monzón\" exists already; choose another title",
        "no study has this title or an id that begins so; `cuaderno-server study list` shows all",
        "2 studies have an id that begins so; type more of it, or the title",
        "\"Ana\" is a member of this study already",
        "\"Ana\" is in this study as owner; leave --role out, or change it first "
          + "with `cuaderno-server member role`",
        "no member of this study has that name; `cuaderno-server member list` shows all",
        "no device of this study has an id that begins so; `cuaderno-server device list` shows all",
        "2 devices have an id that begins so; type more of it",
        "there is no invite 3 in this study; `cuaderno-server invite list` shows all",
        "invite 3 was used already; revoke the device that joined with it instead",
        "backup cannot be written there (error 13); check the folder and its free space",
        "that file is the ledger itself; name another one for the backup",
        "copy did not pass its check, so no backup was written and an older one is untouched; "
          + "run `cuaderno-server check`",
        "some changes are damaged, so nothing was rebuilt from them; restore a backup, and the "
          + "notebooks bring back what came after it",
        "backup cannot be read (error 13); check its name and that this user may read it",
        "that file is a ledger in use or a copy of one, and part of it is in the -wal file beside it; "
          + "name a file that `cuaderno-server backup` has written",
        "backup did not pass its check, so nothing was restored; use an older one",
        "there is a ledger in the data folder; stop the server and say --replace to put the backup "
          + "in its place, and the ledger is kept beside it",
        "the ledger in the data folder is in use; stop the server first",
        "backup cannot be put into the data folder (error 13); check the folder and its free space",
      ])
  }
}
