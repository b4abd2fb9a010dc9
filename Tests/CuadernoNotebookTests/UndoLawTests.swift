import CuadernoLog
import CuadernoModel
import CuadernoNotebookTestSupport
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoNotebook

/// Whatever was written, undoing it all leads back through everything that was shown, and redoing it
/// all forth again.
@Suite struct UndoLawTests {
  @Test func `undo shows again what was there before each write, and redo what was after`() throws {
    for seed in Seeds.upTo(12) {
      let laptop = try Laptop(seed: seed)
      let notebook = try laptop.create()
      var editor = RandomEditor(seed: seed)
      var shown = [try content(notebook)]
      for _ in 0..<12 {
        let before = try notebook.frontier()
        _ = try editor.edit(notebook)
        if try notebook.frontier() != before { shown.append(try content(notebook)) }
      }
      for expected in shown.dropLast().reversed() {
        try go(.undo, notebook, expected, "undo", seed)
      }
      for expected in shown.dropFirst() {
        try go(.redo, notebook, expected, "redo", seed)
      }
      #expect(try notebook.examine(rebuild: false).isHealthy, "\(Seeds.replay(seed))")
    }
  }

  @Test func `undoing while others write loses none of their words and ends alike everywhere`()
    throws
  {
    for seed in Seeds.upTo(12) {
      let pair = try Pair()
      var editors = [RandomEditor(seed: seed), RandomEditor(seed: seed + 1_000)]
      var random = SplitMix64(seed: seed)
      for _ in 0..<30 {
        let index = Int.random(in: 0...1, using: &random)
        let notebook = [pair.ana, pair.luis][index]
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: _ = try editors[index].edit(notebook)
        case 5..<8: try take(.undo, notebook, "\(Seeds.replay(seed))")
        case 8: try take(.redo, notebook, "\(Seeds.replay(seed))")
        default: try pair.meet()
        }
      }
      try pair.meet()
      let same = try SharedDump.of(pair.anaLaptop.folder) == SharedDump.of(pair.luisLaptop.folder)
      #expect(same, "\(Seeds.replay(seed))")
      #expect(try pair.ana.examine(rebuild: false).isHealthy, "\(Seeds.replay(seed))")
    }
  }

  /// Takes back what can be; what the other wrote since must be shown as it was.
  private func take(
    _ direction: UndoDirection, _ notebook: Notebook, _ seed: Comment
  ) throws {
    try notebook.write { writer in
      guard let write = try writer.reader.nextWrite(direction) else { return }
      let own = writer.reader.identity.device
      let before = try foreignWrites(writer.reader, own)
      _ = try writer.takeBack(write)
      let after = try foreignWrites(writer.reader, own)
      for lost in before.subtracting(after) {
        // Only what the other had taken back already may go.
        let past = try RecordPast(lost.record, writer.reader)
        let takenBack = Set(past?.changes.compactMap(\.note.undoes) ?? [])
        let isUndo = past?.change(lost.write.dot)?.note.undoes != nil
        #expect(isUndo || takenBack.contains(lost.write.dot), seed)
      }
    }
  }

  private struct Shown: Hashable {
    var record: RecordID
    var write: RecordState.Write
  }

  /// The writes of others that are current.
  private func foreignWrites(_ reader: Reader, _ own: DeviceID) throws -> Set<Shown> {
    var result = Set<Shown>()
    for kind in Kind.allCases {
      for record in try reader.ids(of: kind) {
        for write in try reader.state(of: record)?.writes ?? [] where write.dot.device != own {
          result.insert(Shown(record: record, write: write))
        }
      }
    }
    return result
  }

  private func go(
    _ direction: UndoDirection, _ notebook: Notebook, _ expected: [String], _ word: String,
    _ seed: UInt64
  ) throws {
    let result = try notebook.write { writer in
      try writer.reader.nextWrite(direction).map { try writer.takeBack($0) }
    }
    let obstacles = result.map { $0.left.map(\.obstacle) }
    #expect(obstacles == [], "\(Seeds.replay(seed)): \(word)")
    let found = try content(notebook)
    if found != expected {
      let extra = Set(found).symmetricDifference(expected).sorted()
      Issue.record("\(Seeds.replay(seed)): \(word): \(extra.prefix(2).map { $0.prefix(90) })")
    }
  }

  /// Everything that is shown, without the names of the changes that it stands in.
  private func content(_ notebook: Notebook) throws -> [String] {
    try notebook.read { reader in
      var lines = [String]()
      for kind in Kind.allCases where kind != .study {
        for record in try reader.ids(of: kind) {
          let state = try reader.state(of: record)
          for field in state?.fields ?? [] {
            guard let write = state?.shown(field),
              let change = try Notebook.changes.entry(at: write.dot, reader.log)?.change,
              let stored = change.storedValue(field), !stored.isEmpty
            else { continue }
            lines.append("\(record) \(field) \(stored)")
          }
        }
      }
      let study = try reader.studyHeader()
      lines += [study.title ?? "", study.description ?? ""]
      lines += try reader.periods().map { "\($0)" }
      lines += try reader.attributeDefinitions().map { "\($0)" }
      return lines + (try reader.search("coca").hits.map { "\($0.id)" }.sorted())
    }
  }
}
