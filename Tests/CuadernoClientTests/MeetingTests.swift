import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

@testable import CuadernoClient

/// One notebook with another in a folder.
@Suite struct MeetingTests {
  private let pair: Pair

  init() throws {
    pair = try Pair()
    let notes = try pair.ana.write { writer in
      try (0..<100).map { try writer.create(.note, [.init(.Note.text, "nota \($0)")]) }
    }
    try pair.meet()
    try pair.ana.write { writer in
      for note in notes.prefix(30) { try writer.delete(note) }
    }
  }

  private func sync(acceptsDeletes: Bool) async throws {
    let met = CountingStore(
      notebook: pair.luis, arrivals: ArrivalCounter(), clock: ClockNote(),
      acceptsDeletes: acceptsDeletes, removed: RemovedLately(now: { 0 }), isMet: true)
    _ = try await SyncDriver(
      store: pair.ana, device: pair.ana.identity().device,
      hub: StoreHub(store: met, now: { 1_500_000_000_000 }), wait: { _ in }
    ).run()
  }

  @Test func `what would empty the notebook that is met is held back, and whoever sends is told`()
    async throws
  {
    let before = try pair.luis.summary()

    await #expect(
      throws: HubError.refused(
        Problem(
          .forbidden,
          "with what this notebook sends, this command would have deleted 30 of 101 records in the one it "
            + "meets; nothing of what was sent now was applied; ask whose it is, and if it is meant, run the "
            + "command once with --accept-deletes"
        ))
    ) { try await sync(acceptsDeletes: false) }

    #expect(try pair.luis.summary() == before)
    try await sync(acceptsDeletes: true)
    #expect(try pair.luis.summary() == pair.ana.summary())
  }
}
