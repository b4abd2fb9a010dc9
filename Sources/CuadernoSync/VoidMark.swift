/// A hub's word that it did not take some changes, because their authors may not make them.
///
/// It is a change like every other, written by the hub under a device id of its own, and so it reaches
/// every notebook, bundle and hub by the ways that changes take. What it names is *void*: it stands in
/// every log without its payload, so that no number is missing and every chain verifies, and nothing is
/// made of it. What is void is decided by the set of changes alone, whichever of the two came first.
extension Envelope {
  /// The most changes that one mark names: a field for each.
  package static var voidedMax: Int { WireLimits.changeFields }

  /// A mark belongs to the study and to no record, and so to no kind.
  private static let markKind: UInt32 = 0
  private static let dotField: UInt32 = 1

  /// - Precondition: 1 … ``voidedMax`` dots, each once.
  package init(voiding dots: [Dot], as dot: Dot, stamp: Stamp, in study: StudyID) {
    precondition((1...Self.voidedMax).contains(dots.count), "a mark names some changes")
    self.init(
      dot: dot, stamp: stamp, record: RecordID(rawValue: study.rawValue), kind: Self.markKind,
      action: .void, context: VectorClock(),
      fields: dots.map { FieldID(Self.dotField, key: Self.key($0)) }.sorted())
  }

  /// The changes that this one says are void; none for a change that is no mark.
  package var voided: [Dot] {
    guard action == .void else { return [] }
    return fields.compactMap { Self.dot($0) }
  }

  func validateMark() throws(EnvelopeFault) {
    guard action == .void else { return }
    guard !fields.isEmpty, context.isEmpty, about == nil,
      fields.allSatisfy({ Self.dot($0) != nil })
    else { throw .markMalformed }
  }

  /// A device and a number: 24 bytes.
  private static func key(_ dot: Dot) -> [UInt8] {
    var key = dot.device.bytes
    appendFixed64(dot.sequence, to: &key)
    return key
  }

  private static func dot(_ field: FieldID) -> Dot? {
    guard field.number == dotField, field.key.count == DeviceID.byteCount + 8,
      let device = DeviceID(bytes: field.key.prefix(DeviceID.byteCount))
    else { return nil }
    let sequence = field.key.suffix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return (1...WireLimits.sequenceMax).contains(sequence)
      ? Dot(device: device, sequence: sequence) : nil
  }
}
