import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// A copied or restored notebook must not give numbers away a second time.
@Suite struct IdentityTests {
  private let laptop: Laptop
  private let device: DeviceID

  init() throws {
    laptop = try Laptop()
    let notebook = try laptop.create()
    device = try notebook.identity().device
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, "uno")]) }
    try notebook.close()
  }

  private func write(_ notebook: Notebook, _ text: String) throws -> DeviceID {
    try notebook.write { _ = try $0.create(.note, [.init(.Note.text, text)]) }
    return try #require(try notebook.read { try $0.lastChanges(1).first }).dot.device
  }

  /// The folder copied, with everything in it, under another name.
  private func copied() throws -> NotebookFolder {
    let copy = NotebookFolder(URL(fileURLWithPath: laptop.scratch.file("copia")))
    try FileManager.default.copyItem(at: laptop.folder.url, to: copy.url)
    return copy
  }

  @Test func `the same notebook goes on as the same device`() throws {
    for text in ["dos", "tres"] { #expect(try write(laptop.open(), text) == device) }
  }

  @Test func `a notebook in a copied folder becomes another device`() throws {
    let copy = try Notebook.open(copied(), for: .writing, surroundings: laptop.surroundings)

    let other = try write(copy, "en la copia")

    #expect(other != device)
    #expect(try write(copy, "otra vez") == other)
    #expect(try copy.identity().device == other)
  }

  @Test func `a copy and its original keep all edits of both when they meet`() throws {
    let copy = try Notebook.open(copied(), for: .writing, surroundings: laptop.surroundings)
    let original = try laptop.open()
    for text in ["a", "b", "c"] { _ = try write(copy, "copia \(text)") }
    for text in ["a", "b"] { _ = try write(original, "original \(text)") }

    try original.take(from: copy)
    try copy.take(from: original)

    for notebook in [original, copy] {
      let texts = try notebook.read { try $0.fetchAll(Note.self).compactMap(\.text).sorted() }
      #expect(
        texts == ["copia a", "copia b", "copia c", "original a", "original b", "uno"])
    }
    #expect(try original.summary() == copy.summary())
  }

  @Test func `a notebook on another machine becomes another device`() throws {
    var elsewhere = laptop.surroundings
    elsewhere.machine = "otra máquina"
    let notebook = try Notebook.open(laptop.folder, for: .writing, surroundings: elsewhere)

    #expect(try write(notebook, "dos") != device)
  }

  @Test func `a notebook whose machine has forgotten it becomes another device`() throws {
    var forgetful = laptop.surroundings
    forgetful.stateFolder = URL(fileURLWithPath: laptop.scratch.file("otro estado"))
    let notebook = try Notebook.open(laptop.folder, for: .writing, surroundings: forgetful)

    #expect(try write(notebook, "dos") != device)
  }

  @Test func `a notebook whose log was put back becomes another device`() throws {
    let files = ["", "-wal"].map { URL(fileURLWithPath: laptop.folder.log + $0) }
    let old = try files.map { try Data(contentsOf: $0) }
    let notebook = try laptop.open()
    _ = try write(notebook, "se va a perder")
    try notebook.close()
    for (file, bytes) in zip(files, old) { try bytes.write(to: file) }
    try? FileManager.default.removeItem(atPath: laptop.folder.log + "-shm")

    let restored = try laptop.open()

    #expect(try write(restored, "después del respaldo") != device)
    let texts = try restored.read { try $0.fetchAll(Note.self).compactMap(\.text) }
    #expect(texts == ["uno", "después del respaldo"])
  }

  @Test func `a new device introduces itself under the same name`() throws {
    let copy = try Notebook.open(copied(), for: .writing, surroundings: laptop.surroundings)
    let other = try write(copy, "en la copia")

    let members = try copy.read { try $0.members() }

    #expect(members[device]?.name == "Ana")
    #expect(members[other]?.name == "Ana")
    #expect(try copy.read { try $0.lastChanges(1).first?.member } == "Ana")
  }

  @Test func `what this machine could not remember is not written`() throws {
    try FileManager.default.removeItem(at: laptop.surroundings.stateFolder)
    try Data().write(to: laptop.surroundings.stateFolder)
    let notebook = try laptop.open()
    let before = try notebook.frontier()
    let folder = laptop.surroundings.stateFolder.appendingPathComponent("devices").path

    for _ in 0..<2 {
      #expect(throws: NotebookError.forgetful(folder)) {
        try notebook.write { try $0.create(.note, [.init(.Note.text, "dos")]) }
      }
    }
    #expect(try notebook.frontier() == before)
    #expect(try notebook.identity().device == device)

    try FileManager.default.removeItem(at: laptop.surroundings.stateFolder)
    let other = try write(notebook, "dos")
    #expect(try write(notebook, "tres") == other)
  }

  /// As on a stick: each machine's memory is its own, and the folder is one.
  @Test func `two machines that write by turns have a device each and no more`() throws {
    var elsewhere = laptop.surroundings
    elsewhere.machine = "otra máquina"
    elsewhere.stateFolder = URL(fileURLWithPath: laptop.scratch.file("otro estado"))
    var devices = [DeviceID]()
    for turn in 0..<6 {
      let notebook = try Notebook.open(
        laptop.folder, for: .writing,
        surroundings: turn.isMultiple(of: 2) ? elsewhere : laptop.surroundings)
      devices.append(try write(notebook, "turno \(turn)"))
      try notebook.close()
    }

    #expect(Set(devices).count == 2)
    #expect(devices[1] == device && devices[3] == device && devices[5] == device)
    let notebook = try laptop.open()
    #expect(try notebook.examine(rebuild: false).isHealthy)
    #expect(try notebook.count(.note) == 7)
  }

  @Test func `reading makes no new device`() throws {
    var elsewhere = laptop.surroundings
    elsewhere.machine = "otra máquina"
    for access in [Notebook.Access.reading, .writing] {
      let notebook = try Notebook.open(laptop.folder, for: access, surroundings: elsewhere)
      _ = try notebook.read { try $0.fetchAll(Note.self) }
      #expect(try notebook.identity().device == device)
    }
  }

  @Test func `the memory lies outside the notebook and says nothing of what is in it`() throws {
    let folder = laptop.surroundings.stateFolder.appendingPathComponent("devices")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1)

    let text = try String(
      contentsOf: folder.appendingPathComponent(names[0]), encoding: .utf8)
    #expect(!text.contains("uno"))
    #expect(!text.contains("coca"))
  }
}
