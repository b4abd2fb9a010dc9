import CuadernoSync
import CuadernoTestSupport

/// The same world without disks: stores in memory that share the merge, the admission, the session,
/// the wire and the search for forks with the real ones, and nothing else. A hundred times as fast.
package struct StoreWorld {
  let schedule: Schedule
  let study = StudyID(rawValue: 0x51)
  var desks: [Desk] = []
  var servers: [StudyServer] = []
  var copies: [Int] = []
  package var trace = Trace()
  package var tally = Tally()
  /// Every payload that a store has acknowledged, by the change it came with.
  var acknowledged: [Dot: [UInt8]] = [:]
  /// Changes that were on one disk alone when it was set back.
  var lost = Set<Dot>()
  /// What was written onto sticks: a page, and what its reader must hold already.
  var sticks: [(page: ChangePage, start: VectorClock)] = []
  private var records: [RecordID] = []

  package init(_ schedule: Schedule) async throws {
    self.schedule = schedule
    var random = SplitMix64(seed: schedule.seed &+ 2)
    for index in 0..<schedule.people {
      desks.append(
        Desk(
          name: "desk \(index)", store: MemoryStore(study: study, seed: random.next()),
          device: DeviceID(using: &random), milliseconds: 1_000 + Desk.off(&random)))
    }
    for _ in 0..<schedule.servers {
      servers.append(StudyServer(store: MemoryStore(study: study, seed: random.next())))
    }
    records = (0..<6).map { _ in RecordID(using: &random) }
  }

  package mutating func run() async throws {
    for step in schedule.steps { try await take(step) }
    try await settle()
    try await check()
  }

  private mutating func take(_ step: Step) async throws {
    var random = SplitMix64(seed: step.chance)
    let index = step.isOnCopy && !copies.isEmpty ? copies[step.who % copies.count] : step.who
    // Some clocks stand still, so that stamps tie.
    for desk in desks.indices { desks[desk].milliseconds += Int64(random.next() % 3) }
    let outcome: String
    do {
      outcome = try await perform(step, index, &random)
    } catch let broken as Broken {
      throw Broken(broken.promise, "step \(step.number) (\(step.deed)): \(broken.details)")
    } catch {
      throw Broken(
        "nothing fails that should not",
        "step \(step.number) (\(step.deed)): \(type(of: error)): \(error)")
    }
    tally.steps += 1
    try await checkFrontiers(after: step)
    trace.add("\(step.number) \(step.deed) \(desks[index].name): \(outcome)")
  }

  private mutating func perform(
    _ step: Step, _ index: Int, _ random: inout SplitMix64
  ) async throws -> String {
    switch step.deed {
    case .edit, .compose, .retype, .code, .note, .move, .mergeThemes, .decide, .undo:
      return try await write(index, step, &random)
    case .delete: return try await remove(.delete, index, step, &random)
    case .erase: return try await remove(.erase, 0, step, &random)
    case .bringBack: return try await bringBack(index, step, &random)
    case .sync, .dieServing, .reopen, .examine: return try await sync(index, &random)
    case .meet, .dieReceiving: return try await meet(index, step.other, &random)
    case .handBundle: return try await handStick(index, &random)
    case .readBundle: return try await readStick(index, &random)
    case .copy: return try await copy(index, &random)
    case .keepCopy: return try await keep(index)
    case .restoreCopy: return try await restore(index)
    case .loseMemory, .loseView, .dieWriting:
      // Whoever does not know any more which device it was becomes a new one.
      if step.deed == .loseMemory { desks[index].isCopy = true }
      return try await write(index, step, &random)
    case .liveTwice: return try await liveTwice(index, step, &random)
    case .jumpClock:
      desks[index].milliseconds = max(0, 1_000 + Desk.off(&random))
      return "jumped"
    case .backUpServer: return await backUp(&random)
    case .restoreServer, .emptyServer:
      return try await setBack(isEmptied: step.deed == .emptyServer, &random)
    }
  }

  private mutating func checkFrontiers(after step: Step) async throws {
    for index in desks.indices {
      let now = await desks[index].store.frontier()
      guard now.covers(desks[index].held) else {
        throw Broken("a notebook never holds less than before", "\(desks[index].name), \(step)")
      }
      desks[index].held = now
    }
    for index in servers.indices {
      let now = await servers[index].store.frontier()
      guard now.covers(servers[index].held) else {
        throw Broken("a server never holds less than before", "after step \(step.number)")
      }
      servers[index].held = now
    }
  }

  // MARK: - Writing

  private static let fields = [
    FieldID(1), FieldID(2), FieldID(3, key: [1]), FieldID(3, key: [2]), FieldID(10),
  ]

  mutating func write(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    if records.count < 20, Int.random(in: 0..<8, using: &random) == 0 {
      records.append(RecordID(using: &random))
    }
    let record = records.randomElement(using: &random) ?? records[0]
    let fields = Self.fields.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
    let other = records.randomElement(using: &random) ?? record
    let says = Int.random(in: 0..<5, using: &random) == 0 && other != record
    let context = await desks[index].store.state(of: record)?.clock ?? VectorClock()
    let change = try await author(
      index, record, .write, context: context, fields.isEmpty ? [Self.fields[0]] : fields,
      about: says ? [other] : nil, step, &random)
    return "\(change.dot)"
  }

  private mutating func remove(
    _ action: Envelope.Action, _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    guard let record = await desks[index].store.records.randomElement(using: &random) else {
      return "nothing there"
    }
    if action == .erase, Int.random(in: 0..<3, using: &random) > 0 { return "thought better of it" }
    try newDeviceIfNeeded(index, &random)
    let frontier = await desks[index].store.frontier()
    let change = try await author(index, record, action, context: frontier, [], step, &random)
    tally.count(action == .erase ? "erasures" : "deletes")
    return "\(change.dot)"
  }

  private mutating func bringBack(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    guard let record = await desks[index].store.records.randomElement(using: &random),
      let state = await desks[index].store.state(of: record)
    else { return "nothing there" }
    let change = try await author(
      index, record, .write, context: state.clock, [], step, &random)
    return "\(change.dot)"
  }

  @discardableResult
  mutating func author(
    _ index: Int, _ record: RecordID, _ action: Envelope.Action, context: VectorClock,
    _ fields: [FieldID], about: [RecordID]? = nil, _ step: Step, _ random: inout SplitMix64,
    isAcknowledged: Bool = true
  ) async throws -> Change {
    try newDeviceIfNeeded(index, &random)
    let desk = desks[index]
    let payload = Array("\(step.number) \(random.next() % 1_000)".utf8)
    let change = try await desk.store.author(
      by: desk.device, record, kind: 3, action: action, context: context, fields: fields,
      about: about, payload: payload, milliseconds: desk.milliseconds)
    if isAcknowledged { acknowledged[change.dot] = payload }
    guard await desk.store.frontier().covers(change.dot) else {
      throw Broken("what was written is there at once", "\(change.dot)")
    }
    return change
  }

  /// A copy, or a notebook that was set back, takes a new device before it writes (section 6).
  private mutating func newDeviceIfNeeded(
    _ index: Int, _ random: inout SplitMix64
  ) throws {
    guard desks[index].isCopy else { return }
    desks[index].device = DeviceID(using: &random)
    desks[index].isCopy = false
  }
}

/// A notebook without a disk.
struct Desk: Sendable {
  let name: String
  var store: MemoryStore
  var device: DeviceID
  var milliseconds: Int64
  var held = VectorClock()
  /// Whether it is not, or may not be, the notebook that this device wrote last.
  var isCopy = false
  var kept: ChangePage?

  init(name: String, store: MemoryStore, device: DeviceID, milliseconds: Int64) {
    self.name = name
    self.store = store
    self.device = device
    self.milliseconds = milliseconds
  }

  static func off(_ random: inout SplitMix64) -> Int64 {
    [0, 0, 0, 2, 5, 1_000, 31_536_000_000].randomElement(using: &random) ?? 0
  }
}

struct StudyServer: Sendable {
  var store: MemoryStore
  var held = VectorClock()
  var backup: ChangePage?
}
