import CuadernoTestSupport
import Foundation
import Testing

/// A server that is told to stop is gone soon, and nothing is half done.
///
/// `CUADERNO_STOPS` says how often it is stopped under a sync, and lets it wait for those who are stuck.
@Suite struct StoppingTests {
  private static let stops = rounds("CUADERNO_STOPS", else: 2)

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
  }

  /// A connection whose request never ends.
  private func stuck(_ server: TeamServer) throws -> RawConnection {
    let connection = try #require(RawConnection(port: server.port))
    // Both come in one segment: who has answered the first has read the beginning of the second.
    connection.send(
      "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        + "POST /v1/join HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        + "Content-Length: 1000\r\n\r\n{")
    #expect(connection.answer()?.status == 200)
    return connection
  }

  /// A connection that waits without asking, and is closed when the server begins to stop.
  private func waiting(_ server: TeamServer) throws -> RawConnection {
    let connection = try #require(RawConnection(port: server.port))
    connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(connection.answer()?.status == 200)
    return connection
  }

  @Test func `who waits without asking keeps no server from stopping`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    let waiting = try waiting(server)
    var status: Int32?
    #expect(seconds { status = server.stopped(by: SIGTERM) } < 3)
    #expect(status == 0)
    #expect(waiting.isClosed())
  }

  @Test func `a second signal ends it at once`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    let stuck = try stuck(server)
    let waiting = try waiting(server)
    kill(server.pid, SIGTERM)
    // Until the first has been taken, two pending signals are one.
    #expect(waiting.isClosed())
    var status: Int32?
    #expect(seconds { status = server.stopped(by: SIGTERM) } < 1)
    #expect(status == 143)
    #expect(stuck.isClosed())
  }

  @Test(.enabled(if: stops > 2, "left out: it takes ten seconds; CUADERNO_STOPS=3 runs it"))
  func `who is stuck is let go in ten seconds`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    let connections = try (0..<50).map { _ in try stuck(server) }
    var status: Int32?
    let duration = seconds { status = server.stopped(by: SIGTERM) }
    print("stopped under 50 stuck clients in \(duration) s")
    #expect(duration < 10)
    #expect(status == 0)
    for connection in connections { #expect(connection.isClosed()) }
  }

  @Test func `no push is half done when the server stops under it`() throws {
    let scratch = try ScratchFolder()
    var server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    for round in 0..<Self.stops {
      try ana.succeed("note", "add", "--text", "nota \(round)")
      let sync = try Program.start("cuaderno", ["sync"], environment: ana.environment)
      usleep(UInt32(round * 37_000 % 400_000))
      let port = server.port
      #expect(seconds { server.stop() } < 10)
      server = try TeamServer(in: scratch, port: port)
      sync.waitUntilExit()
    }
    try ana.succeed("sync")
    #expect(try server.changes(of: "Huallaga") == ana.changes())
    #expect(try server.administer("check").contains("Everything is sound."))
  }

  @Test func `a supervisor is told when it listens and when it stops`() throws {
    let name = "cuaderno-\(UUID().uuidString)"
    let listener = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: [0] + Array(name.utf8))
    }
    let length = socklen_t(3 + name.utf8.count)
    let isBound = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(listener, $0, length) == 0
      }
    }
    try #require(isBound)
    var timeout = timeval(tv_sec: 120, tv_usec: 0)
    _ = unsafe setsockopt(
      listener, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    func heard() -> String {
      var bytes = [UInt8](repeating: 0, count: 100)
      let count = unsafe recv(listener, &bytes, bytes.count, 0)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    let scratch = try ScratchFolder()
    let server = try TeamServer(
      data: scratch.path, environment: ["NOTIFY_SOCKET": "@" + name])
    #expect(heard() == "READY=1")
    server.stop()
    #expect(heard() == "STOPPING=1")
  }

  @Test func `a ledger that a server has open is not replaced`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    try server.administer("backup", scratch.file("backup.sqlite"))
    try server.administer("study", "create", "Monzón")

    func restore() throws -> Laptop.Result {
      try Program.run(
        "cuaderno-server",
        ["restore", scratch.file("backup.sqlite"), "--replace", "--data", scratch.file("server")],
        environment: ["PATH": "/usr/bin:/bin"])
    }
    let refused = try restore()
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains("the ledger in the data folder is in use; stop the server first"))
    #expect(try server.administer("study", "list").contains("Monzón"))

    server.stop()
    let elsewhere = try Program.run(
      "cuaderno-server",
      ["restore", scratch.file("backup.sqlite"), "--replace", "--data", scratch.file("server")],
      environment: ["PATH": "/usr/bin:/bin", "CUADERNO_SERVER_DATABASE": "postgres:///cuaderno"])
    #expect(elsewhere.status == 1)
    #expect(elsewhere.errors.contains("a backup is put back into a folder"))
    let restored = try restore()
    #expect(restored.status == 0, "\(restored.errors)")
    #expect(restored.output.contains("The backup is restored, and sound."))
    #expect(restored.output.contains("There is no key.pem in the folder"))
    #expect(restored.output.contains("revoke again who was revoked since"))
    let again = try TeamServer(in: scratch)
    #expect(try !again.administer("study", "list").contains("Monzón"))
  }
}
