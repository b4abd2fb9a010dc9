import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSchema
import CuadernoSync
import Foundation
import Synchronization
import Testing

@testable import CuadernoClient

/// How a command's sync sends and takes pages.
@Suite struct SyncRunTests {
  /// Another notebook as a server would be, which notes how pages travel.
  private final class Server: Hub {
    let unpacks = true
    private let base: StoreHub<Notebook>
    private let packed = Mutex((pushes: 0, pulls: 0))

    init(_ notebook: Notebook) {
      base = StoreHub(store: notebook, packing: ZstdPacking(), now: { 1_500_000_000_000 })
    }

    var packedPushes: Int { packed.withLock { $0.pushes } }
    var packedPulls: Int { packed.withLock { $0.pulls } }

    func hello(_ hello: Hello) async throws(HubError) -> HelloReply { try await base.hello(hello) }

    func push(_ page: SentPage) async throws(HubError) -> PushReply {
      if page.isPacked { packed.withLock { $0.pushes += 1 } }
      return try await base.push(page)
    }

    func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
      let reply = try await base.pull(request)
      if reply.content.isPacked { packed.withLock { $0.pulls += 1 } }
      return reply
    }

    func verify() async throws(HubError) -> StoreSummary { try await base.verify() }
  }

  private let text = (1...60).map { "Pregunta \($0): \($0 * $0 % 97) veces en el valle." }
    .joined(separator: "\n")

  @Test func `a text that was edited goes and comes as what it differs in`() async throws {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, text)])
    }
    try pair.meet()
    for (notebook, words) in [(pair.ana, "Y en mayo."), (pair.luis, "Y en junio.")] {
      try notebook.write { writer in
        let shown = try #require(try writer.reader.codedText(of: interview)?.text)
        _ = try writer.update(interview, [.init(.Interview.text, shown + "\n" + words)])
      }
    }
    let server = Server(pair.luis)

    _ = try await SyncRun(
      notebook: pair.ana, options: NotebookOptions.parse([]), counterpart: .notebook,
      checks: .withNotebook, acceptsDeletes: false, removed: RemovedLately(now: { 0 })
    ).sync(with: server)

    #expect(server.packedPushes == 1)
    #expect(server.packedPulls == 1)
    #expect(try pair.ana.summary() == pair.luis.summary())
  }

  @Test func `a sync that brings an erase says when its words are not cleaned away yet`()
    async throws
  {
    let pair = try Pair()
    let interview = try pair.ana.write {
      try $0.create(.interview, [.init(.Interview.text, text)])
    }
    try pair.meet()
    try pair.ana.write { try $0.erase(interview) }
    let server = Server(pair.ana)
    let run = SyncRun(
      notebook: pair.luis, options: try NotebookOptions.parse([]), counterpart: .notebook,
      checks: .withNotebook, acceptsDeletes: false, removed: RemovedLately(now: { 0 }))
    let reading = try pair.luisLaptop.open(for: .reading)
    let begun = AsyncStream.makeStream(of: Void.self)
    let mayEnd = DispatchSemaphore(value: 0)
    // Somebody reads meanwhile, on a thread of their own.
    Thread.detachNewThread {
      defer { begun.continuation.finish() }
      try? reading.read { _ in
        begun.continuation.finish()
        mayEnd.wait()
      }
    }
    defer { mayEnd.signal() }
    for await _ in begun.stream {}
    let report = try await run.sync(with: server)

    let words =
      "  Its words may still stand in this notebook's own files: the next command cleans them"
    #expect(report.lines.contains { $0.hasPrefix(words) })
    #expect(report.json.description.contains(#""isCleaned":false"#))
  }
}
