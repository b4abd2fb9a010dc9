import Synchronization

/// Pulled pages on their way to a store.
///
/// A group of pages is written while the next ones are received. On a slow line each page is written
/// as it comes; on a fast one some are written at once, which spares the store the pages of its
/// indexes that every commit writes anew. From a file as many are written at once as may be.
struct PageIntake<Store: ChangeStore> {
  /// The most pages that wait: they bound what a crash of this process has to ask for again, and
  /// with ``WireLimits/pageBytes`` what lies in memory.
  private static var pagesMax: Int { 2 }

  /// The most that wait of a file: it lies here, and can be asked for again at no cost. It keeps in
  /// memory itself what it gave.
  private static var filePagesMax: Int { 16 }

  private let store: Store
  private let isFromFile: Bool
  private var waiting: [ChangePage] = []
  /// Those that are being written.
  private var leaving: [ChangePage] = []
  private var written: Written?

  /// Told by the task that writes, so that whoever receives need not wait to know.
  private final class Written: Sendable {
    let isDone = Atomic(false)
  }

  init(store: Store, isFromFile: Bool = false) {
    self.store = store
    self.isFromFile = isFromFile
  }

  /// Takes a page, and waits only when enough are waiting already.
  mutating func add(
    _ page: ChangePage, _ tasks: inout ThrowingTaskGroup<Void, any Error>
  ) async throws {
    let changes = waiting.reduce(page.changes.count) { $0 + $1.changes.count }
    if isFromFile, changes > WireLimits.pageChanges {
      try await finishWriting(&tasks)
      write(&tasks)
    }
    waiting.append(page)
    guard !canWait else { return }
    try await finishWriting(&tasks)
    write(&tasks)
  }

  private var canWait: Bool {
    if isFromFile { return waiting.count < Self.filePagesMax }
    guard let written else { return false }
    return !written.isDone.load(ordering: .acquiring) && waiting.count < Self.pagesMax
  }

  /// What can be packed with of changes that the store may not hold yet.
  func bases(at dots: Set<Dot>) -> [Dot: EarlierPayload] {
    var bases = [Dot: EarlierPayload]()
    for page in leaving + waiting {
      for change in page.changes where dots.contains(change.dot) {
        bases[change.dot] = EarlierPayload(change)
      }
    }
    return bases
  }

  /// Returns when everything taken is in the store.
  mutating func finish(_ tasks: inout ThrowingTaskGroup<Void, any Error>) async throws {
    try await finishWriting(&tasks)
    write(&tasks)
    try await finishWriting(&tasks)
  }

  private mutating func finishWriting(
    _ tasks: inout ThrowingTaskGroup<Void, any Error>
  ) async throws {
    written = nil
    try await tasks.next()
    leaving = []
  }

  private mutating func write(_ tasks: inout ThrowingTaskGroup<Void, any Error>) {
    guard !waiting.isEmpty else { return }
    let pages = waiting
    waiting = []
    leaving = pages
    let written = Written()
    self.written = written
    let store = store
    tasks.addTask {
      defer { written.isDone.store(true, ordering: .releasing) }
      try await Self.apply(pages, to: store)
    }
  }

  private static func apply(_ pages: [ChangePage], to store: Store) async throws {
    if let whole = ChangePage(joining: pages) {
      do {
        try await store.apply(whole)
        return
      } catch is PageFault where pages.count > 1 {
        // One by one: the pages before a broken one have heads of their own and are good.
      }
    }
    for page in pages { try await store.apply(page) }
  }
}

extension ChangePage {
  /// Pages that follow each other, as one: with the last head that they name of each device. Nil when
  /// they hold more changes than a page may.
  init?(joining pages: [ChangePage]) {
    let changes = pages.count == 1 ? pages[0].changes : pages.flatMap(\.changes)
    guard changes.count <= WireLimits.pageChanges else { return nil }
    var heads = [DeviceID: ChainHead]()
    for head in pages.lazy.flatMap(\.heads) { heads[head.dot.device] = head }
    self.init(changes: changes, heads: heads.values.sorted { $0.dot < $1.dot })
  }
}
