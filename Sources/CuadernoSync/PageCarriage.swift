/// Sends and fetches the pages of one session, packed as long as both sides hold what they are packed with.
///
/// A payload may be gone from either side, erased or void, and the other not know it yet. When one is
/// missing the page goes as it is, and so do all after it.
struct PageCarriage<Store: ChangeStore, Remote: Hub> {
  private let store: Store
  private let hub: Remote
  private var packing: (any PagePacking)?

  init(store: Store, hub: Remote, packing: (any PagePacking)?) {
    self.store = store
    self.hub = hub
    self.packing = hub.unpacks ? packing : nil
  }

  /// - Parameter clock: what the hub is known to hold.
  func ready(_ page: ChangePage, beyond clock: VectorClock) async throws -> ReadyPage {
    let plain = ReadyPage(page: page, sent: .page(page))
    guard let packing else { return plain }
    let bases = try await store.bases(of: page, heldBy: clock)
    return bases.isEmpty
      ? plain : ReadyPage(page: page, sent: .packed(packing.pack(page, with: bases)))
  }

  mutating func push(_ ready: ReadyPage) async throws -> PushReply {
    if packing != nil, ready.sent.isPacked {
      do {
        return try await hub.push(ready.sent)
      } catch HubError.refused(let problem) where problem.code == .baseMissing {
        packing = nil
      }
    }
    return try await hub.push(.page(ready.page))
  }

  /// - Parameter intake: where pages are that came before and are not in the store yet.
  mutating func pull(
    _ request: PullRequest, after intake: PageIntake<Store>
  ) async throws -> (page: ChangePage, remaining: UInt64) {
    var request = request
    request.unpacks = packing != nil
    let reply = try await hub.pull(request)
    if let page = try await page(of: reply, after: intake) { return (page, reply.remaining) }
    packing = nil
    request.unpacks = false
    let plain = try await hub.pull(request)
    guard let page = try await page(of: plain, after: intake) else { throw Self.packedUnasked }
    return (page, plain.remaining)
  }

  /// Nil when it has to be asked for once more.
  private func page(
    of reply: PullReply, after intake: PageIntake<Store>
  ) async throws -> ChangePage? {
    switch reply.content {
    case .page(let page): return page
    case .packed(let packed):
      guard let packing else { throw Self.packedUnasked }
      guard let bases = try await bases(packed.bases, intake) else { return nil }
      do {
        return try packing.unpack(packed, with: bases)
      } catch  where error.code == .baseMissing {
        return nil
      } catch {
        throw HubError.unreadable(reason: error.message)
      }
    }
  }

  private func bases(
    _ dots: [Dot], _ intake: PageIntake<Store>
  ) async throws -> [EarlierPayload]? {
    // Before the store: what is no longer on its way there is in it.
    let arriving = intake.bases(at: Set(dots))
    let others = dots.filter { arriving[$0] == nil }
    guard let held = others.isEmpty ? [] : try await store.bases(at: others) else { return nil }
    return (arriving.values + held).sorted { $0.dot < $1.dot }
  }

  private static var packedUnasked: HubError {
    .unreadable(reason: "it sent a packed page, which nobody asked for")
  }
}
