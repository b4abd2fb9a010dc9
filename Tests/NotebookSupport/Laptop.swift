package import CuadernoNotebook
package import CuadernoSync
package import CuadernoTestSupport
import Foundation
import Synchronization

/// A member's laptop with a notebook on it; time, chance and the machine's name are the test's.
package struct Laptop: Sendable {
  package let scratch: ScratchFolder
  package let clock: HandClock
  package let folder: NotebookFolder
  package let member: String
  package var surroundings: Surroundings

  /// - Parameter seed: two laptops of one test need two.
  package init(_ member: String = "Ana", seed: UInt64 = 1, in scratch: ScratchFolder? = nil) throws
  {
    let scratch = try scratch ?? ScratchFolder(isInMemory: true)
    let clock = HandClock(milliseconds: 1_500_000_000_000)
    let random = Mutex(SplitMix64(seed: seed))
    self.scratch = scratch
    self.clock = clock
    self.member = member
    folder = NotebookFolder(URL(fileURLWithPath: scratch.file("notebook")))
    surroundings = Surroundings(
      now: { clock.milliseconds },
      randomBytes: { count in random.withLock { $0.bytes(count) } },
      machine: "machine of \(member)",
      stateFolder: URL(fileURLWithPath: scratch.file("state")))
  }

  /// Makes the notebook; with a study when it joins somebody else's.
  package func create(
    title: String? = "La coca y el Estado", joining study: StudyID? = nil
  ) throws -> Notebook {
    try Notebook.create(
      in: folder, study: study, title: title, member: member, deviceName: "laptop",
      surroundings: surroundings)
  }

  package func open(for access: Notebook.Access = .writing) throws -> Notebook {
    try Notebook.open(folder, for: access, surroundings: surroundings)
  }
}

/// Two members of one study, each with a notebook.
package struct Pair: Sendable {
  package let ana: Notebook
  package let luis: Notebook
  package let anaLaptop: Laptop
  package let luisLaptop: Laptop

  package init() throws {
    anaLaptop = try Laptop("Ana", seed: 1)
    luisLaptop = try Laptop("Luis", seed: 2)
    ana = try anaLaptop.create()
    luis = try luisLaptop.create(title: nil, joining: ana.study)
    try meet()
  }

  /// Each gives the other what it lacks.
  package func meet() throws {
    try luis.take(from: ana)
    try ana.take(from: luis)
  }
}

extension Notebook {
  /// Takes every change that another notebook holds and this one does not.
  ///
  /// - Parameter indexedAtOnce: as in `receive`; with zero every page leaves its words.
  @discardableResult
  package func take(
    from other: Notebook, bytesMax: Int = 1 << 20,
    indexedAtOnce: Int = Notebook.changesIndexedAtOnce
  ) throws -> Arrivals {
    var arrivals = Arrivals()
    while true {
      let page = try other.page(beyond: try frontier(), bytesMax: bytesMax)
      guard !page.changes.isEmpty else { return arrivals }
      arrivals.add(try receive(page, indexedAtOnce: indexedAtOnce).arrivals)
    }
  }
}
