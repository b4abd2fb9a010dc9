import CuadernoLedger
import CuadernoModel
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CuadernoServer

/// Every route, asked in every role, in every state that somebody may be in, for every study that they
/// may name: all of it is written out here, and what is not written out fails.
@Suite struct RouteTableTests {
  /// What one shows.
  enum Standing: CaseIterable {
    case enrolled, revoked, neverKnown, invited, nothing
  }

  enum Ownership: CaseIterable {
    case own, anothers, nowhere
  }

  enum Answer {
    /// The same for everybody.
    case always(Int)
    /// By the standing, and for a device that is enrolled by the study it names.
    case forDevices
  }

  private static let table: [String: (methods: Set<String>, answer: Answer)] = [
    "health": (["GET", "HEAD"], .always(200)),
    // What counts there is the invite in the message, which is none here.
    "join": (["POST"], .always(403)),
    "hello": (["POST"], .forDevices),
    "push": (["POST"], .forDevices),
    "pull": (["POST"], .forDevices),
    "verify": (["POST"], .forDevices),
  ]

  private static let methods: [HTTPRequest.Method] = [
    .get, .head, .post, .put, .delete, .patch, .options, .trace,
  ]

  @Test func `every route stands in the table`() {
    #expect(Set(Route.allCases.map(\.name)) == Set(Self.table.keys))
    for route in Route.allCases {
      let study = String(repeating: "0", count: 32)
      #expect(Route.at(target: route.path(study: study))?.route == route)
    }
  }

  private static func expected(
    _ route: Route, _ method: HTTPRequest.Method, _ standing: Standing, _ ownership: Ownership
  ) throws -> Int {
    let line = try #require(table[route.name])
    guard line.methods.contains(method.rawValue) else { return 405 }
    switch line.answer {
    case .always(let status): return status
    case .forDevices: break
    }
    switch standing {
    case .revoked, .neverKnown, .nothing: return 401
    case .invited: return 403
    case .enrolled: return ownership == .own ? 200 : 404
    }
  }

  @Test(arguments: Role.allCases)
  func `every request is answered as the table says`(role: Role) async throws {
    let fixture = try ServerFixture()
    let asked = try await Asked(role, fixture)
    try await fixture.withServer { client async throws in
      for route in Route.allCases {
        for standing in Standing.allCases {
          for ownership in Ownership.allCases {
            for method in Self.methods {
              let answer = try await client.send(
                method, route.path(study: asked.study(ownership)), asked.body(route),
                headers: asked.headers(standing))
              let words = "\(role) \(method) \(route.name) \(standing) \(ownership)"
              let status = try Self.expected(route, method, standing, ownership)
              #expect(answer.status == status, "\(words)")
              #expect(answer.status == 200 || answer.problem != nil || method == .head, "\(words)")
            }
          }
        }
      }
    }
    // Of all that, one push was to be taken, and by the role of whoever wrote it.
    let mayWrite = role == .owner || role == .researcher
    let own = try await fixture.ledger.contents(of: fixture.ledger.study(matching: "Propio"))
    #expect(own.records.map(\.alive) == (mayWrite ? [1] : []))
    #expect(own.changes == (mayWrite ? 1 : 2), "a void change has its number, and its mark another")
    let others = try await fixture.ledger.contents(of: fixture.ledger.study(matching: "Ajeno"))
    #expect(others.changes == 0)
    #expect(try await fixture.ledger.checkAudit().isSound)
  }

  @Test func `an invite in the place of a token is told that it gives no rights yet`() async throws
  {
    let fixture = try ServerFixture()
    let asked = try await Asked(.owner, fixture)
    try await fixture.withServer { client async throws in
      let answer = try await client.send(
        .post, Route.study(.verify).path(study: asked.study(.own)), headers: asked.headers(.invited)
      )
      #expect(
        answer.problem
          == Problem(
            .forbidden,
            "an invite gives no rights until it is used; join with it first: `cuaderno join INVITE`"
          ))
    }
  }

  @Test func `what happens in one study changes no answer to another`() async throws {
    let fixture = try ServerFixture()
    let asked = try await Asked(.researcher, fixture)
    let other = try await fixture.enrolled(0xE, in: "Ajeno", for: "Luis")
    let page = await (try sampleNotebook()).everything.encode(.protobuf)
    try await fixture.withServer { client async throws in
      func answers() async throws -> [RawAnswer] {
        var answers = [RawAnswer]()
        for route in Route.allCases where route != .join && route != .study(.push) {
          for standing in Standing.allCases {
            for ownership in Ownership.allCases {
              answers.append(
                try await client.send(
                  route.methods[0], route.path(study: asked.study(ownership)), asked.body(route),
                  headers: asked.headers(standing)))
            }
          }
        }
        return answers
      }
      let before = try await answers()
      #expect(try await client.ask("push", as: other, page).status == 200)
      let after = try await answers()
      #expect(before.map(\.status) == after.map(\.status))
      #expect(before.map(\.bytes) == after.map(\.bytes))
    }
  }
}

/// What one device asks with, in all the ways there are.
private struct Asked {
  private let tokens: [RouteTableTests.Standing: String]
  private let own: String
  private let anothers: String
  private let page: [UInt8]
  private let hello: [UInt8]

  init(_ role: Role, _ fixture: ServerFixture) async throws {
    let ledger = fixture.ledger
    let study = try await ledger.createStudy(title: "Propio")
    let other = try await ledger.createStudy(title: "Ajeno")
    func invite(_ study: Study) async throws -> String {
      try await ledger.createInvite(
        to: study, for: "Ana", role: role.rawValue, usualRole: role.rawValue
      ).secret.text
    }
    func join(_ study: Study, _ device: UInt64) async throws -> JoinReply {
      try await ledger.join(
        JoinRequest(
          secret: try await invite(study), device: DeviceID(device), deviceName: "", study: nil))
    }
    let mine = try await join(study, 0xA)
    let lost = try await join(study, 0xB)
    let theirs = try await join(other, 0xC)
    for device in try await ledger.devices(of: study) where device.id == DeviceID(0xB) {
      try await ledger.revoke(device)
    }
    own = mine.study.description
    anothers = theirs.study.description
    tokens = [
      .enrolled: mine.token, .revoked: lost.token,
      .neverKnown: String(mine.token.reversed()), .invited: try await invite(study),
    ]
    let notebook = MemoryStore(study: mine.study)
    try await notebook.write(
      by: DeviceID(0xA), RecordID(rawValue: 1), fields: [1], kind: Kind.interview.rawValue)
    page = await notebook.everything.encode(.protobuf)
    hello = Hello(
      device: DeviceID(0xA), head: nil, frontierDigest: VectorClock().digest
    ).encode(.protobuf)
  }

  func study(_ ownership: RouteTableTests.Ownership) -> String {
    switch ownership {
    case .own: own
    case .anothers: anothers
    case .nowhere: "ffffffffffffffffffffffffffffffff"
    }
  }

  func headers(_ standing: RouteTableTests.Standing) -> HTTPFields {
    var headers: HTTPFields = [.contentType: "application/protobuf"]
    if let token = tokens[standing] { headers[.authorization] = "Bearer \(token)" }
    return headers
  }

  func body(_ route: Route) -> [UInt8]? {
    switch route {
    case .health, .study(.verify): nil
    case .join:
      JoinRequest(
        secret: String(repeating: "0", count: 52), device: DeviceID(1), deviceName: "", study: nil
      ).encode(.protobuf)
    case .study(.hello): hello
    case .study(.push): page
    case .study(.pull): PullRequest(frontier: VectorClock(), bytesMax: 1 << 20).encode(.protobuf)
    }
  }
}

extension Route {
  fileprivate func path(study: String) -> String {
    switch self {
    case .health: "/health"
    case .join: "/v1/join"
    case .study(let step): "/v1/studies/\(study)/\(step.rawValue)"
    }
  }
}
