import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis
@testable import CuadernoExchange

/// What notes have of what they are about.
@Suite struct NoteSourceTests {
  private func sources(
    _ sample: CrosstabTests.Sample, _ abouts: [(RecordID) -> [RecordID]]
  ) throws -> (StudyData, RecordID, [RecordID]) {
    let interview = try sample.notebook.read {
      try #require(try $0.ids(named: "Tocache", .interview).first)
    }
    var notes = [RecordID]()
    try sample.notebook.write { writer in
      for _ in abouts { notes.append(try writer.create(.note, [FieldEdit(.Note.text, "volver")])) }
      for (note, about) in zip(notes, abouts) {
        for target in about(interview) {
          _ = try writer.update(note, [FieldEdit(.Note.about, value: .reference(target.rawValue))])
        }
      }
    }
    return (try sample.notebook.read { try StudyData($0) }, interview, notes)
  }

  @Test func `a note about notes that came later has the place and the consent of its interview`()
    throws
  {
    let sample = try CrosstabTests.Sample()
    let (_, interview, notes) = try sources(sample, [{ _ in [] }, { _ in [] }, { [$0] }])
    try sample.notebook.write { writer in
      for (note, about) in zip(notes, notes.dropFirst()) {
        _ = try writer.update(
          note, [FieldEdit(.Note.about, value: .reference(about.rawValue))])
      }
    }

    let data = try sample.notebook.read { try StudyData($0) }

    let whole = try #require(data.sources[interview])
    #expect(whole.date != nil)
    for note in notes {
      let source = try #require(data.sources[note])
      #expect(
        source.date == whole.date && source.place == whole.place
          && source.consent == whole.consent)
      #expect(source.interview == interview && source.kind == .note)
    }
  }

  @Test func `two notes about each other have neither place nor consent`() throws {
    let sample = try CrosstabTests.Sample()
    let (_, _, notes) = try sources(sample, [{ _ in [] }, { _ in [] }, { _ in [] }])
    try sample.notebook.write { writer in
      for (note, about) in [(0, 1), (1, 0), (2, 0)] {
        _ = try writer.update(
          notes[note], [FieldEdit(.Note.about, value: .reference(notes[about].rawValue))])
      }
    }

    let data = try sample.notebook.read { try StudyData($0) }

    for note in notes {
      let source = try #require(data.sources[note])
      #expect(source.id == note && source.date == nil && source.interview == nil)
    }
  }
}
