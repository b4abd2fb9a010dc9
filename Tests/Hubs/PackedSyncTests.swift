import CuadernoLedger
import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoPostgreSQLTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

@testable import CuadernoClient

/// Texts that go and come as what they differ in, through every hub that packs.
@Suite struct PackedSyncTests {
  /// Each with its ledger in a file and in PostgreSQL, where there is one.
  enum Way: CaseIterable, Sendable {
    case ledger, sharedLedger, http, sharedHTTP

    static var allCases: [Way] {
      TestPostgreSQL.isInstalled ? [.ledger, .sharedLedger, .http, .sharedHTTP] : [.ledger, .http]
    }

    func with(
      _ body: @Sendable (_ team: Team, _ hub: any Hub) async throws -> Void
    ) async throws {
      let server = try await TestServer(
        isBound: false, isInPostgreSQL: self == .sharedLedger || self == .sharedHTTP)
      let team = try Team()
      let token = try await team.join(server)
      guard self == .http || self == .sharedHTTP else {
        return try await body(
          team,
          StoreHub(
            store: try await server.store(), isTimekeeper: true, packing: ZstdPacking(),
            now: HubKind.now))
      }
      try await server.run { port in
        try await withHTTPClient { client in
          try await body(
            team,
            HTTPHub(
              client: client, url: "http://127.0.0.1:\(port)", study: team.pair.ana.study,
              token: token))
        }
      }
    }
  }

  /// Two people who have one interview, which is on the server too.
  struct Team: Sendable {
    let pair: Pair
    let interview: RecordID

    init() throws {
      pair = try Pair()
      interview = try pair.ana.write {
        try $0.create(.interview, [.init(.Interview.text, PackedSyncTests.text)])
      }
    }

    /// - Returns: what Ana signs in with; one of them does for both, since the hub knows both devices.
    func join(_ server: TestServer) async throws -> String {
      var tokens = [String]()
      let study = try await server.ledger.study(matching: TestServer.title)
      for notebook in [pair.ana, pair.luis] {
        // An erase needs the owner's role.
        let (_, secret) = try await server.ledger.createInvite(
          to: study, for: try notebook.identity().member, role: "owner", usualRole: "owner")
        let request = JoinRequest(
          secret: secret.text, device: try notebook.identity().device, deviceName: "laptop",
          study: notebook.study)
        tokens.append(try await server.ledger.join(request).token)
      }
      return tokens[0]
    }

    func edit(_ notebook: Notebook, _ words: String) throws {
      try notebook.write { writer in
        let text = try writer.reader.codedText(of: interview)?.text ?? ""
        _ = try writer.update(interview, [.init(.Interview.text, text + "\n" + words)])
      }
    }

    func text(_ notebook: Notebook) throws -> String? {
      try notebook.read { try $0.codedText(of: interview)?.text }
    }
  }

  static let text = (1...80).map {
    "Pregunta \($0): ¿qué pasó en el valle? Respuesta: \($0 * $0 % 97) veces."
  }
  .joined(separator: "\n")

  @discardableResult
  private func sync(
    _ notebook: Notebook, _ hub: any Hub, packing: Bool = true
  ) async throws -> CountingHub<AnyHub> {
    let line = CountingHub(AnyHub(hub))
    _ = try await SyncDriver(
      store: notebook, device: notebook.identity().device, hub: line,
      packing: packing ? ZstdPacking() : nil, wait: { _ in throw Missing() }
    ).run()
    return line
  }

  @Test(arguments: Way.allCases)
  func `a sentence more goes and comes as a difference`(way: Way) async throws {
    try await way.with { team, hub in
      let (ana, luis) = (team.pair.ana, team.pair.luis)
      #expect(try await sync(ana, hub).packed == [:])
      try await sync(luis, hub)

      try team.edit(ana, "Eso fue en mayo.")
      #expect(try await sync(ana, hub).packed == [.push: 1])
      #expect(try await sync(luis, hub).packed == [.pull: 1])
      #expect(try team.text(luis) == Self.text + "\nEso fue en mayo.")

      try team.edit(luis, "No, en junio.")
      #expect(try await sync(luis, hub).packed == [.push: 1])
      #expect(try await sync(ana, hub).packed == [.pull: 1])
      #expect(try ana.summary() == luis.summary())
      #expect(try team.text(ana) == team.text(luis))
    }
  }

  @Test(arguments: Way.allCases)
  func `codings go and come as what they add to the text that they are on`(way: Way) async throws {
    try await way.with { team, hub in
      let (ana, luis) = (team.pair.ana, team.pair.luis)
      var random = SplitMix64(seed: 3)
      let lines = (1...12).map { number in
        "\(number): " + random.bytes(60).map { String($0, radix: 36) }.joined(separator: " ")
      }
      try team.edit(ana, lines.joined(separator: "\n"))
      try await sync(ana, hub)
      try await sync(luis, hub)
      let before = try ana.frontier()
      let theme = try ana.write { try $0.create(.theme, [.init(.Theme.name, "Valle")]) }
      for line in lines { try ana.code(team.interview, line, as: theme) }

      let page = try ana.page(beyond: before, bytesMax: .max / 2)
      let packed = ZstdPacking().pack(page, with: try ana.bases(of: page, heldBy: before))
      let plain = WireBody(page, .protobuf)
      #expect(packed.bases.count == 1)
      #expect(packed.frame.count * 2 < plain.bytes.count)

      #expect(try await sync(ana, hub).packed == [.push: 1])
      #expect(try await sync(luis, hub).packed == [.pull: 1])
      #expect(try ana.summary() == luis.summary())
      #expect(try luis.read { try $0.codings(on: team.interview).count } == 12)
    }
  }

  @Test(arguments: Way.allCases)
  func `a notebook that packs nothing syncs with one that does`(way: Way) async throws {
    try await way.with { team, hub in
      let (ana, luis) = (team.pair.ana, team.pair.luis)
      try await sync(ana, hub)
      try await sync(luis, hub)
      try team.edit(ana, "Eso fue en mayo.")
      #expect(try await sync(ana, hub, packing: false).packed == [:])
      #expect(try await sync(luis, hub, packing: false).packed == [:])
      #expect(try team.text(luis) == team.text(ana))
    }
  }

  @Test(arguments: Way.allCases)
  func `what was packed with a payload that is erased there is sent again as it is`(
    way: Way
  ) async throws {
    try await way.with { team, hub in
      let (ana, luis) = (team.pair.ana, team.pair.luis)
      try await sync(ana, hub)
      try await sync(luis, hub)
      try ana.write { try $0.erase(team.interview) }
      try await sync(ana, hub)

      try team.edit(luis, "Luis no sabe que se borró.")
      let line = try await sync(luis, hub)
      #expect(line.packed[.push] == 1)
      #expect(line.requests[.push] == 2)
      try await sync(ana, hub)

      #expect(try ana.summary() == luis.summary())
      #expect(try team.text(luis) == nil)
    }
  }

  @Test(arguments: Way.allCases)
  func `a page that a notebook cannot unpack is asked for as it is`(way: Way) async throws {
    try await way.with { team, hub in
      let (ana, luis) = (team.pair.ana, team.pair.luis)
      try await sync(ana, hub)
      try await sync(luis, hub)
      try team.edit(ana, "Eso fue en mayo.")
      try await sync(ana, hub)
      try Self.flipBit(underTextsOf: team.pair.luisLaptop)

      let line = try await sync(luis, hub)
      #expect(line.requests[.pull] == 2)
      #expect(line.packed == [.pull: 1])
      #expect(try luis.frontier() == ana.frontier())
    }
  }

  @Test
  func
    `many versions of a text over many pages come as differences, whatever is still being stored`()
    async throws
  {
    let server = try await TestServer(isBound: false)
    let team = try Team()
    _ = try await team.join(server)
    let store = try await server.store()
    let hub = StoreHub(store: store, packing: ZstdPacking(), now: HubKind.now)
    let long = String(repeating: Self.text, count: 12)
    for number in 0..<12 {
      try team.pair.ana.write {
        _ = try $0.update(team.interview, [.init(.Interview.text, "\(number)\n" + long)])
      }
    }
    try await sync(team.pair.ana, hub)

    let line = CountingHub(AnyHub(hub))
    let (outcome, progress) = try await SyncDriver(
      store: team.pair.luis, device: team.pair.luis.identity().device, hub: SmallPages(line),
      packing: ZstdPacking(), wait: { _ in throw Missing() }
    ).run()

    #expect(outcome != .nothingToDo && progress.pulled > 12)
    // None was asked for twice, though each was packed with one that had come just before.
    #expect(line.packed[.pull, default: 0] > 8)
    #expect(line.requests[.pull, default: 0] <= Int(progress.pulled))
    #expect(try team.text(team.pair.luis) == team.text(team.pair.ana))
  }

  /// Another text than the log's hash says, as a disk makes it.
  private static func flipBit(underTextsOf laptop: Laptop) throws {
    let queue = try DatabaseQueue(path: laptop.folder.log)
    try queue.write { db in
      try db.execute(
        sql: """
          UPDATE change SET payload = CAST(substr(payload, 1, 200) || x'00' || substr(payload, 202) AS BLOB)
          WHERE length(payload) > 1000
          """)
    }
    try queue.close()
  }
}

/// A hub of any kind, where a generic type wants one.
struct AnyHub: Hub {
  private let base: any Hub

  init(_ base: any Hub) {
    self.base = base
  }

  var isTimekeeper: Bool { base.isTimekeeper }
  var unpacks: Bool { base.unpacks }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply { try await base.hello(hello) }
  func push(_ page: SentPage) async throws(HubError) -> PushReply { try await base.push(page) }
  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    try await base.pull(request)
  }
  func verify() async throws(HubError) -> StoreSummary { try await base.verify() }
}

/// Gives pages of one change or so, however long they may be.
private struct SmallPages<Base: Hub>: Hub {
  let base: Base

  init(_ base: Base) {
    self.base = base
  }

  var unpacks: Bool { base.unpacks }

  func hello(_ hello: Hello) async throws(HubError) -> HelloReply { try await base.hello(hello) }
  func push(_ page: SentPage) async throws(HubError) -> PushReply { try await base.push(page) }
  func pull(_ request: PullRequest) async throws(HubError) -> PullReply {
    var request = request
    request.bytesMax = 1
    return try await base.pull(request)
  }
  func verify() async throws(HubError) -> StoreSummary { try await base.verify() }
}
