/// The page that is pushed next, read while the hub takes the one before it.
struct PageAhead: Sendable {
  private let clock: VectorClock
  private let bytesMax: Int
  private let page: ChangePage

  /// Reads what is asked for next if the hub takes a page; nil when that is nothing, or cannot be read:
  /// whoever asks for it then reads it again, and is told.
  init?(
    of store: some ChangeStore, after taken: ChangePage, beyond clock: VectorClock, _ bytesMax: Int,
    isOffered: Bool
  ) async {
    var clock = clock
    for head in taken.heads { clock.include(head.dot) }
    self.clock = clock
    self.bytesMax = SyncSession.grown(bytesMax)
    guard
      let page = try? await store.next(beyond: clock, self.bytesMax, isOffered: isOffered)
    else { return nil }
    self.page = page
  }

  /// The page when it is the one that is asked for.
  func page(beyond clock: VectorClock, _ bytesMax: Int) -> ChangePage? {
    clock == self.clock && bytesMax == self.bytesMax ? page : nil
  }
}

extension ChangeStore {
  /// The next page for a hub; nil when there is nothing left for it.
  ///
  /// - Parameter isOffered: whether the hub may refuse its stamps.
  func next(
    beyond clock: VectorClock, _ bytesMax: Int, isOffered: Bool
  ) async throws -> ChangePage? {
    let page =
      isOffered
      ? try await offer(beyond: clock, bytesMax: bytesMax)
      : try await self.page(beyond: clock, bytesMax: bytesMax)
    return page.changes.isEmpty ? nil : page
  }
}
