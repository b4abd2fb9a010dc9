package import CuadernoSync

/// Pages of changes as a newer notebook on another device writes them, each knowing the ones before
/// it.
package struct NewerPage: Sendable {
  private let device: DeviceID
  private let record: RecordID

  package init(device: UInt128, record: RecordID) {
    self.device = DeviceID(rawValue: device)
    self.record = record
  }

  package func page(
    _ changes: [(kind: UInt32, action: Envelope.Action, fields: [FieldID], payload: [UInt8])]
  ) -> ChangePage {
    var link = Digest.zero
    var written = [Change]()
    for (index, change) in changes.enumerated() {
      let dot = Dot(device: device, sequence: UInt64(index) + 1)
      let before = index > 0 ? [Dot(device: device, sequence: UInt64(index))] : []
      let envelope = Envelope(
        dot: dot, stamp: Stamp(rawValue: 1_500_000_000_000 << 16 + UInt64(index)), record: record,
        kind: change.kind, action: change.action, context: VectorClock(before),
        fields: change.fields)
      let whole = Change(
        envelope: envelope,
        content: .payload(salt: [UInt8](repeating: 1, count: 16), bytes: change.payload))
      link = AdmittedChange(own: whole, after: link).link
      written.append(whole)
    }
    let head = written.last.map { ChainHead(dot: $0.dot, link: link) }
    return ChangePage(changes: written, heads: head.map { [$0] } ?? [])
  }
}
