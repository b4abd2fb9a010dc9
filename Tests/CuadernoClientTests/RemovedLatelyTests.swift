import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Synchronization
import Testing

@testable import CuadernoClient

/// The brake on syncs that follow each other.
@Suite struct RemovedLatelyTests {
  private final class Clock: Sendable {
    let milliseconds = Atomic<Int64>(0)
  }

  @Test func `what was removed counts for a day`() {
    let clock = Clock()
    let removed = RemovedLately(now: { clock.milliseconds.load(ordering: .relaxed) })
    #expect(removed.count == 0)
    removed.add(3)
    removed.add(0)
    clock.milliseconds.store(1_000, ordering: .relaxed)
    removed.add(4)
    for (milliseconds, count) in [
      (86_399_999, 7), (86_400_000, 4), (86_400_999, 4), (86_401_000, 0),
    ] as [(Int64, Int)] {
      clock.milliseconds.store(milliseconds, ordering: .relaxed)
      #expect(removed.count == count, "after \(milliseconds) ms")
    }
  }

  @Test func `a clock that is set back forgets nothing`() {
    let clock = Clock()
    let removed = RemovedLately(now: { clock.milliseconds.load(ordering: .relaxed) })
    removed.add(5)
    clock.milliseconds.store(-100_000_000, ordering: .relaxed)
    #expect(removed.count == 5)
  }

  @Test func `syncs that each remove a little are stopped where one would be`() async throws {
    let pair = try Pair()
    let notes = try pair.ana.write { writer in
      try (0..<100).map { try writer.create(.note, [.init(.Note.text, "nota \($0)")]) }
    }
    try pair.meet()
    let hub = StoreHub(store: pair.ana, now: { 1_500_000_000_000 })
    func sync(_ removed: RemovedLately) async throws {
      _ = try await SyncRun(
        notebook: pair.luisLaptop.open(for: .writing), options: NotebookOptions.parse([]),
        counterpart: .notebook, checks: .withNotebook, acceptsDeletes: false, removed: removed
      ).sync(with: hub)
    }
    func delete(_ range: Range<Int>) throws {
      try pair.ana.write { writer in
        for note in notes[range] { try writer.delete(note) }
      }
    }
    let watch = RemovedLately(now: { 0 })
    try delete(0..<15)
    try await sync(watch)
    #expect(try pair.luis.count(.note) == 85)
    try delete(15..<30)

    await #expect(throws: NotebookError.wouldRemove(30, of: 101)) { try await sync(watch) }
    #expect(try pair.luis.count(.note) == 85)
    // Somebody who begins a sync by hand has seen what went before.
    try await sync(RemovedLately(now: { 0 }))
    #expect(try pair.luis.count(.note) == 70)
  }
}
