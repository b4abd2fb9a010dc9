import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation

/// Several people with real notebooks, their servers, their USB stick and their mishaps: the whole
/// world of one seed, on a disk in memory.
package struct FieldWorld {
  let schedule: Schedule
  let study: StudyID
  let scratch: ScratchFolder
  /// What the time is.
  let clock = HandClock(milliseconds: Seat.now)
  var seats: [Seat] = []
  var servers: [TeamServer] = []
  /// Copies of notebooks on other laptops; both are used.
  private(set) var copies: [Int] = []
  package var trace = Trace()
  package var tally = Tally()

  /// Bundles that were written, who they were meant for and whether they are whole.
  var bundles: [URL] = []
  var bundleCount = 0

  /// Every text that a notebook has acknowledged.
  var acknowledged: [AcknowledgedText] = []
  /// Changes that were on one disk alone when it was set back.
  var lost = Set<Dot>()
  /// Interviews whose texts hold no word twice, so that a passage of one can be followed.
  var wordRecords: [RecordID] = []
  /// Those of them that somebody has also written other words to.
  var mixedRecords = Set<RecordID>()
  /// The passages that were coded in those.
  var passages: [RecordID: Passage] = [:]

  /// A text that a notebook has said to be written.
  struct AcknowledgedText: Sendable {
    let record: RecordID
    let field: Field
    let text: String
    /// The change it was written with.
    let dot: Dot
  }

  struct Passage: Sendable {
    let interview: RecordID
    let model: PassageModel
  }

  private static let names = ["Ana", "Luis", "Rosa", "Julio", "Inés", "Teo"]

  package init(_ schedule: Schedule, isInPostgreSQL: Bool = false) async throws {
    self.schedule = schedule
    var random = SplitMix64(seed: schedule.seed &+ 1)
    scratch = try ScratchFolder(isInMemory: true)
    let study = StudyID(rawValue: UInt128(random.next()) << 64 | UInt128(random.next()))
    self.study = study
    for index in 0..<schedule.people {
      seats.append(
        try Seat(
          Self.names[index], in: scratch, study: study, title: index == 0 ? "Huallaga" : nil,
          chance: random.next()))
    }
    for index in 0..<schedule.servers {
      servers.append(
        try await TeamServer(
          in: scratch.file("server-\(index)"), study: study, clock: clock, seed: random.next(),
          isInPostgreSQL: isInPostgreSQL))
    }
  }

  /// Whatever the schedule holds, and then everybody meets and all promises are checked.
  package mutating func run() async throws {
    for step in schedule.steps { try await take(step) }
    try await settle()
    try await check()
    for seat in seats { try? seat.notebook.close() }
    for server in servers { server.close() }
  }

  private mutating func take(_ step: Step) async throws {
    var random = SplitMix64(seed: step.chance)
    let index = step.isOnCopy && !copies.isEmpty ? copies[step.who % copies.count] : step.who
    clock.advance(by: 20_000)
    for seat in seats {
      seat.clock.advance(by: Int64.random(in: 0...40_000, using: &random))
      seat.reseed(random.next())
    }
    let outcome: String
    do {
      outcome = try await perform(step, index, &random)
    } catch let broken as Broken {
      throw Broken(
        broken.promise,
        "step \(step.number) (\(step.deed), \(seats[index].name)): \(broken.details)")
    } catch {
      throw Broken(
        "nothing fails that should not",
        "step \(step.number) (\(step.deed), \(seats[index].name)): \(type(of: error)): \(error)")
    }
    tally.steps += 1
    try await checkFrontiers(after: step)
    trace.add("\(step.number) \(step.deed) \(seats[index].name): \(outcome)")
  }

  private mutating func perform(
    _ step: Step, _ index: Int, _ random: inout SplitMix64
  ) async throws -> String {
    switch step.deed {
    case .edit: try edit(index, step)
    case .compose: try compose(index, step)
    case .retype: try retype(index, step, &random)
    case .code: try code(index, step, &random)
    case .note: try note(index, step, &random)
    case .move: try move(index, &random)
    case .mergeThemes: try mergeThemes(index, &random)
    case .delete: try delete(index, &random)
    case .bringBack: try bringBack(index, &random)
    case .undo: try undo(index, &random)
    case .decide: try decide(index, &random)
    case .erase: try erase(&random)
    case .sync: try await sync(index, &random)
    case .meet: try await meet(index, step.other, &random)
    case .handBundle: try handBundle(index, &random)
    case .readBundle: try await readBundle(index, &random)
    case .dieWriting: try await dieWriting(index, step, &random)
    case .dieReceiving: try await dieReceiving(index, step.other, &random)
    case .dieServing: try await dieServing(index, &random)
    case .reopen: try reopen(index)
    case .loseView: try loseView(index)
    case .copy: try copy(index, &random)
    case .keepCopy: try keepCopy(index)
    case .restoreCopy: try await restoreCopy(index)
    case .loseMemory: try loseMemory(index)
    case .liveTwice: try await liveTwice(index, step, &random)
    case .jumpClock: jumpClock(index, &random)
    case .backUpServer: try await backUpServer(&random)
    case .restoreServer: try await restoreServer(&random)
    case .emptyServer: try await emptyServer(&random)
    case .examine: try examine(index)
    }
  }

  /// A store never holds less than it did.
  private mutating func checkFrontiers(after step: Step) async throws {
    for index in seats.indices {
      let now = try seats[index].notebook.frontier()
      guard now.covers(seats[index].held) else {
        throw Broken("a notebook never holds less than before", "\(seats[index].name), \(step)")
      }
      seats[index].held = now
    }
    for index in servers.indices {
      let now = try await servers[index].store.frontier()
      guard now.covers(servers[index].held) else {
        throw Broken("a server never holds less than before", "after step \(step.number)")
      }
      servers[index].held = now
    }
  }

  mutating func addCopy(_ seat: Seat) {
    copies.append(seats.count)
    seats.append(seat)
  }

  var copyCount: Int { copies.count }

  /// Remembers which changes are nowhere any more after files were set back.
  mutating func noteLost(from before: VectorClock, to after: VectorClock) async throws {
    var others = [VectorClock]()
    for seat in seats { others.append(try seat.notebook.frontier()) }
    for server in servers { others.append(try await server.store.frontier()) }
    for end in before.entries where end.sequence > after[end.device] {
      for sequence in after[end.device] + 1...end.sequence {
        let dot = Dot(device: end.device, sequence: sequence)
        if !others.contains(where: { $0.covers(dot) }) { lost.insert(dot) }
      }
    }
  }
}
