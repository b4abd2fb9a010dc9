import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import CuadernoServer

/// Who sends or reads slowly is given up in time, and nobody who is only on a bad line.
@Suite struct ConnectionGuardTests {
  private static let health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
  private static let push = "POST /push HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"

  @Test func `a connection that asks nothing is closed after 30 seconds`() throws {
    let line = try TestLine()
    line.wait(milliseconds: 29_999)
    #expect(line.isOpen)
    line.wait(milliseconds: 1)
    #expect(!line.isOpen)
    #expect(try line.answers() == "")
  }

  @Test func `a head that drips in is closed after 30 seconds`() throws {
    let line = try TestLine()
    for byte in Self.health.prefix(29) {
      try line.send(String(byte))
      line.wait(seconds: 1)
    }
    #expect(line.isOpen)
    line.wait(seconds: 1)
    #expect(!line.isOpen)
  }

  @Test func `after an answer the next head has 30 seconds again`() throws {
    let line = try TestLine()
    line.wait(seconds: 25)
    try line.send(Self.health)
    line.wait(seconds: 3_600)
    #expect(line.isOpen, "the server may take as long as it needs")
    try line.answer()
    line.wait(seconds: 29)
    #expect(line.isOpen)
    try line.send("G")
    line.wait(seconds: 1)
    #expect(!line.isOpen)
  }

  @Test func `a body that drips in is told so after 30 seconds`() throws {
    let line = try TestLine()
    try line.send(Self.push)
    for _ in 0..<29 {
      try line.send("a")
      line.wait(seconds: 1)
    }
    #expect(try line.answers() == "")
    line.wait(seconds: 2)
    let answer = try line.answers()
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(answer)")
    #expect(
      answer.contains(
        #"{"code":"too-slow","message":"body came too slowly: after 30 s it must come to 1000 bytes a second; send smaller pages"}"#
      ))
    line.wait(seconds: 5)
    #expect(!line.isOpen)
  }

  @Test func `what came fast buys no silence`() throws {
    let line = try TestLine()
    try line.send(Self.push + String(repeating: "a", count: 90_000))
    line.wait(seconds: 29)
    #expect(try line.answers() == "")
    line.wait(seconds: 1)
    #expect(try line.answers().hasPrefix("HTTP/1.1 408 Request Timeout"))
  }

  @Test func `a body at 2 kB a second has the time that it needs`() throws {
    let line = try TestLine()
    try line.send(Self.push)
    for _ in 0..<50 {
      try line.send(String(repeating: "a", count: 2_000))
      line.wait(seconds: 1)
      #expect(line.isOpen)
    }
    #expect(try line.answers() == "")
    guard case .end = try line.passed().last else {
      Issue.record("the body did not come through")
      return
    }
  }

  @Test func `what is answered before its body has come is closed after the answer`() throws {
    let line = try TestLine()
    try line.send(Self.push + "aaa")
    try line.answer("nein")
    let answer = try line.answers().lowercased()
    #expect(answer.contains("connection: close"))
    #expect(answer.hasSuffix("nein"))
    try line.send(String(repeating: "a", count: 50_000))
    #expect(try line.answers().lowercased() == answer)
    line.wait(seconds: 5)
    #expect(!line.isOpen)
  }

  @Test(arguments: ["close", "Close", "te, close"])
  func `who asks nothing more is closed after the answer`(option: String) throws {
    let line = try TestLine()
    try line.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: \(option)\r\n\r\n" + Self.health)
    #expect(try line.passed().count == 2, "what follows is no request of this connection")
    try line.answer()
    line.wait(seconds: 5)
    #expect(!line.isOpen)
  }

  @Test func `a stopping server closes who waits, and lets an answer through`() throws {
    let idle = try TestLine()
    idle.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(!idle.isOpen)

    let busy = try TestLine()
    try busy.send(Self.health)
    busy.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(busy.isOpen)
    try busy.answer()
    #expect(try busy.answers().lowercased().contains("connection: close"))
    busy.wait(seconds: 5)
    #expect(!busy.isOpen)

    let stuck = try TestLine()
    try stuck.send(Self.push)
    stuck.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    stuck.wait(milliseconds: 7_999)
    #expect(stuck.isOpen)
    stuck.wait(milliseconds: 1)
    #expect(!stuck.isOpen)
  }

  @Test func `a reader is given up when it stops reading, and not while it reads`() {
    let limits = ServerLimits()
    var pace = ConnectionPace(limits, now: .uptimeNanoseconds(0))
    let second: Int64 = 1_000_000_000
    pace.headCame(at: .uptimeNanoseconds(0))
    pace.bodyEnded()
    #expect(pace.deadline == nil)
    pace.answerBegins(at: .uptimeNanoseconds(0))
    #expect(pace.deadline?.of == .reading)
    #expect(pace.deadline?.at == .uptimeNanoseconds(UInt64(30 * second)))
    pace.flushed(5_000, at: .uptimeNanoseconds(UInt64(10 * second)))
    #expect(pace.deadline?.at == .uptimeNanoseconds(UInt64(35 * second)))
    pace.flushed(3_000_000, at: .uptimeNanoseconds(UInt64(20 * second)))
    #expect(pace.deadline?.at == .uptimeNanoseconds(UInt64(50 * second)))
    pace.answerEnded(isLast: true, at: .uptimeNanoseconds(UInt64(80 * second)))
    #expect(pace.deadline?.of == .head)
    #expect(pace.deadline?.at == .uptimeNanoseconds(UInt64(110 * second)))
  }
}
