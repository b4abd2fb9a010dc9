import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// A notebook with acknowledged notes, a hub that holds the first of them, and the means to put it
/// back as it was.
struct FaultyLaptop {
  let laptop: Laptop
  /// Another notebook of the study; holds what it was given before the rest was written.
  let hub: Notebook
  let hubLaptop: Laptop
  /// The texts acknowledged, in order, and how long the log's WAL was then.
  private(set) var acknowledged: [(text: String, wal: Int)] = []
  /// How many of them the hub holds.
  private(set) var sent = 0
  private let saved: [SavedFiles]
  private let savedHub: [SavedFiles]

  /// - Parameters:
  ///   - isCheckpointed: whether all of it is in the log's own file and nothing in its WAL.
  init(notes: Int = 12, isCheckpointed: Bool = false) throws {
    laptop = try Laptop(seed: 1)
    hubLaptop = try Laptop("Luis", seed: 2)
    let notebook = try laptop.create()
    hub = try hubLaptop.create(title: nil, joining: notebook.study)
    var ids = [RecordID]()
    for number in 0..<notes {
      let text = "nota \(number) " + String(repeating: "palabra \(number) ", count: number * 9)
      ids.append(try notebook.write { try $0.create(.note, [.init(.Note.text, text)]) })
      acknowledged.append((text, try Self.walLength(laptop.folder)))
      if number == notes / 2 {
        try hub.write { _ = try $0.create(.note, [.init(.Note.text, "del centro")]) }
        try hub.take(from: notebook)
        try notebook.take(from: hub)
        try notebook.remember(
          KnownHub(
            url: "http://hub", token: "t", role: "researcher",
            syncedFrontier: try notebook.frontier()))
        sent = number + 1
      }
    }
    try notebook.close()
    if isCheckpointed {
      let queue = try DatabaseQueue(path: laptop.folder.log)
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try queue.close()
      try? FileManager.default.removeItem(atPath: laptop.folder.log + "-wal")
    }
    try? FileManager.default.removeItem(atPath: laptop.folder.log + "-shm")
    saved = try [laptop.folder.url, laptop.surroundings.stateFolder].map { try SavedFiles(of: $0) }
    savedHub = try [hubLaptop.folder.url].map { try SavedFiles(of: $0) }
  }

  var log: URL { URL(fileURLWithPath: laptop.folder.log) }
  var wal: URL { URL(fileURLWithPath: laptop.folder.log + "-wal") }

  func putBack() throws {
    for files in saved { try files.putBack() }
  }

  /// The hub as it was, opened anew.
  func freshHub() throws -> Notebook {
    for files in savedHub { try files.putBack() }
    return try hubLaptop.open()
  }

  /// The texts of the notes, of this notebook or another.
  static func texts(_ notebook: Notebook) throws -> [String] {
    try notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) }
  }

  static func walLength(_ folder: NotebookFolder) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.log + "-wal")
    return attributes[.size] as? Int ?? 0
  }
}
