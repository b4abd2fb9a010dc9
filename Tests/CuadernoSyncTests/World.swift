import CuadernoSync
import CuadernoTestSupport

/// Two to five devices, three records, and everything decided by a seed.
struct World {
  private(set) var replicas: [Replica]
  /// How many steps to take.
  let length: Int
  private var generator: SplitMix64
  /// How far each device's clock is off, in milliseconds; many are equal, so that stamps tie.
  private let skews: [Int64]
  private var now: Int64 = 10

  private static let fields = [
    FieldID(1), FieldID(2), FieldID(3, key: [1]), FieldID(3, key: [2]),
  ]

  init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let count = Int.random(in: 2...5, using: &generator)
    replicas = (1...count).map { Replica(device: $0) }
    skews = (0..<count).map { _ in [0, 0, 0, 3, -5, 1_000].randomElement(using: &generator) ?? 0 }
    length = Int.random(in: 5...40, using: &generator)
    self.generator = generator
  }

  /// One device writes or deletes, or takes changes from another.
  ///
  /// - Returns: the index of the device that something happened to.
  mutating func step() throws -> Int {
    // A clock may stand still.
    now += Int64.random(in: 0...2, using: &generator)
    let index = Int.random(in: replicas.indices, using: &generator)
    let record = RecordID(rawValue: UInt128(Int.random(in: 1...3, using: &generator)))
    let time = now + skews[index]
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<5:
      let wanted = Self.fields.filter { _ in Bool.random(using: &generator) }
      try replicas[index].write(
        record, wanted.isEmpty ? [Self.fields[0]] : wanted, milliseconds: time)
    case 5 where replicas[index].states[record] != nil:
      try replicas[index].delete(record, milliseconds: time)
    default:
      let other = Int.random(in: replicas.indices, using: &generator)
      let held = replicas[other].held
      // A cut: not everything that the other holds, but what it held at some time.
      let cut = Int.random(in: 0...held.count, using: &generator)
      replicas[index] = delivered(Array(held.prefix(cut)), to: replicas[index])
    }
    return index
  }

  mutating func exchangeEverything() {
    for from in replicas.indices {
      let held = replicas[from].held
      for to in replicas.indices { replicas[to] = delivered(held, to: replicas[to]) }
    }
  }

  /// A device after it got changes in a random causal order, some of them twice.
  mutating func delivered(_ envelopes: [Envelope], to replica: Replica) -> Replica {
    var replica = replica
    var waiting = envelopes.shuffled(using: &generator)
    while !waiting.isEmpty {
      guard let next = waiting.firstIndex(where: replica.admits) else { break }
      let envelope = waiting.remove(at: next)
      replica.receive(envelope)
      if Int.random(in: 0..<8, using: &generator) == 0 { replica.receive(envelope) }
    }
    return replica
  }
}
