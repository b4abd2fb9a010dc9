import CuadernoTestSupport
import Foundation
import Testing

/// Many who send and read slowly take little memory and nobody's time, and are gone soon.
///
/// `CUADERNO_SLOW` says how many of each kind; with it they have the 30 seconds that the server grants, and
/// without it two.
@Suite(.serialized) struct SlowClientTests {
  private static let count = rounds("CUADERNO_SLOW", else: 30)
  private static let isLong = ProcessInfo.processInfo.environment["CUADERNO_SLOW"] != nil
  private static let patience = isLong ? 30 : 2

  private func milliseconds() -> Double {
    Double(DispatchTime.now().uptimeNanoseconds) / 1e6
  }

  /// How long 99 of 100 questions took at most, each on a connection of its own.
  private func p99(_ port: Int) throws -> Double {
    var times = [Double]()
    for _ in 0..<100 {
      let start = milliseconds()
      let connection = try #require(RawConnection(port: port))
      connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(connection.answer()?.status == 200)
      times.append(milliseconds() - start)
    }
    return times.sorted()[98]
  }

  private func sockets(_ server: TeamServer) throws -> Int {
    let folder = "/proc/\(server.pid)/fd"
    return try FileManager.default.contentsOfDirectory(atPath: folder).count { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + name)
      return target?.hasPrefix("socket:") == true
    }
  }

  private func peakMegabytes(_ server: TeamServer) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(server.pid)/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return (Int(line.filter(\.isNumber)) ?? 0) / 1_024
  }

  @Test func `slow heads, bodies and readers take no time of others and little memory`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(
      data: scratch.file("server"),
      arguments: [
        "--patience", String(Self.patience), "--connections", "4000", "--requests-per-second", "0",
        "--connections-per-device", "1000", "--log-level", "error",
      ])
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    for _ in 0..<10 {
      // Text that does not get smaller on its way, and that a command line takes.
      let text = (0..<16_000).map { _ in String(UInt32.random(in: 0..<0xffff_ffff), radix: 36) }
      try ana.succeed("note", "add", "--text", text.joined())
    }
    try ana.succeed("sync")
    let (study, token) = try joined(server)
    let idle = try sockets(server)
    let before = try p99(server.port)

    var slow = [RawConnection]()
    for _ in 0..<Self.count {
      let head = try #require(RawConnection(port: server.port))
      head.send("GET /health HTTP/1.1\r\nHo")
      let body = try #require(RawConnection(port: server.port))
      body.send(
        "POST /v1/studies/\(study)/push HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
          + "Content-Type: application/json\r\nContent-Length: 5000000\r\n\r\n{")
      let reader = try #require(RawConnection(port: server.port, receiveBytes: 4_096))
      // A page of a mebibyte, for somebody who holds nothing.
      let question: [UInt8] = [0x08, 0x80, 0x80, 0x40, 0x12, 0x00]
      let fields =
        "POST /v1/studies/\(study)/pull HTTP/1.1\r\nHost: a\r\n"
        + "Authorization: Bearer \(token)\r\nContent-Type: application/protobuf\r\n"
        + "Content-Length: \(question.count)\r\n\r\n"
      for _ in 0..<4 { reader.send(Array(fields.utf8) + question) }
      slow += [head, body, reader]
    }
    // With two seconds the first may be gone before the last has come.
    if Self.isLong { #expect(try sockets(server) > idle + Self.count) }
    let during = try p99(server.port)
    let start = milliseconds()
    var gone = 0.0
    while try sockets(server) > idle + 2, gone < Double(Self.patience + 10) {
      usleep(100_000)
      gone = (milliseconds() - start) / 1_000
    }
    let peak = try peakMegabytes(server)
    print(
      "\(slow.count) slow clients: p99 \(before) ms before, \(during) ms during; gone after \(gone) s; "
        + "peak \(peak) MB")
    // The second term is for a machine that has other things to do.
    let busy: Double = Self.isLong ? 20 : 1_000
    #expect(during < before * 2 + busy)
    #expect(gone < Double(Self.patience + 5))
    #expect(peak < 256)
    #expect(try p99(server.port) < before * 2 + busy)
    #expect(slow.count == 3 * Self.count)
  }

  @Test func `what is too long, or lies about it, takes no more memory than the limit`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(
      data: scratch.file("server"), arguments: ["--requests-per-second", "0"])
    try server.administer("study", "create", "Huallaga")
    let (study, token) = try joined(server)
    func push(_ fields: String) throws -> RawConnection {
      let connection = try #require(RawConnection(port: server.port))
      connection.send(
        "POST /v1/studies/\(study)/push HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\n"
          + "Content-Type: application/json\r\n\(fields)\r\n")
      return connection
    }
    let small = try push("Content-Length: 2\r\n")
    small.send("{}")
    #expect(small.answer()?.status == 400)
    let before = try peakMegabytes(server)

    #expect(try push("Content-Length: 10737418240\r\n").answer()?.status == 413)
    #expect(try push("Content-Length: -1\r\n").answer()?.status == 400)
    for _ in 0..<(Self.isLong ? 20 : 2) {
      let chunked = try push("Transfer-Encoding: chunked\r\n")
      chunked.send("FFFFFFFFFFF\r\n")
      let piece = String(repeating: " ", count: 1 << 20)
      for _ in 0..<40 where chunked.send(piece) {}
      #expect(chunked.answer()?.status == 413)
    }
    let grown = try peakMegabytes(server) - before
    print("bodies past the limit: \(grown) MB more than \(before)")
    // The limit of a message in JSON, and eight megabytes.
    #expect(grown <= 19)
  }

  /// A device that asks by hand.
  private func joined(_ server: TeamServer) throws -> (study: String, token: String) {
    let invite = try server.invite("Luis", to: "Huallaga")
    let secret = try #require(invite.split(separator: "#").last)
    let device = Data((0..<16).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    let body = #"{"secret":"\#(secret)","deviceName":"","device":"\#(device)"}"#
    let connection = try #require(RawConnection(port: server.port))
    connection.send(
      "POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n" + body)
    let answer = try #require(connection.answer())
    let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
    let study = try #require((object?["study"] as? String).flatMap { Data(base64Encoded: $0) })
    return (
      study.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined(),
      try #require(object?["token"] as? String)
    )
  }
}
