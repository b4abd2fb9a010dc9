import CuadernoLog
import CuadernoPostgreSQL
import CuadernoTestSupport
import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A real PostgreSQL of the tests' own: made in a folder in /tmp, asked over a socket there, and gone with
/// the process that made it, however that ends.
package final class TestPostgreSQL: Sendable {
  /// The one that the tests of a process share; each takes a schema of it.
  package static func shared() async throws -> TestPostgreSQL {
    try await apart { try common.get() }
  }

  private static let common = Result { try TestPostgreSQL() }

  /// One of a test's own, to be ended and started again.
  package static func another() async throws -> TestPostgreSQL {
    try await apart { try TestPostgreSQL() }
  }

  /// Waits with a thread of its own: those that tests run on are as few as the machine's cores.
  package static func apart<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Why a test that needs it is left out.
  package static let isMissing = """
    PostgreSQL's programs are not here, so nothing was tried on it; `apt-get install postgresql` \
    brings them
    """

  /// The folder of its socket.
  private let folder: String
  private let names = Mutex(0)
  private let words: Mutex<(input: FileHandle, output: FileHandle)>

  package static var isInstalled: Bool { programs() != nil }

  /// Debian keeps them apart by version.
  private static func programs() -> String? {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
      .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
  }

  /// It refuses to be run by root, and ends when nobody has the other end of its standard input any more.
  private static let script = """
    set -e
    dir=$(mktemp -d /tmp/cuaderno-pg-XXXXXX)
    trap 'rm -rf "$dir"' EXIT
    "$1/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -N >"$dir/log"
    start() {
      "$1/pg_ctl" -D "$dir/data" -w -l "$dir/log" start -o "-c listen_addresses='' \\
        -c unix_socket_directories=$dir -c fsync=off -c full_page_writes=off \\
        -c max_connections=500 -c synchronous_commit=off -c autovacuum=off" >/dev/null
    }
    stop() { "$1/pg_ctl" -D "$dir/data" -w -m immediate stop >/dev/null; }
    start "$1"
    echo "$dir"
    while read -r word; do
      stop "$1"
      start "$1"
      echo "$word"
    done
    stop "$1"
    """

  private init() throws {
    guard let programs = Self.programs() else { throw Missing() }
    let (input, output) = (Pipe(), Pipe())
    // What other tests start must not keep it alive.
    let end = input.fileHandleForWriting.fileDescriptor
    _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    let shell = ["bash", "-c", Self.script, "postgresql", programs]
    _ = try ChildProgram(
      "/usr/bin/env", geteuid() == 0 ? ["runuser", "-u", "postgres", "--"] + shell : shell,
      in: "/tmp", input: .handle(input.fileHandleForReading),
      output: .handle(output.fileHandleForWriting))
    try input.fileHandleForReading.close()
    try output.fileHandleForWriting.close()
    folder = Self.line(from: output.fileHandleForReading)
    words = Mutex((input.fileHandleForWriting, output.fileHandleForReading))
    guard folder.hasPrefix("/tmp/cuaderno-pg-") else { throw Missing() }
  }

  private static func line(from handle: FileHandle) -> String {
    var line = ""
    while !line.hasSuffix("\n") {
      let piece = handle.availableData
      guard !piece.isEmpty else { break }
      line += String(decoding: piece, as: UTF8.self)
    }
    return String(line.dropLast())
  }

  /// Ends it as a power cut would, and starts it again.
  package func restart() async throws {
    try await Self.apart { [self] in
      words.withLock { words in
        words.input.write(Data("restart\n".utf8))
        _ = Self.line(from: words.output)
      }
    }
  }

  /// The address of a database with nothing in it.
  package func emptyDatabase() async throws -> String {
    let schema = "t\(next())"
    try await run("CREATE SCHEMA \(schema)")
    return address("-csearch_path%3D\(schema)")
  }

  private func next() -> Int {
    names.withLock { count in
      count += 1
      return count
    }
  }

  private func address(_ options: String) -> String {
    "postgres://postgres@/postgres?host=\(folder)&options=\(options)"
  }

  /// The address of a database that no other test is in.
  package func databaseAlone(encoding: String = "UTF8") async throws -> String {
    let name = "d\(next())"
    guard let address = DatabaseAddress(address("-cwork_mem%3D4MB")) else { throw Missing() }
    let command = "CREATE DATABASE \(name) ENCODING '\(encoding)' LOCALE 'C' TEMPLATE template0"
    try await Self.apart { try executeOnce(at: address, [command]) }
    return "postgres://postgres@/\(name)?host=\(folder)"
  }

  /// Runs statements in the schema of an address, behind the ledger's back.
  package func run(_ statements: String..., in address: String? = nil) async throws {
    guard let address = DatabaseAddress(address ?? self.address("-cwork_mem%3D4MB")) else {
      throw Missing()
    }
    try await Self.apart {
      try transactOnce(at: address, .committed) { db in
        for statement in statements { try db.run(statement, []) }
      }
    }
  }

  /// How many of the files that tables lie in have these bytes in them.
  package func filesOfTables(with text: String) async throws -> Int {
    try await run("CHECKPOINT")
    let root = folder + "/data/base"
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.filter { name in
      FileManager.default.contents(atPath: root + "/" + name)?.range(of: Data(text.utf8)) != nil
    }.count
  }

  /// The single number that a statement answers.
  package func number(_ statement: String, in address: String) async throws -> Int64? {
    guard let address = DatabaseAddress(address) else { throw Missing() }
    return try await Self.apart {
      try transactOnce(at: address, .committed) { db in
        try db.first(statement, []) { try $0.optionalInteger(0) }.flatMap { $0 }
      }
    }
  }

  package struct Missing: Error {}
}
