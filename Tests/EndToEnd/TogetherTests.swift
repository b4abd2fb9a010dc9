import CuadernoTestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

/// Several commands on one notebook at once take turns. `CUADERNO_TURNS` sets how many each of them has.
@Suite struct TogetherTests {
  private final class Failures: Sendable {
    let all = Mutex([String]())
  }

  @Test func `of two who write, a sync and one who watches at once none loses anything`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(in: scratch, named: "ana")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    let each = rounds("CUADERNO_TURNS", else: 6)
    let failures = Failures()

    let work = (0..<4).map { index -> @Sendable () -> Void in
      {
        for turn in 0..<each {
          let arguments =
            switch index {
            case 2: ["sync"]
            case 3: turn.isMultiple(of: 2) ? ["status"] : ["log", "--json"]
            default: ["note", "add", "--text", "nota \(index)-\(turn)."]
            }
          let result = try? Program.run("cuaderno", arguments, environment: ana.environment)
          if result?.status != 0 {
            failures.all.withLock { $0.append(result?.errors ?? "not run") }
          }
        }
      }
    }
    atOnce(work[0], work[1], work[2], work[3])

    #expect(failures.all.withLock { $0 } == [])
    try ana.succeed("sync")
    let notes = try ana.succeed("note", "list", "--json")
    let written = notes.matches(of: /"(nota \d+-\d+\.)"/).map { String($0.output.1) }
    let expected = (0..<2).flatMap { index in (0..<each).map { "nota \(index)-\($0)." } }
    #expect(written.sorted() == expected.sorted())
    #expect(try server.changes(of: "Huallaga") == ana.changes())
    #expect(try ana.succeed("doctor").contains(" 0 damaged"))
  }
}

/// Runs bodies at the same time, each on a thread of its own, and waits for all of them.
func atOnce(_ bodies: (@Sendable () -> Void)...) {
  let group = DispatchGroup()
  for body in bodies {
    group.enter()
    Thread {
      body()
      group.leave()
    }.start()
  }
  group.wait()
}
