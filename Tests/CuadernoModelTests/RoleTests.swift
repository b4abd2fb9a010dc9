import Testing

@testable import CuadernoModel

@Suite struct RoleTests {
  private static let newerKind: UInt32 = 99

  /// Everything that one may do, written out.
  private static let allowed: [Role: (edits: Set<UInt32>, others: Set<Deed.Action>)] = [
    .owner: (
      Set(Kind.allCases.map(\.rawValue) + [newerKind]),
      [.erase, .introduce, .void, .open, .deleteStudy, .newer]
    ),
    .researcher: (Set(Kind.allCases.map(\.rawValue) + [newerKind]), [.introduce, .newer]),
    .coder: ([Kind.note.rawValue, Kind.coding.rawValue], [.introduce]),
    .reader: ([], [.introduce]),
  ]

  @Test(arguments: Role.allCases)
  func `each role may do what is written here and nothing else`(role: Role) throws {
    let allowed = try #require(Self.allowed[role])
    for kind in Kind.allCases.map(\.rawValue) + [Self.newerKind] {
      #expect(
        role.allows(Deed(.edit, kinds: [kind])) == allowed.edits.contains(kind),
        "\(role) edits kind \(kind)")
      for action in [Deed.Action.erase, .introduce, .void, .open, .deleteStudy, .newer] {
        #expect(
          role.allows(Deed(action, kinds: [kind])) == allowed.others.contains(action),
          "\(role) \(action) kind \(kind)")
      }
    }
  }

  @Test func `a coder who calls an interview a note does not get at it by that`() {
    let cheat = Deed(.edit, kinds: [Kind.note.rawValue, Kind.interview.rawValue])

    #expect(!Role.coder.allows(cheat))
    #expect(Role.researcher.allows(cheat))
  }

  @Test(arguments: [
    (0 as UInt8, false, Deed.Action.edit), (0, true, .introduce), (1, false, .edit),
    (2, false, .erase), (3, false, .void), (4, false, .newer), (255, false, .newer),
  ])
  func `what an envelope's action means`(number: UInt8, introduces: Bool, action: Deed.Action) {
    #expect(
      Deed.Action(number: number, introduces: introduces, opens: false, isOnStudy: introduces)
        == action)
  }

  @Test func `who says who sees whose codings does that, whatever they write beside it`() {
    #expect(Deed.Action(number: 0, introduces: true, opens: true, isOnStudy: true) == .open)
    #expect(Deed.Action(number: 2, introduces: false, opens: true, isOnStudy: true) == .erase)
  }

  @Test func `who deletes the study deletes no record like the others`() {
    #expect(
      Deed.Action(number: 1, introduces: false, opens: false, isOnStudy: true) == .deleteStudy)
  }

  @Test func `what a role does not do is said in words`() {
    #expect(
      Role.allCases.map(\.restriction) == [
        nil, "does not erase, nor delete the study, nor say who sees whose codings",
        "codes and writes notes, and does not edit anything else",
        "reads, and does not write",
      ])
  }
}
