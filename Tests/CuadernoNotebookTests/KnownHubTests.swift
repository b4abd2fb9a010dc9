import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import GRDB
import Testing

/// What a notebook remembers of a hub.
@Suite struct KnownHubTests {
  private static let key = KeyFingerprint(ofPublicKey: [1, 2, 3])

  private let laptop: Laptop

  init() throws {
    laptop = try Laptop()
  }

  private func joined() throws -> Notebook {
    let notebook = try laptop.create()
    try notebook.remember(
      KnownHub(url: "https://hub", fingerprint: Self.key, token: "t", role: "owner"))
    return notebook
  }

  @Test func `the server's key stays with the hub when it is remembered again`() throws {
    let notebook = try joined()
    var hub = try #require(try notebook.hubs().first)
    hub.syncedMilliseconds = 5
    try notebook.remember(hub)
    try notebook.close()

    let opened = try laptop.open()
    #expect(try opened.hubs() == [hub])
    #expect(hub.fingerprint == Self.key)
    try opened.close()
  }

  /// What signs in is left out of it; what says which server to sign in to is not.
  @Test func `a backup keeps the server's key and not the token`() throws {
    let notebook = try joined()
    let file = URL(fileURLWithPath: laptop.scratch.file("backup"))
    _ = try notebook.backup(to: file)
    try notebook.close()
    let other = try Laptop(seed: 2)
    _ = try Notebook.restore(file, in: other.folder, surroundings: other.surroundings)

    let restored = try other.open()
    let hub = try #require(try restored.hubs().first)
    #expect(hub.fingerprint == Self.key)
    #expect(hub.token.isEmpty)
    try restored.close()
  }

  /// Else a damaged one would be read as none, and any server would do.
  @Test func `a key that is none is not stored`() throws {
    try joined().close()
    let queue = try DatabaseQueue(path: laptop.folder.log)

    #expect(throws: DatabaseError.self) {
      try queue.write { try $0.execute(sql: "UPDATE hub SET fingerprint = x'00'") }
    }
    try queue.close()
  }
}
