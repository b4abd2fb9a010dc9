import AsyncHTTPClient
import CuadernoLedger
import CuadernoSync
import CuadernoTestSupport
import NIOCore
import Testing

@testable import CuadernoClient

/// A real server behind a line that breaks at a byte: what was to be exchanged is exchanged once.
@Suite(.serialized) struct CutTests {
  /// One exchange of some kB: what Ana wrote is pushed, and what Luis wrote is pulled.
  private struct Exchange {
    let server: TestServer
    let title: String
    let token: String
    let study: StudyID
    let notebook: MemoryStore

    /// - Parameter number: of the exchange; each has a study of its own on one server.
    /// - Parameter payloadBytes: how long each of Ana's texts is.
    init(on server: TestServer, number: UInt64, payloadBytes: Int = 150) async throws {
      self.server = server
      title = "study \(number)"
      _ = try await server.ledger.createStudy(title: title)
      study = StudyID(rawValue: UInt128(0x1000 + number))
      token = try await server.token(device: 0xC0, of: title, joining: 0x1000 + number)
      notebook = MemoryStore(study: study, seed: 3)
      let luis = MemoryStore(study: study, seed: 4)
      var random = SplitMix64(seed: 5)
      for record in 1...6 {
        try await notebook.write(
          by: DeviceID(rawValue: 0xC0), RecordID(rawValue: UInt128(record)), fields: [1, 2],
          payload: random.bytes(payloadBytes))
        try await luis.write(
          by: DeviceID(rawValue: 0xD0), RecordID(rawValue: UInt128(record)), fields: [2, 3],
          payload: random.bytes(150))
      }
      let page = await luis.page(beyond: VectorClock(), bytesMax: 1 << 20)
      try await server.store(of: title).apply(page)
    }

    /// Syncs over a line, and checks that both sides hold everything once.
    func run(
      to port: Int, _ fault: TCPLine.Fault, _ words: String, patience: Duration = .seconds(30)
    ) async throws -> (passed: [TCPLine.Direction: Int], requests: Int) {
      let line = try TCPLine(to: port, fault: fault)
      defer { line.close() }
      let client = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: .forHub(pinning: nil, patience: patience))
      let hub = CountingHub(
        HTTPHub(
          client: client, url: "http://127.0.0.1:\(line.port)", study: study, token: token,
          patience: patience))
      do {
        let outcome = try await SyncDriver(
          store: notebook, device: DeviceID(rawValue: 0xC0), hub: hub, wait: { _ in }
        ).run().outcome
        if outcome != .verified(changes: 12) { Issue.record("\(words): \(outcome)") }
      } catch {
        Issue.record("\(words): \(error)")
      }
      try await client.shutdown()
      let summary = try await server.store(of: title).summary()
      if await summary != notebook.summary() { Issue.record("\(words): the two differ") }
      return (line.passed, hub.total)
    }
  }

  @Test func `a sync that is cut at any byte is whole afterwards and asks once more at the most`()
    async throws
  {
    let server = try await TestServer()
    try await server.run { port in
      let plain = try await Exchange(on: server, number: 0).run(to: port, .none, "whole")
      // hello, push, pull, verify.
      #expect(plain.requests == 4)
      for seed in Seeds.upTo(25) {
        for direction in TCPLine.Direction.allCases {
          let bytes = try #require(plain.passed[direction])
          // A step that shares no factor with the length comes to every byte once.
          let cut = Int(seed) * Self.step(bytes) % bytes + 1
          let fault = TCPLine.Fault.cut(
            direction, afterBytes: cut, isReset: seed.isMultiple(of: 3))
          let number = seed * 2 + (direction == .toServer ? 1 : 2)
          let words = "\(Seeds.replay(seed)): \(direction) cut after \(cut) of \(bytes) bytes"
          let run = try await Exchange(on: server, number: number).run(to: port, fault, words)
          if run.requests > plain.requests + 1 { Issue.record("\(words): \(run.requests)") }
        }
      }
    }
    #expect(try await server.ledger.check().isSound)
  }

  private static func step(_ bytes: Int) -> Int {
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    return (37...).first { divisor($0, bytes) == 1 } ?? 1
  }

  @Test func `bytes that come one by one, or requests that come twice, change nothing`()
    async throws
  {
    let server = try await TestServer()
    try await server.run { port in
      for (number, fault) in [TCPLine.Fault.pieces(1), .pieces(7), .repeated].enumerated() {
        let exchange = try await Exchange(on: server, number: UInt64(number))
        let run = try await exchange.run(to: port, fault, "\(fault)")
        #expect(run.requests == 4)
      }
    }
    #expect(try await server.ledger.check().isSound)
  }

  @Test func `a line that goes quiet is given up, and the request is made again`() async throws {
    let server = try await TestServer()
    try await server.run { port in
      let plain = try await Exchange(on: server, number: 0).run(to: port, .none, "whole")
      for (number, direction) in TCPLine.Direction.allCases.enumerated() {
        let bytes = try #require(plain.passed[direction])
        for part in 1...3 {
          let fault = TCPLine.Fault.stall(direction, afterBytes: bytes * part / 4)
          let exchange = try await Exchange(on: server, number: UInt64(number * 10 + part))
          let run = try await exchange.run(
            to: port, fault, "\(fault)", patience: .milliseconds(600))
          #expect(run.requests <= plain.requests + 1, "\(fault)")
        }
      }
    }
  }

  @Test func `a long page is sent once over a slow line, and a silent one is given up`()
    async throws
  {
    let server = try await TestServer()
    try await server.run { port in
      let exchange = try await Exchange(on: server, number: 0, payloadBytes: 40_000)
      let run = try await exchange.run(
        to: port, .slow(bytesPerSecond: 40_000), "a slow line", patience: .milliseconds(4_000))
      #expect(run.requests == 4)
      let silent = try await Exchange(on: server, number: 1, payloadBytes: 40_000)
      // Long before the time that so many bytes may take is over.
      let begun = ContinuousClock.now
      let again = try await silent.run(
        to: port, .silent(afterBytes: 30_000), "a silent line", patience: .milliseconds(4_000))
      // What was lost goes again in smaller pages.
      #expect((5...9).contains(again.requests))
      #expect(ContinuousClock.now - begun < .seconds(100))
    }
    #expect(HTTPExchange.timeout(sending: 2_000_000) > .seconds(2_000))
    #expect(HTTPExchange.timeout(sending: 0) == .seconds(120))
  }
}
