import CuadernoSync
import Testing

/// What no working notebook writes is refused, each with its own sentence.
@Suite struct EnvelopeRuleTests {
  private static let device = DeviceID(rawValue: 1)

  private func envelope(
    sequence: UInt64 = 1, action: Envelope.Action = .write, context: [Dot] = [],
    fields: [FieldID] = [FieldID(1)]
  ) -> Envelope {
    Envelope(
      dot: Dot(device: Self.device, sequence: sequence), stamp: .zero,
      record: RecordID(rawValue: 1), kind: 3, action: action, context: VectorClock(context),
      fields: fields)
  }

  private func refusal(_ envelope: Envelope) -> String? {
    do {
      try envelope.validate()
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `sequence numbers run from one to what a signed integer holds`() {
    let words = "sequence number is outside 1…9223372036854775807"

    #expect(refusal(envelope(sequence: 0)) == words)
    #expect(refusal(envelope(sequence: 1 << 63)) == words)
    #expect(refusal(envelope(sequence: 1 << 63 - 1)) == nil)
  }

  @Test func `a change sets at most 1,024 fields`() {
    let fields = (0..<1_025).map { FieldID(UInt32($0)) }

    #expect(refusal(envelope(fields: fields.dropLast())) == nil)
    #expect(refusal(envelope(fields: fields)) == "change sets 1025 fields; the limit is 1024")
  }

  @Test func `fields ascend, each once`() {
    let words = "fields are not in ascending order, or one is named twice"

    #expect(refusal(envelope(fields: [FieldID(2), FieldID(1)])) == words)
    #expect(refusal(envelope(fields: [FieldID(1), FieldID(1)])) == words)
    #expect(refusal(envelope(fields: [FieldID(1, key: [2]), FieldID(1, key: [1, 9])])) == words)
    #expect(refusal(envelope(fields: [FieldID(1), FieldID(1, key: [0]), FieldID(2)])) == nil)
  }

  @Test func `a key has at most 32 bytes`() {
    let key = [UInt8](repeating: 1, count: 33)

    #expect(refusal(envelope(fields: [FieldID(1, key: key.dropLast())])) == nil)
    #expect(
      refusal(envelope(fields: [FieldID(1, key: key)]))
        == "field key is 33 bytes; the limit is 32")
  }

  @Test func `a clock names at most a thousand devices`() {
    let dots = (0..<1_001).map { Dot(device: DeviceID(rawValue: UInt128($0 + 2)), sequence: 1) }

    #expect(refusal(envelope(context: dots.dropLast())) == nil)
    #expect(
      refusal(envelope(context: dots)) == "clock names 1001 devices; the limit is 1000")
  }

  @Test func `a context stays within the numbers there are`() {
    let far = Dot(device: DeviceID(rawValue: 2), sequence: 1 << 63)

    #expect(
      refusal(envelope(context: [far]))
        == "context has a sequence number outside 1…9223372036854775807")
  }

  @Test func `a context does not cover its own change`() {
    let own = Dot(device: Self.device, sequence: 5)

    #expect(refusal(envelope(sequence: 6, context: [own])) == nil)
    #expect(refusal(envelope(sequence: 5, context: [own])) == "context covers the change itself")
  }

  @Test func `a delete sets no field`() {
    #expect(refusal(envelope(action: .delete, fields: [])) == nil)
    #expect(
      refusal(envelope(action: .delete)) == "delete sets 1 fields; it may set none")
  }

  @Test func `an action of a newer notebook is let through and changes no field`() {
    let newer = envelope(action: Envelope.Action(rawValue: 7))
    var state = RecordState(kind: 3)

    state.apply(newer)

    #expect(refusal(newer) == nil)
    #expect(state.fields == [])
    #expect(state.isAlive)
    #expect(state.clock.covers(newer.dot))
  }

  @Test func `bytes that are no envelope are told by their place`() {
    #expect(EnvelopeFault.malformed(atByte: 17).description == "envelope is malformed at byte 17")
    #expect(throws: EnvelopeFault.malformed(atByte: 0)) { try Envelope(canonicalBytes: []) }
    #expect(throws: EnvelopeFault.malformed(atByte: 0)) { try Envelope(canonicalBytes: [2]) }
  }
}
