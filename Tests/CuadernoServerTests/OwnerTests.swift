import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import CuadernoServer

/// The owner's listener: who sees what there, and that nobody else sees anything.
@Suite struct OwnerTests {
  private let fixture: ServerFixture
  private let gate: RequestGate
  private let link: OwnerLink

  init() throws {
    fixture = try ServerFixture()
    let clock = fixture.clock
    gate = RequestGate(ServerLimits(), now: { clock.milliseconds })
    link = OwnerLink(folder: fixture.folder.path)
  }

  private func withServer(
    _ body: @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws {
    let (clock, source) = (fixture.clock, RandomSource(seed: 5))
    let server = buildOwnerServer(
      port: 0, ledger: fixture.ledger, gate: gate, folder: fixture.folder.path,
      logger: fixture.lines.logger, now: { clock.milliseconds }, random: { source.next($0) },
      onServerRunning: { _ in })
    try await server.test(.live, body)
  }

  private func secret(_ seed: UInt8 = 7) throws -> String {
    try link.make([UInt8](repeating: seed, count: 32), at: fixture.clock.milliseconds)
  }

  /// Opens a link, and answers what the browser shows from then on.
  private func entered(_ client: any TestClientProtocol, _ secret: String) async throws -> String {
    let answer = try await client.send(.get, "/enter?\(secret)")
    #expect(answer.status == 303)
    #expect(answer.headers[.location] == "/status")
    let cookie = try #require(answer.headers[.setCookie])
    #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800"))
    return String(cookie.prefix { $0 != ";" })
  }

  enum Standing: CaseIterable {
    case entered, expired, left, forged, nothing
  }

  private static let table: [String: (methods: Set<String>, entered: Int, others: Int)] = [
    "metrics": (["GET", "HEAD"], 200, 200),
    "style.css": (["GET", "HEAD"], 200, 200),
    // What counts there is the link, which is none here.
    "enter": (["GET", "HEAD"], 403, 403),
    "status": (["GET", "HEAD"], 200, 403),
    "leave": (["POST"], 200, 403),
  ]

  @Test func `every route stands in the table, and is answered as it says`() async throws {
    #expect(Set(OwnerRoute.allCases.map(\.rawValue)) == Set(Self.table.keys))
    try await withServer { client async throws in
      for standing in Standing.allCases {
        for route in OwnerRoute.allCases {
          for method in [
            HTTPRequest.Method.get, .head, .post, .put, .delete, .patch, .options, .trace,
          ] {
            var cookie = try await entered(client, try secret())
            switch standing {
            case .entered: break
            case .expired: fixture.clock.advance(hours: 8)
            case .left:
              #expect(
                try await client.send(.post, "/leave", headers: [.cookie: cookie]).status == 200)
            case .forged: cookie = "cuaderno-owner=" + String(repeating: "0", count: 64)
            case .nothing: cookie = "x=y"
            }
            let answer = try await client.send(
              method, "/" + route.rawValue, headers: [.cookie: "a=b; \(cookie)"])
            let line = try #require(Self.table[route.rawValue])
            let expected =
              !line.methods.contains(method.rawValue)
              ? 405 : standing == .entered ? line.entered : line.others
            #expect(answer.status == expected, "\(standing) \(method) \(route)")
            #expect(
              answer.headers[.contentSecurityPolicy] == """
                default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; \
                frame-ancestors 'none'
                """)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.xContentTypeOptions] == "nosniff")
          }
        }
      }
      for path in ["/", "/status/", "/Status", "//status", "/health", "/v1/join", "/style.css/x"] {
        #expect(try await client.send(.get, path).status == 404, "\(path)")
      }
    }
  }

  @Test func `a link opens once, within five minutes, and the next takes its place`() async throws {
    try await withServer { client async throws in
      let first = try secret(1)
      let second = try secret(2)
      #expect(try await client.send(.get, "/enter?\(first)").status == 403)
      #expect(try await client.send(.get, "/enter?").status == 403)
      #expect(try await client.send(.head, "/enter?\(second)").status == 403)
      _ = try await entered(client, second)
      #expect(try await client.send(.get, "/enter?\(second)").status == 403)
      let third = try secret(3)
      fixture.clock.advance(milliseconds: OwnerLink.milliseconds)
      #expect(try await client.send(.get, "/enter?\(third)").status == 403)
      fixture.clock.advance(milliseconds: -OwnerLink.milliseconds)
      #expect(try await client.send(.get, "/enter?\(third)").status == 403, "it is used up")
    }
  }

  @Test func `the link lies hashed in the data folder, for its owner alone`() throws {
    let secret = try secret()
    let file = String(decoding: try fixture.folder.bytes(of: "owner-link"), as: UTF8.self)
    #expect(!file.contains(secret))
    #expect(try fixture.folder.permissions(of: "owner-link") == 0o600)
  }

  @Test func `another name that leads here gets nothing, nor does another page's button`()
    async throws
  {
    let evil: [String] = ["hub.example.org", "127.0.0.1.example.org", "192.168.1.20:8788", "evil"]
    for name in evil {
      let line = try TestLine()
      try line.send("GET /status HTTP/1.1\r\nHost: \(name)\r\n\r\n")
      #expect(try line.passed().count == 2)
    }
    try await withServer { client async throws in
      let cookie = try await entered(client, try secret())
      let foreign = try await client.send(
        .post, "/leave", headers: [.cookie: cookie, .origin: "https://evil.example"])
      #expect(foreign.status == 403)
      #expect(try await client.send(.get, "/status", headers: [.cookie: cookie]).status == 200)
    }
    let responder = OwnerResponder(
      ledger: fixture.ledger, link: link, random: { _ in [] }, figures: gate.figures,
      gauges: { MetricsText.Gauges() }, now: { 0 })
    for name in evil + ["", "[::2]", "localhost.example"] {
      #expect(!responder.isAnswered(to: name), "\(name)")
    }
    for name in ["127.0.0.1:8788", "localhost:8788", "localhost", "[::1]:8788"] {
      #expect(responder.isAnswered(to: name), "\(name)")
    }
  }

  @Test func `the page has sizes, laptops and who is behind, escaped, and no script`() async throws
  {
    let ledger = fixture.ledger
    let title = #"Alto <script>alert("1")</script> & 'Huallaga'"#
    let device = try await fixture.enrolled(in: title, for: "Ana <b>")
    try await fixture.withServer { client async throws in
      let notebook = try await sampleNotebook()
      let page = await notebook.everything.encode(.protobuf)
      #expect(try await client.ask("push", as: device, page).status == 200)
      #expect(try await client.ask("push", as: device, [1]).status == 400)
    }
    for enrolled in try await ledger.devices(of: ledger.study(matching: title)) {
      try await ledger.noteSeen(enrolled)
    }
    try await withServer { client async throws in
      let cookie = try await entered(client, try secret())
      let answer = try await client.send(.get, "/status", headers: [.cookie: cookie])
      #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
      let html = String(decoding: answer.bytes, as: UTF8.self)
      #expect(
        html.contains(
          "<h2>Alto &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;Huallaga&#39;</h2>"
        ))
      for words in [
        "<bdi>Ana &lt;b&gt;</bdi>", "<bdi>laptop of Ana &lt;b&gt;</bdi>", "<bdi>researcher</bdi>",
        "<bdi>bad-message 1 times, last 2023-11-14T22:13:20Z</bdi>",
        "<td><bdi>Last sync</bdi></td><td><bdi>2023-11-14T22:13:20Z</bdi></td>",
        "<td><bdi>Changes</bdi></td><td><bdi>6, ",
        "<td><bdi>Studies</bdi></td><td><bdi>1</bdi></td>",
      ] {
        #expect(html.contains(words), "\(words) in \(html)")
      }
      let tags = html.lowercased()
      for words in [
        "<script", "onclick", "javascript:", "http://", "https://", "<img", "<b>", "style=",
      ] {
        #expect(!tags.contains(words), "\(words)")
      }
      for words in ["Nos avisaron", device.token, device.study] { #expect(!html.contains(words)) }
    }
  }

  @Test func `figures hold routes, statuses and reasons, and no id, name or address`() async throws
  {
    var limits = ServerLimits.withoutRates
    limits.requestsAtOnce = 1
    let device = try await fixture.enrolled(for: "Rosa")
    let (clock, gate, ledger) = (fixture.clock, gate, fixture.ledger)
    let server = buildServer(
      ServerConfiguration(host: "127.0.0.1", port: 0), ledger: ledger, gate: gate,
      logger: fixture.lines.logger, now: { clock.milliseconds }, onServerRunning: { _ in })
    try await server.test(.live) { client in
      let page = await (try sampleNotebook()).everything.encode(.protobuf)
      #expect(try await client.ask("push", as: device, page).status == 200)
      #expect(try await client.ask("verify", as: device).status == 200)
      _ = try await client.send(.get, "/Rosa")
      _ = try await client.ask("hello", as: Enrolled(token: "forged", study: device.study), [])
    }
    try await withServer { client async throws in
      let answer = try await client.send(.get, "/metrics")
      #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
      let text = String(decoding: answer.bytes, as: UTF8.self)
      for line in [
        #"cuaderno_requests_total{route="push",status="200"} 1"#,
        #"cuaderno_requests_total{route="unknown",status="404"} 1"#,
        #"cuaderno_requests_total{route="hello",status="401"} 1"#,
        #"cuaderno_refusals_total{code="unauthenticated"} 1"#,
        #"cuaderno_request_duration_seconds_bucket{route="verify",le="0.001"} 1"#,
        #"cuaderno_request_duration_seconds_bucket{route="verify",le="+Inf"} 1"#,
        #"cuaderno_request_duration_seconds_count{route="verify"} 1"#,
        "cuaderno_changes_taken_total 6", "# TYPE cuaderno_ledger_duration_seconds histogram",
        "cuaderno_connections 0", "cuaderno_body_memory_bytes 0",
        "process_start_time_seconds 1700000000.000",
      ] {
        #expect(text.contains(line + "\n"), "\(line) in \(text)")
      }
      for word in ["Rosa", "Alto", "127.0.0.1", "forged", device.token, device.study] {
        #expect(!text.contains(word))
      }
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(line.split(separator: " ").count == 2, "\(line)")
        #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
      }
    }
  }
}
