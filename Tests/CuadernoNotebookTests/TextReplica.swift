import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoText

@testable import CuadernoNotebook

/// One text field of one record as a device holds it, without files: the changes, and the register
/// that the merge makes of them.
struct TextReplica {
  let device: DeviceID
  private(set) var changes: [Change] = []
  private(set) var state = RecordState(kind: Kind.note.rawValue)
  private var sequence: UInt64 = 0

  static let field = FieldID(Field.Note.text.number)

  init(_ device: UInt128) {
    self.device = DeviceID(rawValue: device)
  }

  var register: [Dot] { state.register(Self.field).map(\.dot) }

  func texts() throws -> FieldTexts {
    let byDot = Dictionary(uniqueKeysWithValues: changes.map { ($0.dot, $0) })
    return try FieldTexts(
      Self.field, forEachChange: { visit in for change in changes { try visit(change) } },
      change: { dot in
        guard let change = byDot[dot] else { throw Missing() }
        return change
      })
  }

  struct Missing: Error {}

  func shown() throws -> ShownText {
    var texts = try texts()
    return try texts.shown(register)
  }

  /// - Parameter seen: what the author had before them; everything when nil.
  mutating func write(_ text: String?, stamp: UInt64, seen: VectorClock? = nil) throws {
    sequence += 1
    let envelope = Envelope(
      dot: Dot(device: device, sequence: sequence), stamp: Stamp(rawValue: stamp),
      record: RecordID(rawValue: 1), kind: Kind.note.rawValue, context: seen ?? state.clock,
      fields: [Self.field])
    let payload = try PayloadCodec.encode([text.map(Value.text)])
    apply(Change(envelope: envelope, content: .payload(salt: [], bytes: payload)))
  }

  mutating func apply(_ change: Change) {
    changes.append(change)
    state.apply(change.envelope)
  }

  /// Takes what another device holds, in the order in which it came there.
  mutating func take(from other: TextReplica) {
    let held = Set(changes.map(\.dot))
    for change in other.changes where !held.contains(change.dot) { apply(change) }
  }

  /// Erases what a change said, as an erasure does.
  mutating func erase(_ dot: Dot) {
    for index in changes.indices where changes[index].dot == dot {
      changes[index].content = .erased(changes[index].payloadDigest)
    }
  }

  /// Puts bytes that only a newer notebook reads in the place of what a change said.
  mutating func veil(_ dot: Dot) {
    for index in changes.indices where changes[index].dot == dot {
      changes[index].content = .payload(salt: [], bytes: [255])
    }
  }
}
