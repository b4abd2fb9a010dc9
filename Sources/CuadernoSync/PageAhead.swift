/// A page that is ready to be pushed.
struct ReadyPage: Sendable {
  let page: ChangePage
  /// The same as it is sent.
  let sent: SentPage
}

/// The page that is pushed next, made ready while the hub takes the one before it.
struct PageAhead: Sendable {
  private let clock: VectorClock
  private let bytesMax: Int
  private let ready: ReadyPage

  /// Makes ready what is asked for next if the hub takes a page; nil when that is nothing, or cannot be
  /// read: whoever asks for it then reads it again, and is told.
  ///
  /// - Parameter next: the page beyond a clock, of a size.
  init?(
    after taken: ChangePage, beyond clock: VectorClock, _ bytesMax: Int,
    _ next: (_ clock: VectorClock, _ bytesMax: Int) async throws -> ReadyPage?
  ) async {
    var clock = clock
    for head in taken.heads { clock.include(head.dot) }
    self.clock = clock
    self.bytesMax = SyncSession.grown(bytesMax)
    guard let ready = try? await next(clock, self.bytesMax) else { return nil }
    self.ready = ready
  }

  /// The page when it is the one that is asked for.
  func page(beyond clock: VectorClock, _ bytesMax: Int) -> ReadyPage? {
    clock == self.clock && bytesMax == self.bytesMax ? ready : nil
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
