import CuadernoSchema
import CuadernoSync

/// One notebook, as far as a hub can tell: its own chain of changes, and the clock of what it holds.
///
/// It keeps what it wrote until the hub has it and of what others wrote only the clock: a laptop would
/// apply it, and that is not what is measured.
struct LoadDevice {
  let id: DeviceID
  private(set) var head: ChainHead?
  private(set) var frontier = VectorClock()
  private(set) var waiting = [Change]()
  private let payload: [UInt8]
  private var numbers: SystemRandomNumberGenerator
  private var lastStamp = Stamp.zero

  init(payloadBytes: Int) {
    numbers = SystemRandomNumberGenerator()
    id = DeviceID(rawValue: UInt128.random(in: 1 ... .max, using: &numbers))
    payload = (0..<payloadBytes).map { _ in UInt8.random(in: 32...126) }
  }

  /// Writes new notes of two fields.
  mutating func write(_ count: Int, milliseconds: Int64) throws {
    for _ in 0..<count {
      lastStamp = try lastStamp.next(milliseconds: milliseconds)
      let envelope = Envelope(
        dot: Dot(device: id, sequence: (head?.dot.sequence ?? 0) + 1), stamp: lastStamp,
        record: RecordID(rawValue: UInt128.random(in: 1 ... .max, using: &numbers)), kind: 3,
        context: VectorClock(), fields: [FieldID(1), FieldID(2)])
      let salt = (0..<WireLimits.saltBytes).map { _ in UInt8.random(in: 0...255, using: &numbers) }
      let change = Change(envelope: envelope, content: .payload(salt: salt, bytes: payload))
      let admitted = AdmittedChange(own: change, after: head?.link ?? .zero)
      head = ChainHead(dot: envelope.dot, link: admitted.link)
      frontier.include(envelope.dot)
      waiting.append(change)
    }
  }

  /// Everything that the hub was not known to hold.
  var page: ChangePage {
    ChangePage(changes: waiting, heads: head.map { waiting.isEmpty ? [] : [$0] } ?? [])
  }

  mutating func pushed() {
    waiting = []
  }

  mutating func received(_ heads: [ChainHead]) {
    for head in heads { frontier.include(head.dot) }
  }
}
