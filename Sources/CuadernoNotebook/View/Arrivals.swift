package import CuadernoModel

/// What a pull brought, in the few numbers that a person is told.
package struct Arrivals: Hashable, Sendable {
  /// Records that were not here before, by kind.
  package var new: [Kind: Int] = [:]

  /// Records that were here and changed.
  package var changed: [Kind: Int] = [:]

  package var deleted = 0

  /// Deletes of a record that somebody had changed meanwhile: it stays.
  package var keptAlive = 0

  /// Changes made at the same time as another one to other fields of the same record.
  package var parallel = 0

  /// Registers that now hold different values written at the same time.
  package var conflicts = 0

  package init() {}

  package mutating func add(_ other: Arrivals) {
    new.merge(other.new, uniquingKeysWith: +)
    changed.merge(other.changed, uniquingKeysWith: +)
    deleted += other.deleted
    keptAlive += other.keptAlive
    parallel += other.parallel
    conflicts += other.conflicts
  }

  package var isEmpty: Bool { self == Arrivals() }
}
