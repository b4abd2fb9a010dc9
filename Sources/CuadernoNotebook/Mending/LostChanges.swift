import CuadernoLog
import CuadernoSync
import Foundation
import GRDB

/// Changes at the end of a WAL that SQLite passes over.
///
/// It takes the commits up to the first page that does not fit its checksum, and writes the next ones
/// over those behind it (sqlite.org/fileformat2.html#walformat): one flipped bit would take every note
/// after it. So before that happens the WAL is put aside, and the doctor looks there too.
struct LostChanges {
  let folder: NotebookFolder

  /// Whether the log's own WAL has changes of a device beyond a number.
  func areInWAL(of device: DeviceID, after sequence: UInt64) -> Bool {
    Self.claims(folder.log + "-wal")
      .contains { $0.dot.device == device && $0.dot.sequence > sequence }
  }

  /// Whether what was put aside has changes that a log does not hold.
  func arePutAside(_ log: Database) throws -> Bool {
    try files.contains { name in
      try Self.claims(folder.file(name)).contains {
        try Notebook.changes.link(at: $0.dot, log) != $0.link
      }
    }
  }

  /// Puts a copy of the WAL aside. The caller holds the lock, and has not written yet.
  func keepWAL() throws {
    var number = 1
    while FileManager.default.fileExists(atPath: folder.file(Self.name(number))) { number += 1 }
    let path = folder.file(Self.name(number))
    try DurableFile.copyAroundFaults(folder.log + "-wal", to: path)
    try DurableFile.sync(path)
  }

  /// The names of what was put aside, sorted.
  var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
    return names.filter(Self.isName).sorted()
  }

  static func isName(_ name: String) -> Bool {
    name.hasPrefix("lost-") && name.hasSuffix(".wal")
  }

  private static func name(_ number: Int) -> String { "lost-\(number).wal" }

  private static func claims(_ path: String) -> [(dot: Dot, link: Digest)] {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return [] }
    return LogRemains.claims(in: DamagedPages(file: [], wals: [Array(bytes)]))
  }
}
