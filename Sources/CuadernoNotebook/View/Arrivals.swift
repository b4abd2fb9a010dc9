package import CuadernoModel
package import CuadernoSync

/// What a pull brought, in the few numbers that a person is told.
package struct Arrivals: Hashable, Sendable {
  /// Records that were not here before, by kind.
  package var new: [Kind: Int] = [:]

  /// Records that were here and changed; each once, however many changes came.
  package var changed: [Kind: Set<RecordID>] = [:]

  /// Devices that introduced themselves.
  package var devices = 0

  package var deleted = 0

  /// Records that were shown and are not any more: what was deleted or erased, and what is on it.
  package var hidden = 0

  /// Records that were known here and that somebody erased for good, those deleted before among them.
  package var erased = 0

  /// Records that one person deleted while another worked on them, and that stay.
  package var kept: Set<RecordID> = []

  /// Changes made at the same time as another one to other fields of the same record.
  package var parallel = 0

  /// Registers that came to hold different values written at the same time; some may have been
  /// settled by a change that came later.
  package var conflicts = 0

  /// What the person at this notebook wrote and the hub did not take, because their role does not allow
  /// it.
  package var untaken: Set<Dot> = []

  package init() {}

  package mutating func add(_ other: Arrivals) {
    new.merge(other.new, uniquingKeysWith: +)
    changed.merge(other.changed) { $0.union($1) }
    devices += other.devices
    deleted += other.deleted
    hidden += other.hidden
    erased += other.erased
    kept.formUnion(other.kept)
    parallel += other.parallel
    conflicts += other.conflicts
    untaken.formUnion(other.untaken)
  }

  package var isEmpty: Bool { self == Arrivals() }
}
