import CuadernoTestSupport
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import CuadernoServer

/// What is counted, and that counting it stays small.
@Suite struct LimitTests {
  @Test func `after a pause so many may come at once, and then so many a second`() {
    var allowances = Allowances<Int>(20, perMilliseconds: 1_000, atOnce: 60)

    let atOnce = (0..<60).map { _ in allowances.take(1, at: 1_000) }
    #expect(atOnce.allSatisfy { $0 == nil })
    #expect(allowances.take(1, at: 1_000) == 50)
    #expect(allowances.take(2, at: 1_000) == nil, "another one is counted by itself")
    #expect(allowances.take(1, at: 1_049) == 1)
    #expect(allowances.take(1, at: 1_050) == nil)
    #expect(allowances.take(1, at: 1_050) == 50)
    #expect((0..<60).allSatisfy { _ in allowances.take(1, at: 100_000) == nil })
    #expect(allowances.take(1, at: 100_000) == 50, "a long pause does not add up")
  }

  @Test func `a clock that goes back neither fills nor empties`() {
    var allowances = Allowances<Int>(1, perMilliseconds: 1_000, atOnce: 2)
    #expect(allowances.take(1, at: 5_000) == nil)
    #expect(allowances.take(1, at: -9_000_000) == nil)
    #expect(allowances.take(1, at: -9_000_000) == 1_000)
    #expect(allowances.take(1, at: -8_999_000) == nil)
  }

  @Test func `no bound is set by zero`() {
    var allowances = Allowances<Int>(0, perMilliseconds: 1_000, atOnce: 0)
    #expect((0..<1_000).allSatisfy { _ in allowances.take(1, at: 0) == nil })
    #expect(allowances.keyCount == 0)
  }

  @Test func `who comes from everywhere fills no memory, and a pause is forgotten`() {
    var allowances = Allowances<Int>(1, perMilliseconds: 1_000, atOnce: 1)
    for key in 0..<50_000 { _ = allowances.take(key, at: Int64(key / 100)) }
    #expect(allowances.keyCount <= Allowances<Int>.keysMax)
    for key in 0..<Allowances<Int>.keysMax { _ = allowances.take(-1 - key, at: 10_000_000) }
    #expect(allowances.take(-1, at: 10_000_000) != nil, "those who ask now are still counted")
  }

  @Test(arguments: [
    ("192.168.1.20", "192.168.1.20", true), ("192.168.1.20", "192.168.1.21", false),
    ("2001:db8::1", "2001:db8::ffff:2", true), ("2001:db8::1", "2001:db8:0:1::1", false),
    ("::ffff:10.0.0.1", "10.0.0.1", true),
  ])
  func `an address is one by its first half where it has two`(
    one: String, other: String, same: Bool
  )
    throws
  {
    let areSame = try #require(ClientAddress(one)) == #require(ClientAddress(other))
    #expect(areSame == same)
  }

  @Test func `a proxy on this machine says who asks, and nobody else does`() throws {
    func client(_ peer: String, _ forwarded: String?) throws -> ClientAddress? {
      ClientAddress.ofClient(
        peer: try SocketAddress(ipAddress: peer, port: 1), forwardedFor: forwarded)
    }
    #expect(try client("10.0.0.1", "1.2.3.4") == ClientAddress("10.0.0.1"))
    #expect(try client("127.0.0.1", "9.9.9.9, 1.2.3.4") == ClientAddress("1.2.3.4"))
    #expect(try client("::1", "1.2.3.4") == ClientAddress("1.2.3.4"))
    #expect(try client("127.0.0.1", nil) == nil)
    #expect(try client("127.0.0.1", "unknown") == nil)
    #expect(ClientAddress.ofClient(peer: nil, forwardedFor: "1.2.3.4") == nil)
  }

  /// Stands for a connection.
  private final class Line: Sendable {
    let isClosed = Mutex(false)
    var id: ObjectIdentifier { ObjectIdentifier(self) }

    func close() { isClosed.withLock { $0 = true } }
  }

  @Test func `who has waited longest without asking gives way, and who is answered does not`() {
    var limits = ServerLimits()
    limits.connections = 3
    let places = ConnectionPlaces(limits)
    let lines = (0..<6).map { _ in Line() }
    func admit(_ number: Int) -> Bool {
      let line = lines[number]
      return places.admit(line.id, from: nil, at: UInt64(number)) { line.close() }
    }
    #expect(admit(0) && admit(1) && admit(2))
    places.setWaiting(lines[0].id, since: nil)

    #expect(admit(3))
    #expect(lines.map { $0.isClosed.withLock { $0 } } == [false, true, false, false, false, false])
    #expect(places.count == 3)
    for number in [2, 3] { places.setWaiting(lines[number].id, since: nil) }
    #expect(!admit(4))
    places.leave(lines[0].id)
    #expect(admit(5))
    #expect(places.count == 3)
  }

  @Test func `one address has so many connections and another as many`() throws {
    var limits = ServerLimits()
    limits.connectionsPerAddress = 2
    let places = ConnectionPlaces(limits)
    let lines = (0..<5).map { _ in Line() }
    let (one, other) = (ClientAddress("10.0.0.1"), ClientAddress("10.0.0.2"))
    func admit(_ line: Line, _ address: ClientAddress?) -> Bool {
      places.admit(line.id, from: address, at: 0) {}
    }
    #expect(admit(lines[0], one) && admit(lines[1], one))
    #expect(!admit(lines[2], one))
    #expect(admit(lines[3], other))
    places.leave(lines[0].id)
    places.leave(lines[0].id)
    #expect(admit(lines[2], one))
    #expect(!admit(lines[4], one))
  }

  @Test func `one device asks on eight connections`() {
    let places = ConnectionPlaces(ServerLimits())
    let lines = (0..<9).map { _ in Line() }
    for line in lines { _ = places.admit(line.id, from: nil, at: 0) {} }

    for line in lines.prefix(8) { #expect(places.claim(line.id, for: 7)) }
    #expect(!places.claim(lines[8].id, for: 7))
    #expect(places.claim(lines[0].id, for: 7), "one that it has may ask on")
    #expect(places.claim(lines[8].id, for: 8))
    #expect(places.claim(lines[0].id, for: 8), "a connection that changes hands is counted once")
    #expect(places.claim(lines[8].id, for: 7))
  }

  @Test func `bodies take no more memory than there is for them, and give it back`() {
    let budget = BodyBudget(bytes: 100)
    var one: BodyLease? = BodyLease(budget)
    let other = BodyLease(budget)
    #expect(one?.take(60) == true)
    #expect(other.take(40))
    #expect(!other.take(1))
    one = nil
    #expect(budget.taken == 40)
    #expect(other.take(60))
  }

  @Test(arguments: [
    ("fields in a head", ServerLimits.headFields), ("bytes in a head", ServerLimits.headBytes),
    ("a join", ServerLimits.joinBytes),
    ("bodies in memory, over all requests", ServerLimits().bodyBytes),
    (
      "answers that nobody has read yet, over all requests", ServerLimits().answerBytes
    ),
    ("time for a head", Int(ServerLimits().patienceMilliseconds / 1_000)),
    ("connections", ServerLimits().connections),
    ("connections of one address", ServerLimits().connectionsPerAddress),
    ("connections of one token", ServerLimits().connectionsPerDevice),
    ("unknown tokens and invites of one address", ServerLimits().failuresPerMinute),
  ])
  func `WIRE.md has the limits of the code`(name: String, limit: Int) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Schema/WIRE.md")
    let row = try #require(
      try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        .first { $0.hasPrefix("| \(name) |") })
    let number = row.split(separator: "|")[1].filter(\.isNumber)
    #expect(Int(number) == limit)
  }
}
