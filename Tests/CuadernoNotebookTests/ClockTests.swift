import CuadernoFaultSupport
import CuadernoLog
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// A notebook whose machine's clock is wrong, and a server whose clock is right.
@Suite struct ClockTests {
  private static let now: Int64 = 1_795_000_000_000
  private static let year: Int64 = 31_557_600_000
  private static let day: Int64 = 86_400_000

  private let laptop: Laptop
  private let notebook: Notebook
  private let time = HandClock(milliseconds: ClockTests.now)
  private let server: MemoryStore
  private let hub: StoreHub<MemoryStore>

  init() throws {
    laptop = try Laptop("Ana", seed: 1)
    notebook = try laptop.create()
    server = MemoryStore(study: notebook.study)
    let time = time
    hub = StoreHub(store: server, isTimekeeper: true, now: { time.milliseconds })
  }

  /// Sets the laptop's clock to so much beside the true time.
  private func set(off milliseconds: Int64) {
    laptop.clock.milliseconds = time.milliseconds + milliseconds
  }

  private func pass(_ milliseconds: Int64) {
    time.advance(by: milliseconds)
    laptop.clock.advance(by: milliseconds)
  }

  private func note(_ text: String, in notebook: Notebook? = nil) throws {
    try (notebook ?? self.notebook).write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
  }

  @discardableResult
  private func sync(
    _ notebook: Notebook? = nil, with hub: (any Hub)? = nil
  ) async throws -> SyncSession.Outcome {
    let chosen: any Hub = hub ?? self.hub
    return try await Self.run(notebook ?? self.notebook, chosen)
  }

  private static func run(_ notebook: Notebook, _ hub: some Hub) async throws
    -> SyncSession.Outcome
  {
    try await SyncDriver(
      store: notebook, device: notebook.identity().device, hub: hub, wait: { _ in }
    ).run().outcome
  }

  /// The stamps on the server, in its order of arrival.
  private func stamps() async -> [Stamp] {
    await server.page(beyond: VectorClock(), bytesMax: 1 << 30).changes.map(\.envelope.stamp)
  }

  private func texts(_ notebook: Notebook) throws -> Set<String> {
    Set(try notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) })
  }

  // MARK: - A wrong clock

  @Test(arguments: [
    3 * year, -3 * year, 10 * year, -10 * year, -now, 2_145_916_800_000 - now,
    4_102_444_800_000 - now, 7_258_118_400_000 - now, 7_258_118_400_001 - now,
    Stamp.millisecondsMax - now, -now - 50 * year,
  ])
  func `what was written by a wrong clock gets the server's time before it leaves`(
    off: Int64
  ) async throws {
    // The notebook begins with this clock too.
    let laptop = try Laptop("Luis", seed: 2)
    laptop.clock.milliseconds = Self.now + off
    let notebook = try laptop.create(title: nil, joining: server.study)
    for number in 1...3 {
      try note("nota \(number)", in: notebook)
      time.advance(by: 60_000)
      laptop.clock.advance(by: 60_000)
    }

    #expect(try await sync(notebook) == .verified(changes: 4))

    let stamps = await stamps()
    #expect(stamps == stamps.sorted() && Set(stamps).count == 4)
    #expect(stamps.allSatisfy { $0.milliseconds >= Self.now - 1_000 })
    #expect(stamps.allSatisfy { $0.milliseconds <= time.milliseconds + 1_000 })
    #expect(try notebook.examine(rebuild: false).isHealthy)
    #expect(try notebook.identity().lastStamp == stamps.last)
    #expect(try texts(notebook) == ["nota 1", "nota 2", "nota 3"])

    // And what is written after it, by the same clock.
    time.advance(by: Self.day)
    laptop.clock.advance(by: Self.day)
    let device = try notebook.identity().device
    try note("nota 4", in: notebook)
    let last = try notebook.identity().lastStamp.milliseconds
    #expect((Self.now...time.milliseconds + 1_000).contains(last))
    #expect(try await sync(notebook) == .verified(changes: 5))
    #expect(try notebook.identity().device == device)
    withExtendedLifetime(laptop) {}
  }

  @Test func `a clock that is right within minutes is left alone, and so is what it stamped`()
    async throws
  {
    set(off: 4 * 60_000)
    try note("una")
    let before = try notebook.identity()

    try await sync()

    #expect(try notebook.identity().lastStamp == before.lastStamp)
    #expect(try notebook.identity().log == before.log)
    #expect(try notebook.learntClock()?.offset == 0)
  }

  @Test
  func `an embargo ends neither by a clock that is ahead nor early by one that was set right`()
    async throws
  {
    func embargoTime() throws -> Int64 {
      let machine = laptop.clock.milliseconds
      return try notebook.read { try $0.embargoTime(machine: machine) }
    }
    set(off: 9 * Self.year)
    #expect(try embargoTime() == laptop.clock.milliseconds)
    try note("uno")

    try await sync()

    #expect(try abs(embargoTime() - time.milliseconds) < Self.day)
    // Set right, and not synced since: the machine's own time is the earlier one then, or what it was.
    set(off: 0)
    #expect(try embargoTime() <= time.milliseconds)
  }

  @Test func `a clock set right, set wrong again and fallen back never stops the notebook`()
    async throws
  {
    set(off: 3 * Self.year)
    try note("adelantada")
    try await sync()
    pass(Self.day)
    try note("todavía adelantada")
    let corrected = try notebook.identity().lastStamp.milliseconds
    #expect(corrected == time.milliseconds)

    // NTP, before the next sync.
    set(off: 0)
    pass(Self.day)
    try note("puesta en hora")
    #expect(try notebook.identity().lastStamp.milliseconds == time.milliseconds)

    laptop.clock.milliseconds = 0
    try note("pila vacía")
    #expect(try notebook.identity().lastStamp.milliseconds == time.milliseconds)
    try await sync()
    pass(Self.day)
    try note("y corregida")
    #expect(try notebook.identity().lastStamp.milliseconds == time.milliseconds)
    try await sync()

    set(off: 10 * Self.year)
    try note("diez años")
    try await sync()
    #expect(await stamps().max()?.milliseconds ?? 0 <= time.milliseconds)
    #expect(try notebook.examine(rebuild: false).isHealthy)
    #expect(try texts(notebook).count == 6)
  }

  @Test func `what was written before the clock went wrong keeps its time`() async throws {
    set(off: 0)
    try note("en hora")
    let right = try notebook.identity().lastStamp
    pass(20 * Self.day)
    laptop.clock.milliseconds = 0
    try note("pila vacía")
    pass(Self.day)

    try await sync()

    let stamps = await stamps()
    #expect(stamps[stamps.count - 2] == right)
    #expect(stamps.last ?? .zero > right)
  }

  // MARK: - What has left

  @Test func `what a bundle has carried off keeps its stamp, and the server takes it all the same`()
    async throws
  {
    set(off: 3 * Self.year)
    try note("en la memoria USB")
    let left = try notebook.identity().lastStamp
    let url = URL(fileURLWithPath: laptop.scratch.file("para-luis.bundle"))
    _ = try notebook.writeBundle(to: url)
    pass(60_000)
    try note("después")
    let luisLaptop = try Laptop("Luis", seed: 2)
    let luis = try Notebook.create(
      in: luisLaptop.folder, fromBundleAt: url, member: "Luis", deviceName: "laptop",
      surroundings: luisLaptop.surroundings)
    _ = try await SyncDriver(
      store: luis, device: luis.identity().device,
      hub: StoreHub(store: try luis.bundle(at: url), now: { 0 }), isReceivingOnly: true,
      wait: { _ in }
    ).run()

    try await sync()
    try await sync(luis)
    try await sync()

    #expect(await stamps().contains(left))
    #expect(try luis.summary() == notebook.summary())
    #expect(try texts(luis) == ["en la memoria USB", "después"])
    for notebook in [notebook, luis] {
      #expect(try notebook.examine(rebuild: false).isHealthy)
    }
    withExtendedLifetime(luisLaptop) {}
  }

  @Test(arguments: ["bundle", "backup", "notebook", "server"])
  func `whatever may be elsewhere is not stamped anew`(way: String) async throws {
    set(off: 3 * Self.year)
    try note("una")
    let left = try notebook.identity().lastStamp
    let file = URL(fileURLWithPath: laptop.scratch.file("fuera"))
    switch way {
    case "bundle": _ = try notebook.writeBundle(to: file)
    case "backup": _ = try notebook.backup(to: file)
    case "notebook":
      let luis = try Laptop("Luis", seed: 2)
      let other = try luis.create(title: nil, joining: notebook.study)
      try await sync(other, with: StoreHub(store: notebook, now: { 0 }))
      withExtendedLifetime(luis) {}
    default: try await sync(with: StoreHub(store: server, now: { 0 }))
    }

    let reading = try #require(
      ClockReading(
        sent: laptop.clock.milliseconds, hub: time.milliseconds,
        received: laptop.clock.milliseconds))
    let mending = try notebook.mendClock(reading, from: VectorClock())

    #expect(mending == ClockMending(offset: -3 * Self.year, restamped: 0))
    #expect(try notebook.identity().lastStamp == left)
  }

  @Test func `a copied notebook stamps nothing anew that its original may have sent`() async throws
  {
    set(off: 3 * Self.year)
    try note("una")
    let copy = NotebookFolder(URL(fileURLWithPath: laptop.scratch.file("copia")))
    try FileManager.default.copyItem(at: notebook.folder.url, to: copy.url)
    let copied = try Notebook.open(copy, for: .writing, surroundings: laptop.surroundings)
    try await sync()

    let machine = laptop.clock.milliseconds
    let reading = try #require(
      ClockReading(sent: machine, hub: time.milliseconds, received: machine))
    #expect(try copied.mendClock(reading, from: VectorClock()).restamped == 0)
    // What the two have under one name differs, which is found and mended as every fork is.
    let refusal = await #expect(throws: HubError.self) { try await sync(copied) }
    guard case .refused(let problem) = refusal else { throw refusal ?? .unreadable(reason: "") }
    #expect(problem.code == .forkedChain)
    withExtendedLifetime(laptop) {}
  }

  @Test func `another notebook's clock and a bundle's are not learnt from`() async throws {
    set(off: 3 * Self.year)
    let luis = try Laptop("Luis", seed: 2)
    let other = try luis.create(title: nil, joining: notebook.study)

    try await sync(with: StoreHub(store: other, now: { Self.now }))

    #expect(try notebook.learntClock() == nil)
    withExtendedLifetime(luis) {}
  }

  @Test(arguments: [Int64(0), -1, Stamp.millisecondsMax, .max])
  func `a server whose own clock cannot be right is not learnt from and refuses nothing`(
    wrong: Int64
  ) async throws {
    set(off: 3 * Self.year)
    try note("una")
    let last = try notebook.identity().lastStamp
    let hub = StoreHub(store: server, isTimekeeper: true, now: { wrong })

    #expect(try await sync(with: hub) == .verified(changes: 3))

    #expect(try notebook.learntClock() == nil)
    #expect(await stamps().last == last)
  }

  // MARK: - Refusal

  @Test func `a refused push is mended and repeated in the same sync`() async throws {
    set(off: 3 * Self.year)
    try note("una")
    // The server's own clock is set right between the greeting and the push.
    let wrong = laptop.clock.milliseconds
    let asked = HandClock(milliseconds: 0)
    let time = time
    let hub = StoreHub(
      store: server, isTimekeeper: true,
      now: {
        asked.advance(by: 1)
        return asked.milliseconds == 1 ? wrong : time.milliseconds
      })

    #expect(try await sync(with: hub) == .verified(changes: 3))

    #expect(asked.milliseconds >= 3)
    #expect(await stamps().allSatisfy { $0.milliseconds <= time.milliseconds })
    #expect(try notebook.examine(rebuild: false).isHealthy)
  }

  // MARK: - Cuts

  @Test func `a view of the old stamps is not taken for one of the new`() async throws {
    set(off: 3 * Self.year)
    try note("una")
    try notebook.close()
    let views = ["", "-wal"].map { laptop.folder.view + $0 }
    let before = views.map { FileManager.default.contents(atPath: $0) }
    let opened = try laptop.open()
    try await sync(opened)
    try opened.close()

    // The process ended after the log's commit and before the view was made.
    for (path, data) in zip(views, before) {
      try? FileManager.default.removeItem(atPath: path)
      try data?.write(to: URL(fileURLWithPath: path))
    }

    let again = try laptop.open()
    #expect(try await again.summary() == server.summary())
    #expect(try again.examine(rebuild: false).wasRebuilt == false)
    withExtendedLifetime(laptop) {}
  }

  @Test func `a disk that fails at any call leaves the old stamps or the new`() async throws {
    set(off: 3 * Self.year)
    for number in 1...5 { try note("nota \(number)") }
    try notebook.close()
    let saved = try SavedFiles(of: laptop.folder.url)
    let memory = try SavedFiles(of: laptop.surroundings.stateFolder)
    let machine = laptop.clock.milliseconds
    let reading = try #require(ClockReading(sent: machine, hub: Self.now, received: machine))
    var outcomes = Set<Bool>()
    let failures = try await IOFaultPlans.forEach(atMost: 6) { plan in
      try saved.putBack()
      try memory.putBack()
      let outcome = await plan.run(in: laptop.scratch.path) {
        do {
          let notebook = try laptop.open()
          defer { try? notebook.close() }
          _ = try notebook.mendClock(reading, from: VectorClock())
        } catch {
          #expect(error is StoreError || error is NotebookError, "\(plan): \(error)")
        }
      }
      let notebook = try laptop.open()
      defer { try? notebook.close() }
      let (device, isNew) = (
        try notebook.identity().device, try notebook.identity().lastStamp.milliseconds <= Self.now
      )
      outcomes.insert(isNew)
      let page = try notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
      let ahead = page.changes.count { $0.envelope.stamp.milliseconds > Self.now }
      #expect(page.changes.count == 7, "\(plan)")
      #expect(ahead == (isNew ? 0 : page.changes.count - 2), "\(plan)")
      try note("después", in: notebook)
      #expect(try notebook.identity().device == device, "\(plan)")
      #expect(try notebook.examine(rebuild: false).isHealthy, "\(plan)")
      let found = try texts(notebook).sorted()
      #expect(found.count == 6, "\(plan): \(found)")
      return outcome
    }
    #expect(failures > 0)
    #expect(outcomes == [false, true])
  }
}
