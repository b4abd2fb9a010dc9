import CuadernoTestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

/// The power goes while people write and the server takes what they send.
@Suite(
  .enabled(
    if: SmallDisk.isLoopPossible,
    "left out: cutting the power of a disk needs root and loop mounts"))
struct PowerCutTests {
  /// What was acknowledged while there was power.
  private struct Acknowledged {
    var notes = [String]()
    var sentChanges = 0
  }

  @Test func `nothing that was acknowledged is lost, and all opens again by itself`() throws {
    let scratch = try ScratchFolder()
    let disk = try SmallDisk(ext4Megabytes: 64, in: scratch)
    let cuts = rounds("CUADERNO_CUTS", else: 6)
    var random = SplitMix64(seed: UInt64(rounds("CUADERNO_SEED", else: 1)))
    var acknowledged = Acknowledged()
    // Ana and the server lie on the disk that loses its power, Luis on one that does not.
    var server = try TeamServer(data: disk.path + "/server")
    let port = server.port
    try server.administer("study", "create", "Huallaga")
    let ana = try Laptop(at: disk.path + "/ana")
    let luis = try Laptop(in: scratch, named: "luis")
    try ana.succeed("join", try server.invite("Ana", to: "Huallaga"))
    try luis.succeed("join", try server.invite("Luis", to: "Huallaga"))
    var slowest = 0.0

    for cut in 0..<cuts {
      // On a busy machine nothing may get to the server in half a second: then a cut comes later.
      let patience = acknowledged.sentChanges == 0 ? 500 * cut : 0
      let new = try write(
        ana, luis, cut, milliseconds: Int.random(in: 100...600, using: &random) + patience, disk,
        server)
      acknowledged.notes += new.notes
      acknowledged.sentChanges = max(acknowledged.sentChanges, new.sentChanges)
      try disk.unmount()
      try disk.mount()

      let start = ContinuousClock.now
      let listed = try ana.succeed("note", "list", "--json")
      server = try TeamServer(data: disk.path + "/server", port: port)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      slowest = max(slowest, seconds)
      let counts = Self.counts(listed)
      for text in acknowledged.notes {
        #expect(counts[text] == 1, "cut \(cut): \(text)")
      }
      #expect(try server.changes(of: "Huallaga") >= acknowledged.sentChanges, "cut \(cut)")
      #expect(seconds < 2, "cut \(cut)")
      if cut % 10 == 9 || cut == cuts - 1 {
        #expect(try ana.succeed("doctor").contains(" 0 damaged"))
        #expect(try server.administer("check").contains("Everything is sound."))
        #expect([0, 2].contains(try ana.run("sync").status))
      }
    }

    print(
      "power cuts: \(cuts); \(acknowledged.notes.count) notes and \(acknowledged.sentChanges) sent "
        + "changes acknowledged, opened again in at most \(slowest) s")
    #expect(!acknowledged.notes.isEmpty && acknowledged.sentChanges > 0)
  }

  /// What those who write at the same time share.
  private final class Shared: Sendable {
    let known = Mutex(Acknowledged())
    let isOver = Mutex(false)
    let outcome = Mutex(Result<Acknowledged, any Error>.success(Acknowledged()))
  }

  /// Ana writes and Luis writes and syncs, until the time is up and the power is cut.
  private func write(
    _ ana: Laptop, _ luis: Laptop, _ cut: Int, milliseconds: Int, _ disk: SmallDisk,
    _ server: TeamServer
  ) throws -> Acknowledged {
    let shared = Shared()
    atOnce(
      {
        usleep(UInt32(milliseconds) * 1_000)
        // Counted before the cut: what is acknowledged after it proves nothing.
        let before = shared.known.withLock { $0 }
        shared.outcome.withLock { $0 = Result { try disk.cutPower() }.map { before } }
        shared.isOver.withLock { $0 = true }
        server.killNow()
      },
      {
        var number = 0
        while !shared.isOver.withLock({ $0 }) {
          let text = "corte \(cut) nota \(number)."
          if let result = try? ana.run("note", "add", "--text", text), result.status == 0 {
            shared.known.withLock { $0.notes.append(text) }
          }
          number += 1
        }
      },
      {
        while !shared.isOver.withLock({ $0 }) {
          _ = try? luis.run("note", "add", "--text", "de Luis")
          guard let report = try? Self.sync(luis, until: { shared.isOver.withLock { $0 } }),
            let changes = Self.checkedChanges(report)
          else { continue }
          shared.known.withLock { $0.sentChanges = max($0.sentChanges, changes) }
        }
      })
    return try shared.outcome.withLock { $0 }.get()
  }

  /// Syncs, and stops waiting for a server that has lost its power.
  private static func sync(_ laptop: Laptop, until isOver: () -> Bool) throws -> String {
    let (process, output) = try Program.startTelling(
      "cuaderno", ["sync"], environment: laptop.environment)
    while process.isRunning {
      if isOver() { process.send(SIGKILL) }
      usleep(5_000)
    }
    return String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
  }

  /// How many changes a sync says that both sides hold.
  private static func checkedChanges(_ report: String) -> Int? {
    let words = "Checked: the same "
    guard let start = report.range(of: words)?.upperBound else { return nil }
    return Int(report[start...].prefix { $0.isNumber })
  }

  private static func counts(_ json: String) -> [String: Int] {
    let rows = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [[String: Any]]
    var counts = [String: Int]()
    for row in rows ?? [] {
      for case let text as String in row.values { counts[text, default: 0] += 1 }
    }
    return counts
  }
}
