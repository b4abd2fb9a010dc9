import CuadernoFaultSupport
import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation

// What goes wrong with laptops, clocks and servers.
extension FieldWorld {
  // MARK: - Processes that die between two writes

  /// From one write on nothing reaches the disk, or the last of it only in part.
  private func death(_ random: inout SplitMix64) -> IOFaultPlan {
    IOFaultPlan(
      fault: Bool.random(using: &random) ? .full : .shortWrite,
      nth: Int.random(in: 1...24, using: &random), isForEver: true)
  }

  /// The log or the view: each is written after the other.
  private func file(of seat: Seat, _ random: inout SplitMix64) -> String {
    Int.random(in: 0..<3, using: &random) == 0 ? seat.folder.view : seat.folder.log
  }

  mutating func dieWriting(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    var editor = words(step)
    let text = editor.text()
    let file = file(of: seats[index], &random)
    let plan = death(&random)
    let about = wordRecords.randomElement(using: &random)
    let id = try await seats[index].dying(in: file, plan) { notebook in
      try notebook.write { writer in
        var edits = [FieldEdit(.Note.text, text)]
        if let about, try writer.reader.state(of: about) != nil {
          edits.append(.init(.Note.about, value: .reference(about.rawValue)))
        }
        return try writer.create(.note, edits)
      }
    }
    tally.count(id != nil ? "writes before a death" : "writes cut by a death")
    if let id { try acknowledge(id, .Note.text, text, index) }
    return id != nil ? "done" : "cut"
  }

  /// A notebook takes a page from a server or from another notebook and dies.
  mutating func dieReceiving(
    _ index: Int, _ other: Int, _ random: inout SplitMix64
  ) async throws -> String {
    let frontier = try seats[index].notebook.frontier()
    let bytesMax = Int.random(in: 200...60_000, using: &random)
    let page: ChangePage
    let parting: Parting?
    if Bool.random(using: &random), index != other {
      page = try seats[other].notebook.page(beyond: frontier, bytesMax: bytesMax)
      parting = try await self.parting(
        of: index, from: StoreHub(store: seats[other].notebook, now: { Seat.now }))
    } else {
      page = try await servers[0].store.page(beyond: frontier, bytesMax: bytesMax)
      parting = try await self.parting(of: index, from: servers[0].hub)
    }
    guard !page.changes.isEmpty else { return "nothing to take" }
    // A sync compares chains before it comes to pages.
    guard parting == nil else { return "parted" }
    let file = file(of: seats[index], &random)
    let isDone =
      try await seats[index].dying(in: file, death(&random)) { try $0.receive(page) } != nil
    tally.count(isDone ? "pages taken before a death" : "pages cut by a death")
    let now = try seats[index].notebook.frontier()
    let whole = frontier.joined(with: VectorClock(page.heads.map(\.dot)))
    if isDone, now != whole { throw Broken("a page that was taken is there whole") }
    if now != frontier, now != whole { throw Broken("a page is taken whole or not at all") }
    return "\(page.changes.count) changes, \(isDone ? "done" : "cut") at \(now.changeCount)"
  }

  mutating func dieServing(_ index: Int, _ random: inout SplitMix64) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    let frontier = try await servers[server].store.frontier()
    let page = try seats[index].notebook.page(
      beyond: frontier, bytesMax: Int.random(in: 200...60_000, using: &random))
    guard !page.changes.isEmpty else { return "nothing to give" }
    guard try await parting(of: index, from: servers[server].hub) == nil else { return "parted" }
    let isDone = try await servers[server].dying(death(&random), taking: page)
    tally.count(isDone ? "pages served before a death" : "pages cut on a server")
    let now = try await servers[server].store.frontier()
    let whole = frontier.joined(with: VectorClock(page.heads.map(\.dot)))
    if isDone, now != whole { throw Broken("a page that a server took is there whole") }
    if now != frontier, now != whole { throw Broken("a server takes a page whole or not at all") }
    return "\(page.changes.count) changes, \(isDone ? "done" : "cut") at \(now.changeCount)"
  }

  private func parting(of index: Int, from hub: some Hub) async throws -> Parting? {
    try await ForkSearch(store: seats[index].notebook, hub: hub).parting()
  }

  mutating func reopen(_ index: Int) throws -> String {
    try seats[index].reopen()
    return "opened"
  }

  mutating func loseView(_ index: Int) throws -> String {
    let view = seats[index].folder.view
    try seats[index].whileClosed {
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: view + suffix)
      }
    }
    return "made anew"
  }

  mutating func examine(_ index: Int) throws -> String {
    let examination = try seats[index].notebook.examine(rebuild: false)
    guard examination.isHealthy else {
      throw Broken("a notebook that nobody damaged is healthy", "\(examination)")
    }
    return "\(examination.changes) changes"
  }

  // MARK: - Copies

  /// The notebook's folder is copied, and from now on both are used.
  mutating func copy(_ index: Int, _ random: inout SplitMix64) throws -> String {
    guard copyCount < 2 else { return "copies enough" }
    let original = seats[index]
    let isOnSameMachine = Bool.random(using: &random)
    let seat = try Seat(
      "\(original.name)-\(copyCount + 2)", copying: original, isOnSameMachine: isOnSameMachine,
      bringingMemory: Bool.random(using: &random), in: scratch, chance: random.next())
    addCopy(seat)
    tally.count("copies")
    return "\(seat.name), \(isOnSameMachine ? "same" : "other") machine"
  }

  mutating func keepCopy(_ index: Int) throws -> String {
    let url = seats[index].folder.url
    seats[index].kept = try seats[index].whileClosed { try SavedFiles(of: url) }
    return "kept"
  }

  /// An old copy of the notebook's folder takes its place; what lies outside it stays as it is.
  mutating func restoreCopy(_ index: Int) async throws -> String {
    guard let kept = seats[index].kept else { return "none kept" }
    let before = try seats[index].notebook.frontier()
    try seats[index].whileClosed { try kept.putBack() }
    let after = try seats[index].notebook.frontier()
    seats[index].held = after
    try await noteLost(from: before, to: after)
    tally.count("notebooks set back")
    return "\(before.changeCount) to \(after.changeCount)"
  }

  mutating func loseMemory(_ index: Int) throws -> String {
    try? FileManager.default.removeItem(at: seats[index].memory)
    return "gone"
  }

  /// A machine is set back as a whole, as a virtual one is to a snapshot, so that nothing on it can
  /// tell; it writes a second past, and then meets a server that may have seen the first.
  mutating func liveTwice(
    _ index: Int, _ step: Step, _ random: inout SplitMix64
  ) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    let first = try await syncMending(index, server)
    let seat = seats[index]
    try FileManager.default.createDirectory(at: seat.memory, withIntermediateDirectories: true)
    let snapshot = try seats[index].whileClosed {
      try [seat.folder.url, seat.memory].map { try SavedFiles(of: $0) }
    }
    var editor = words(step)
    let before = acknowledged.count
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let text = editor.text()
      let id = try seats[index].notebook.write { try $0.create(.note, [.init(.Note.text, text)]) }
      try acknowledge(id, .Note.text, text, index)
    }
    let isSent = Int.random(in: 0..<3, using: &random) > 0
    if isSent { _ = try await syncMending(index, server) }
    // What was on that disk alone has never been.
    if !isSent { acknowledged.removeLast(acknowledged.count - before) }
    try seats[index].whileClosed { for files in snapshot { try files.putBack() } }
    seats[index].held = try seats[index].notebook.frontier()
    var written = [(record: RecordID, text: String)]()
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let text = editor.text()
      let id = try seats[index].notebook.write { try $0.create(.note, [.init(.Note.text, text)]) }
      written.append((id, text))
    }
    let second = try await syncMending(index, server)
    // They may have other names now.
    for (id, text) in written {
      guard let entry = try seats[index].notebook.read({ try $0.history(of: id) }).last else {
        throw Broken("no acknowledged text is lost", "a second past, note \(id.short)")
      }
      acknowledge(AcknowledgedText(record: id, field: .Note.text, text: text, dot: entry.dot))
    }
    tally.count("machines set back")
    return "\(first); \(isSent ? "sent" : "unsent"), \(written.count) written again; \(second)"
  }

  mutating func jumpClock(_ index: Int, _ random: inout SplitMix64) -> String {
    seats[index].clock.milliseconds = clock.milliseconds + Seat.yearsOff(&random)
    return "jumped"
  }

  // MARK: - Servers

  mutating func backUpServer(_ random: inout SplitMix64) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    try await servers[server].backUp()
    return "server \(server)"
  }

  mutating func restoreServer(_ random: inout SplitMix64) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    guard servers[server].hasBackup else { return "no backup" }
    try await setBack(server) { try await $0.restore() }
    tally.count("servers set back")
    return "server \(server)"
  }

  mutating func emptyServer(_ random: inout SplitMix64) async throws -> String {
    let server = Int.random(in: servers.indices, using: &random)
    try await setBack(server) { try await $0.empty() }
    tally.count("servers emptied")
    return "server \(server)"
  }

  mutating func setBack(
    _ server: Int, _ body: (inout TeamServer) async throws -> Void
  ) async throws {
    let before = try await servers[server].store.frontier()
    try await body(&servers[server])
    let after = try await servers[server].store.frontier()
    servers[server].held = after
    try await noteLost(from: before, to: after)
  }
}
