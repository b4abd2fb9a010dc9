import CuadernoSync
import CuadernoTestSupport
import Testing

/// Every world of three devices, two fields and up to four changes, with every knowledge their
/// authors can have had, in every causal order of delivery.
@Suite struct SmallSpaceTests {
  private enum Act: CaseIterable {
    case first, second, both, delete

    var fields: [FieldID] {
      switch self {
      case .first: [FieldID(1)]
      case .second: [FieldID(2)]
      case .both: [FieldID(1), FieldID(2)]
      case .delete: []
      }
    }
  }

  @Test(arguments: [Skew.none, .firstAhead, .lastAhead])
  func `three changes come to the same in every causal order`(skew: Skew) throws {
    let acts = Act.allCases.map { ($0.fields, $0 == .delete) }
    var space = Space(skew: skew, countMax: 3, acts: acts, isEveryDeviceTried: true)
    try space.explore()
    #expect(space.worlds == 6_972)
    #expect(space.faults == [])
  }

  @Test func `four changes come to the same in every causal order`() throws {
    // The two fields are alike, so one that is set alone may be the first; and the devices are alike
    // but for their order, so each is numbered when it first writes.
    let acts = [Act.first, .both, .delete].map { ($0.fields, $0 == .delete) }
    var space = Space(skew: .none, countMax: 4, acts: acts, isEveryDeviceTried: false)
    try space.explore()
    #expect(space.worlds == 13_152)
    #expect(space.faults == [])
  }

  /// Whose clock runs ahead.
  enum Skew { case none, firstAhead, lastAhead }

  private struct Space {
    let skew: Skew
    let countMax: Int
    let acts: [(fields: [FieldID], isDelete: Bool)]
    let isEveryDeviceTried: Bool
    var worlds = 0
    var faults = [String]()
    private var envelopes = [Envelope]()
    /// For each change the changes that its author had seen, as a set of bits.
    private var seen = [Int]()

    init(
      skew: Skew, countMax: Int, acts: [(fields: [FieldID], isDelete: Bool)],
      isEveryDeviceTried: Bool
    ) {
      self.isEveryDeviceTried = isEveryDeviceTried
      self.skew = skew
      self.countMax = countMax
      self.acts = acts
    }

    mutating func explore() throws {
      let index = envelopes.count
      guard index < countMax, faults.isEmpty else { return }
      let devicesUsed = Set(envelopes.map(\.dot.device)).count
      for device in 1...(isEveryDeviceTried ? 3 : min(devicesUsed + 1, 3)) {
        for knowledge in 0..<(1 << index) where isPossible(knowledge, device) {
          for act in acts {
            try add(device, knowledge, act.fields, isDelete: act.isDelete)
            worlds += 1
            checkEveryOrder()
            try explore()
            envelopes.removeLast()
            seen.removeLast()
          }
        }
      }
    }

    /// Whoever has seen a change has seen what its author had seen, and everybody knows their own.
    private func isPossible(_ knowledge: Int, _ device: Int) -> Bool {
      envelopes.indices.allSatisfy { index in
        let isKnown = knowledge & 1 << index != 0
        let isOwn = envelopes[index].dot.device.rawValue == UInt128(device)
        return isKnown ? seen[index] & ~knowledge == 0 : !isOwn
      }
    }

    private mutating func add(
      _ device: Int, _ knowledge: Int, _ fields: [FieldID], isDelete: Bool
    ) throws {
      let id = DeviceID(rawValue: UInt128(device))
      let known = envelopes.indices.filter { knowledge & 1 << $0 != 0 }.map { envelopes[$0] }
      let context = VectorClock(known.map(\.dot))
      let last = known.map(\.stamp).max() ?? .zero
      envelopes.append(
        Envelope(
          dot: Dot(device: id, sequence: context[id] + 1),
          stamp: try last.next(milliseconds: clock(of: device)), record: RecordID(rawValue: 1),
          kind: 3, action: isDelete ? .delete : .write, context: context, fields: fields))
      seen.append(knowledge)
    }

    private func clock(of device: Int) -> Int64 {
      switch skew {
      case .none: 0
      case .firstAhead: device == 1 ? 1_000 : 0
      case .lastAhead: device == 3 ? 1_000 : 0
      }
    }

    /// Goes through the sets of changes that a store can hold. If each comes out the same whichever
    /// of its changes came last, then by induction every causal order of it does.
    private mutating func checkEveryOrder() {
      var states: [Int: RecordState] = [0: RecordState(kind: 3)]
      for set in 1..<(1 << envelopes.count) {
        for last in envelopes.indices where set & 1 << last != 0 {
          let before = set & ~(1 << last)
          guard seen[last] & ~before == 0, var state = states[before] else { continue }
          state.apply(envelopes[last])
          if let other = states[set] {
            if other != state { report(set, "depends on the order") }
          } else {
            states[set] = state
          }
        }
        guard set == (1 << envelopes.count) - 1, let state = states[set] else { continue }
        if let fault = ObviousMerge(envelopes).fault(in: state) { report(set, fault) }
      }
    }

    private mutating func report(_ set: Int, _ fault: String) {
      let changes = zip(envelopes, seen).map { envelope, seen in
        "\(envelope.action == .delete ? "delete" : "write \(envelope.fields.map(\.number))") by "
          + "\(envelope.dot.device.rawValue) knowing \(String(seen, radix: 2))"
      }
      faults.append("\(fault) in \(String(set, radix: 2)) of \(changes)")
    }
  }
}
