import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

/// Whole worlds from a seed, against the two promises: the same changes show the same thing, and no
/// acknowledged text is lost.
@Suite struct ConvergenceTests {
  @Test(arguments: Seeds.upTo(40))
  func `a team that works offline on a bad line ends up with the same, and loses nothing`(
    seed: UInt64
  ) async throws {
    var team = try FieldTeam(seed: seed)
    for _ in 0..<60 { try await team.step() }
    try await team.meet()

    let hub = await team.hubSummary()
    let shown = try team.laptops.map { try Self.shown($0.notebook) }
    for (number, laptop) in team.laptops.enumerated() {
      #expect(try laptop.notebook.summary() == hub, "\(Seeds.replay(seed)): laptop \(number)")
      #expect(shown[number] == shown[0], "\(Seeds.replay(seed)): laptop \(number) shows another")
    }
    let notebook = team.laptops[0].notebook
    for (record, field, text) in team.acknowledged {
      #expect(
        try Self.history(of: record, field, notebook).contains(text),
        "\(Seeds.replay(seed)): a text of \(field.name) is in no history")
    }
  }

  @Test(arguments: Seeds.upTo(15))
  func `a view made anew repeats the one that was kept up to date`(seed: UInt64) async throws {
    var team = try FieldTeam(seed: seed &+ 9_000)
    for _ in 0..<60 { try await team.step() }

    for laptop in team.laptops {
      let kept = try laptop.notebook.viewDump()
      let examination = try laptop.notebook.examine(rebuild: true)
      #expect(examination.isHealthy, "\(Seeds.replay(seed))")
      #expect(try laptop.notebook.viewDump() == kept, "\(Seeds.replay(seed))")
    }
  }

  /// What a person would see, without the numbers that are a notebook's own.
  private static func shown(_ notebook: Notebook) throws -> [String] {
    try notebook.read { reader in
      var lines = [String]()
      for interview in try reader.fetchAll(Interview.self) { lines.append("\(interview)") }
      for note in try reader.fetchAll(Note.self) { lines.append("\(note)") }
      for theme in try reader.fetchAll(Theme.self) { lines.append("\(theme)") }
      for place in try reader.fetchAll(Place.self) { lines.append("\(place)") }
      for conflict in try reader.conflicts() {
        let sides = conflict.sides.map { "\($0.dot) \($0.isShown) \(String(describing: $0.value))" }
        lines.append("\(conflict.record) \(conflict.field.name) \(sides)")
      }
      return lines.sorted()
    }
  }

  private static func history(
    of record: RecordID, _ field: Field, _ notebook: Notebook
  ) throws -> [String] {
    try notebook.read { reader in
      try reader.history(of: record).flatMap { entry in
        entry.edits.compactMap { edit in
          if edit.field == field, case .text(let text) = edit.value { text } else { nil }
        }
      }
    }
  }
}
