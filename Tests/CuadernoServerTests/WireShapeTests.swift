import Foundation
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Testing

@testable import CuadernoServer

/// Requests that two readers can take for two things, and such as are none.
@Suite struct WireShapeTests {
  private static let join = "POST /v1/join HTTP/1.1\r\nHost: a\r\n"
  private static let health = "GET /health HTTP/1.1\r\nHost: a\r\n"

  @Test(arguments: [
    join + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    join + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    join + "Content-Length: 2, 2\r\n\r\nab",
    join + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding: gzip\r\n\r\n", join + "Transfer-Encoding: chunked, gzip\r\n\r\n",
    join + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    join + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    join + "Content-Length: -1\r\n\r\n", join + "Content-Length: +2\r\n\r\nab",
    join + "Content-Length: 0x2\r\n\r\nab", join + "Content-Length: 2 2\r\n\r\nab",
    join + "Content-Length: 18446744073709551618\r\n\r\nab", join + "Content-Length:\r\n\r\n",
    join + "Content-Length : 2\r\n\r\nab",
    join + "Transfer-Encoding: chunked\r\n\r\n-1\r\nab",
    join + "Transfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n0\r\n\r\n",
    join + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nab",
    join + "Transfer-Encoding: chunked\r\n\r\n2\nab\n0\n\n",
    join + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    join + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nContent-Length: 5\r\n\r\n",
    health + "X: a\r\n b\r\n\r\n", health + "X: a\r\n\tb\r\n\r\n", health + "X: a\nY: b\r\n\r\n",
    health + "X: a\rY: b\r\n\r\n", health + "X: a\u{0}b\r\n\r\n", health + ": a\r\n\r\n",
    health + "X\r\n\r\n", health + "Host: b\r\n\r\n", health + "host: a\r\n\r\n",
    "GET /health HTTP/1.1\r\n\r\n", "GET /health HTTP/1.1\r\nHost:\r\n\r\n",
    "GET /health HTTP/1.1\nHost: a\n\n", "GET /health HTTP/1.0\r\nHost: a\r\n\r\n",
    "GET /health HTTP/0.9\r\nHost: a\r\n\r\n", "GET /health HTTP/1.2\r\nHost: a\r\n\r\n",
    "GET /health HTTP/2.0\r\nHost: a\r\n\r\n", "GET /health\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http://b/health HTTP/1.1\r\nHost: a\r\n\r\n",
    "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET health HTTP/1.1\r\nHost: a\r\n\r\n",
    "get /health HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n", "hola\r\n\r\n",
  ])
  func `what is no request of one meaning is refused, and the connection closed`(shape: String)
    throws
  {
    let line = try TestLine()

    try line.send(shape)
    // What is hidden behind it is not taken for a request.
    try line.send("GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")

    let answer = try line.answers()
    #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(answer)")
    #expect(answer.contains("connection: close") || answer.contains("Connection: close"))
    #expect(
      answer.contains(#"{"code":"bad-request","message":"request is not well-formed HTTP/1.1"#))
    #expect(answer.components(separatedBy: "HTTP/1.1 4").count == 2, "one answer")
    for case .head(let head) in try line.passed() { #expect(head.path != "/hidden") }
    line.wait(seconds: 6)
    #expect(!line.isOpen)
  }

  @Test(arguments: [
    health + (0..<64).map { "X\($0): a\r\n" }.joined() + "\r\n",
    health + "X: " + String(repeating: "a", count: 16_400) + "\r\n\r\n",
    health + String(repeating: "a", count: 16_400) + ": b\r\n\r\n",
    "GET /" + String(repeating: "a", count: 16_400) + " HTTP/1.1\r\nHost: a\r\n\r\n",
    health + (0..<50).map { "X\($0): \(String(repeating: "a", count: 400))\r\n" }.joined() + "\r\n",
    join + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + String(repeating: "a", count: 16_400)
      + "\r\n\r\n",
  ])
  func `a head of too many or too long fields is refused`(shape: String) throws {
    let line = try TestLine()
    try line.send(shape)
    let answer = try line.answers()
    #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"), "\(answer)")
    #expect(answer.contains(#"{"code":"too-large""#))
    line.wait(seconds: 6)
    #expect(!line.isOpen)
  }

  @Test func `a head of 64 fields and 16 kB passes`() throws {
    let line = try TestLine()
    let fields = (0..<63).map { "X\($0 + 10): \(String(repeating: "a", count: 250))\r\n" }
    try line.send(Self.health + fields.joined() + "\r\n")
    #expect(try line.passed().count == 2)
    #expect(try line.answers() == "")
  }

  @Test func `garbage behind a request waits for its answer`() throws {
    let line = try TestLine()
    try line.send(Self.health + "\r\nhola\r\n\r\n")
    #expect(try line.passed().count == 2)
    #expect(try line.answers() == "")
    try line.answer()
    let answers = try line.answers()
    let good = try #require(answers.range(of: "HTTP/1.1 200 OK"))
    let bad = try #require(answers.range(of: "HTTP/1.1 400 Bad Request"))
    #expect(good.lowerBound < bad.lowerBound)
  }
}
