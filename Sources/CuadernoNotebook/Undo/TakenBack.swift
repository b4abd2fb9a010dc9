package import CuadernoModel
package import CuadernoSync

/// What came of taking back a write, or of bringing back a version.
package struct TakenBack: Sendable {
  package enum Step: Hashable, Sendable {
    /// Fields show again what they showed before; each once, sorted.
    case fields([FieldID])
    /// A record that had been made, or brought back, was deleted.
    case deleted
    /// A record that had been deleted is there again.
    case broughtBack
  }

  /// Why something was left as it is.
  package enum Obstacle: Hashable, Sendable {
    /// Somebody has written it since, or without knowing of it; the name, when it is known.
    case changedSince(String?)
    /// Somebody else deleted the record too.
    case deletedSince(String?)
    /// Other records name it: so many; zero when only codings do that are withheld here.
    case inUse(Int)
    /// The record is not there any more.
    case isDeleted
    /// The record is there already: somebody worked on it while it was deleted.
    case isThere
    /// What stood there before was erased, or only a newer notebook can read it.
    case unreadable
    /// The record was erased for good.
    case erased
    /// A newer notebook did something to the record that this one does not know.
    case newerAction
    /// It would not fit any more: a place or theme would lie below itself.
    case fault(Fault)
  }

  package struct Record: Hashable, Sendable {
    package var id: RecordID
    /// Nil for a kind that a newer notebook knows.
    package var kind: Kind?
    package var name: String
  }

  package var done: [(record: Record, step: Step)] = []
  /// Fields that were in conflict before: they show what they showed then, and the conflict is not open
  /// again, since a write replaces all that its author has seen. What the others wrote is in the history.
  package var settled: [(record: Record, field: FieldID)] = []
  package var left: [(record: Record, field: FieldID?, obstacle: Obstacle)] = []

  package init() {}
}
