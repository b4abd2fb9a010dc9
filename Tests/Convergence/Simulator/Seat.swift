import CuadernoFaultSupport
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Synchronization

/// Somebody's laptop with a notebook on it, or a copy of one.
struct Seat: Sendable {
  let name: String
  let folder: NotebookFolder
  let clock: HandClock
  let surroundings: Surroundings
  private let chance: Chance
  /// The process that has the notebook open; after a crash another one has.
  var notebook: Notebook
  /// What the notebook held after the last step: it never holds less, unless its files were set back.
  var held = VectorClock()
  /// The notebook's files as somebody kept them.
  var kept: SavedFiles?

  /// Makes a new notebook.
  init(
    _ name: String, in scratch: ScratchFolder, study: StudyID, title: String?, chance seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    self.name = name
    clock = HandClock(milliseconds: Self.now + Self.yearsOff(&random))
    chance = Chance(seed: random.next())
    folder = NotebookFolder(URL(fileURLWithPath: scratch.file("notebook-\(name)")))
    surroundings = Self.surroundings(
      machine: name, state: scratch.file("state-\(name)"), clock, chance)
    notebook = try Notebook.create(
      in: folder, study: study, title: title, member: name, deviceName: "laptop",
      surroundings: surroundings)
    held = try notebook.frontier()
  }

  /// Opens a notebook that is there already: a copy of another.
  init(
    _ name: String, copying original: Seat, isOnSameMachine: Bool, bringingMemory: Bool,
    in scratch: ScratchFolder, chance seed: UInt64
  ) throws {
    self.name = name
    var random = SplitMix64(seed: seed)
    clock = HandClock(milliseconds: original.clock.milliseconds + Self.yearsOff(&random))
    chance = Chance(seed: random.next())
    folder = NotebookFolder(URL(fileURLWithPath: scratch.file("notebook-\(name)")))
    var state = original.surroundings.stateFolder.path
    if !isOnSameMachine {
      state = scratch.file("state-\(name)")
      if bringingMemory { try Self.copy(original.surroundings.stateFolder.path, to: state) }
    }
    surroundings = Self.surroundings(
      machine: isOnSameMachine ? original.surroundings.machine : name, state: state, clock, chance)
    try Self.copy(original.folder.url.path, to: folder.url.path)
    for file in [folder.log, folder.view] {
      try? FileManager.default.removeItem(atPath: file + "-shm")
    }
    notebook = try Notebook.open(folder, for: .writing, surroundings: surroundings)
    held = try notebook.frontier()
  }

  private static func copy(_ path: String, to other: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    try FileManager.default.copyItem(atPath: path, toPath: other)
  }

  private static func surroundings(
    machine: String, state: String, _ clock: HandClock, _ chance: Chance
  ) -> Surroundings {
    Surroundings(
      now: { clock.milliseconds }, randomBytes: { chance.bytes($0) },
      machine: "machine of \(machine)", stateFolder: URL(fileURLWithPath: state))
  }

  static let now: Int64 = 1_700_000_000_000

  /// Most clocks are a little wrong, and some by years.
  static func yearsOff(_ random: inout SplitMix64) -> Int64 {
    Int.random(in: 0..<3, using: &random) == 0
      ? Int64.random(in: -10...10, using: &random) * 31_536_000_000
      : Int64.random(in: -90_000...90_000, using: &random)
  }

  /// What is random in a step comes from the step.
  func reseed(_ seed: UInt64) {
    chance.reseed(seed)
  }

  var device: DeviceID {
    get throws { try notebook.identity().device }
  }

  /// What lies outside the notebook's folder: the device's memory of itself.
  var memory: URL { surroundings.stateFolder }

  // MARK: - Processes that end

  mutating func reopen() throws {
    try notebook.close()
    notebook = try Notebook.open(folder, for: .writing, surroundings: surroundings)
  }

  /// Does something to the files while no process has them open.
  mutating func whileClosed<Value>(_ body: () throws -> Value) throws -> Value {
    try notebook.close()
    let value = try body()
    notebook = try Notebook.open(folder, for: .writing, surroundings: surroundings)
    return value
  }

  /// The process dies in the midst of what it does: from some write to one of its files on, nothing
  /// reaches the disk any more. Then another process opens the files.
  ///
  /// - Returns: what it had done, if it was done before it came to that write.
  mutating func dying<Value>(
    in file: String, _ plan: IOFaultPlan, _ body: (Notebook) throws -> Value
  ) async throws -> Value? {
    var done: Value?
    let files = [folder.log, folder.view]
    try whileClosed {
      for file in files { try WriteAheadLog.empty(of: file) }
    }
    let notebook = notebook
    _ = await plan.run(in: file) {
      done = try? body(notebook)
      try? notebook.close()
    }
    self.notebook = try Notebook.open(folder, for: .writing, surroundings: surroundings)
    return done
  }
}

/// Random bytes that can be begun anew from a seed.
final class Chance: Sendable {
  private let random: Mutex<SplitMix64>

  init(seed: UInt64) {
    random = Mutex(SplitMix64(seed: seed))
  }

  func reseed(_ seed: UInt64) {
    random.withLock { $0 = SplitMix64(seed: seed) }
  }

  func bytes(_ count: Int) -> [UInt8] {
    random.withLock { $0.bytes(count) }
  }
}
