import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Who can read and write what a backup and a restored notebook lie in.
@Suite struct BackupTests {
  private let laptop: Laptop
  private let file: URL

  init() throws {
    laptop = try Laptop()
    file = URL(fileURLWithPath: laptop.scratch.file("respaldo"))
    let notebook = try laptop.create()
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "una")]) }
    _ = try notebook.backup(to: file)
    try notebook.close()
  }

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func `a read-only backup is restored into a notebook that can be written`() throws {
    #expect(try mode(file.path) == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file.path)
    let other = try Laptop(seed: 2)

    let contents = try Notebook.restore(file, in: other.folder, surroundings: other.surroundings)

    #expect(try mode(other.folder.log) == 0o600)
    #expect(try mode(file.path) == 0o400)
    let restored = try other.open()
    try restored.write { _ = try $0.create(.note, [.init(.Note.text, "otra")]) }
    #expect(try restored.count(.note) == 2)
    #expect(try UInt64(contents.changes) < restored.frontier().changeCount)
    try restored.close()
  }
}
