import CuadernoModel
import CuadernoSync

/// What the members of a study may do, told from envelopes alone: a hub reads no payload.
struct Permission: Sendable {
  let study: StudyID

  /// - Parameters:
  ///   - role: as the ledger keeps it; one that is unknown here allows nothing.
  ///   - recordKind: the kind that the change's record has here; nil for a record that is new.
  func allows(_ role: String, _ change: Envelope, _ recordKind: UInt32?) -> Bool {
    guard let role = Role(rawValue: role) else { return false }
    let kinds = [change.kind] + (recordKind.map { [$0] } ?? [])
    let action = Deed.Action(
      number: change.action.rawValue, introduces: introduces(change), opens: opens(change),
      isOnStudy: isOnStudy(change))
    return role.allows(Deed(action, kinds: kinds))
  }

  /// Up to how many devices that have not joined here somebody may bring: an owner fills a server that was
  /// emptied, and the others leave half a clock for those who are invited.
  func strangersMax(_ role: String) -> Int {
    role == Role.owner.rawValue ? WireLimits.clockDevices : WireLimits.clockDevices / 2
  }

  /// Whether a change takes away for good, shows, or puts out of sight as a whole what others wrote.
  func guards(_ change: Envelope) -> Bool {
    change.action == .erase || change.action == .void || opens(change)
      || (change.action == .delete && isOnStudy(change))
  }

  /// By the number alone, whatever kind the change names: one that calls the study a record of another kind
  /// does not get past this.
  private func isOnStudy(_ change: Envelope) -> Bool {
    change.record.rawValue == study.rawValue
  }

  /// Whether a change says who sees whose codings.
  private func opens(_ change: Envelope) -> Bool {
    isOnStudy(change) && change.fields.contains { $0.number == Field.Study.codingsOpenTo.number }
  }

  /// Whether a device says in the study's record whose it is, and nothing else and of no other device.
  private func introduces(_ change: Envelope) -> Bool {
    isOnStudy(change) && change.kind == Kind.study.rawValue
      && change.fields
        == [FieldID(Field.Study.members.number, key: change.dot.device.bytes)]
  }
}
