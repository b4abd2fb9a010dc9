import CuadernoSync
import CuadernoTestSupport

/// One device with its envelopes and nothing else: what the merge needs of a notebook.
struct Replica {
  let device: DeviceID
  private(set) var held = [Envelope]()
  private(set) var frontier = VectorClock()
  private(set) var states = [RecordID: RecordState]()
  private var lastStamp = Stamp.zero

  init(device: Int) {
    self.device = DeviceID(rawValue: UInt128(device))
  }

  mutating func write(_ record: RecordID, _ fields: [FieldID], milliseconds: Int64) throws {
    try author(
      record, .write, context: states[record]?.clock ?? VectorClock(), fields,
      milliseconds: milliseconds)
  }

  mutating func delete(_ record: RecordID, milliseconds: Int64) throws {
    try author(record, .delete, context: frontier, [], milliseconds: milliseconds)
  }

  private mutating func author(
    _ record: RecordID, _ action: Envelope.Action, context: VectorClock, _ fields: [FieldID],
    milliseconds: Int64
  ) throws {
    let envelope = Envelope(
      dot: Dot(device: device, sequence: frontier[device] + 1),
      stamp: try lastStamp.next(milliseconds: milliseconds), record: record, kind: 3,
      action: action, context: context, fields: fields)
    try envelope.validate()
    receive(envelope)
  }

  /// Takes a change that it does not hold yet; passes over one that it holds.
  mutating func receive(_ envelope: Envelope) {
    guard !frontier.covers(envelope.dot) else { return }
    held.append(envelope)
    frontier.include(envelope.dot)
    lastStamp = max(lastStamp, envelope.stamp)
    states[envelope.record, default: RecordState(kind: envelope.kind)].apply(envelope)
  }

  /// Whether law 1 lets a change in.
  func admits(_ envelope: Envelope) -> Bool {
    envelope.dot.sequence <= frontier[envelope.dot.device] + 1
      && frontier.covers(envelope.context)
  }

  var registersDigest: Digest {
    var sum = Digest.zero
    for (record, state) in states { sum.add(state.digest(of: record)) }
    return sum
  }

  /// Where a record departs from the law; nil when none does.
  var fault: String? {
    for (record, state) in states {
      let model = ObviousMerge(held.lazy.filter { $0.record == record })
      if let fault = model.fault(in: state) { return "record \(record): \(fault)" }
      if let dot = model.lost(from: state) { return "record \(record): write \(dot) is lost" }
      if let dot = model.replacedButShown(in: state) {
        return "record \(record): write \(dot) was replaced and is shown"
      }
    }
    return nil
  }
}
