import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

@Suite struct PlaceCountsTests {
  private static let places = """
    name,kind,parent,within
    Perú,country,,
    Valle,valley,Perú,
    San Martín,region,Perú,
    Tocache,province,Perú > San Martín,Perú > Valle
    Uchiza,district,Perú > San Martín > Tocache,
    Casa,,Perú > San Martín > Tocache > Uchiza,
    Aislada,town,,Perú > Valle
    Sola,town,,

    """

  /// Interviews at places, each with codings of themes.
  private struct Sample {
    let folder: ScratchFolder
    let data: StudyData

    init(_ interviews: [(place: String?, themes: [String])]) throws {
      let folder = try ScratchFolder()
      self.folder = folder
      let notebook = try StudySample.notebook(in: folder)
      data = try notebook.write { writer in
        _ = try TableImport.places.read(Array(PlaceCountsTests.places.utf8), into: &writer)
        _ = try TableImport.codebook.read(
          Array("path\nEstado\nEstado > Confianza\nMiedo\n".utf8), into: &writer)
        var table = "interview,theme,quote\n"
        for (index, interview) in interviews.enumerated() {
          let place = interview.place.map { "place: \($0)\n" } ?? ""
          let text = "---\nlabel: I\(index)\n\(place)---\n\nuno dos tres cuatro"
          let draft = try InterviewDraft(Array(text.utf8), fileName: "i.md")
          _ = try InterviewImport.write(draft, into: &writer)
          for (theme, word) in zip(interview.themes, ["uno", "dos", "tres", "cuatro"]) {
            table += "I\(index),\(theme),\(word)\n"
          }
        }
        _ = try TableImport.codings.read(Array(table.utf8), coder: "Ana", into: &writer)
        return try StudyData(writer.reader)
      }
    }

    /// Each place that is told: its codings, and those of all below it.
    func told(_ finest: PlaceKind) -> [String] {
      data.placeCounts(finest: finest).rows.map { row in
        "\(data.placeNames[row.place] ?? "") \(row.own.codings)/\(row.whole.codings)"
      }
    }
  }

  @Test func `a finer place counts at the one above it, and what is told can be added up`() throws {
    let sample = try Sample([
      ("Casa", ["Estado", "Miedo"]), ("Uchiza", ["Miedo"]), ("San Martín", ["Miedo"]),
    ])

    #expect(
      sample.told(.province) == ["Perú 0/4", "San Martín 1/4", "Tocache 3/3"])
    #expect(
      sample.told(.district) == [
        "Perú 0/4", "San Martín 1/4", "Tocache 0/3", "Uchiza 3/3", "Valle 0/3",
      ])
    #expect(sample.told(.country) == ["Perú 4/4"])
  }

  @Test func `a place of no kind may be a house, and is told only when everything is`() throws {
    let sample = try Sample([("Casa", ["Miedo"])])

    #expect(!sample.told(.town).contains { $0.hasPrefix("Casa") })
    #expect(sample.told(.other).contains("Casa 1/1"))
  }

  @Test func `what lies within a valley counts there, and nowhere twice`() throws {
    let sample = try Sample([("Uchiza", ["Miedo", "Estado"]), ("Aislada", ["Miedo"])])

    let counts = sample.data.placeCounts(finest: .valley)
    #expect(
      sample.told(.valley) == ["Perú 0/3", "San Martín 0/2", "Tocache 2/2", "Valle 0/3"])
    // Aislada lies in a valley that is told, though it is under no place.
    #expect(counts.tooFine == 0)
  }

  @Test func `what has no place, or none that may be told, is counted and not moved`() throws {
    let sample = try Sample([(nil, ["Miedo"]), ("Sola", ["Miedo", "Estado"]), ("Perú", ["Miedo"])])

    let counts = sample.data.placeCounts(finest: .province)
    #expect(counts.withoutPlace == 1)
    #expect(counts.tooFine == 2)
    #expect(sample.told(.province) == ["Perú 1/1", "San Martín 0/0", "Tocache 0/0"])
  }

  @Test func `themes count by themselves, or with those below them`() throws {
    let sample = try Sample([("Tocache", ["Estado > Confianza", "Estado", "Miedo"])])

    func counts(withBelow: Bool) throws -> [String: Int] {
      let counts = sample.data.placeCounts(finest: .province, withThemesBelow: withBelow)
      let row = try #require(counts.rows.last)
      #expect(row.own == row.whole)
      #expect(row.own.texts == 1)
      return Dictionary(
        row.own.themes.map { (sample.data.themes[$0.key] ?? "", $0.value) },
        uniquingKeysWith: { first, _ in first })
    }
    #expect(try counts(withBelow: false) == ["Estado": 1, "Confianza": 1, "Miedo": 1])
    #expect(try counts(withBelow: true) == ["Estado": 2, "Confianza": 1, "Miedo": 1])
  }
}
