import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoAnalysis

/// Places at a level are those that a map tells, whichever way they are above.
@Suite struct PlaceLevelTests {
  private static let places = """
    name,kind,parent,within
    Perú,country,,
    Alto,valley,Perú,
    Monzón,valley,Perú,Perú > Alto
    San Martín,region,Perú,
    Huánuco,region,Perú,
    Tocache,province,Perú > San Martín,Perú > Alto
    Huamalíes,province,Perú > Huánuco,
    Uchiza,district,Perú > San Martín > Tocache,
    Centro,district,Perú > San Martín > Tocache,
    Centro,district,Perú > Huánuco > Huamalíes,Perú > Monzón
    Pueblo,town,Perú > San Martín > Tocache > Uchiza,
    Anexo,town,Perú > San Martín > Tocache > Uchiza > Pueblo,
    Aparte,town,Perú > Huánuco > Huamalíes,

    """

  private struct Sample {
    let folder: ScratchFolder
    let notebook: Notebook
    let data: StudyData

    init(_ interviews: [(place: String, themes: [String])]) throws {
      let folder = try ScratchFolder()
      self.folder = folder
      notebook = try StudySample.notebook(in: folder)
      data = try notebook.write { writer in
        _ = try TableImport.places.read(Array(PlaceLevelTests.places.utf8), into: &writer)
        _ = try TableImport.codebook.read(
          Array("path\nEstado\nEstado > Confianza\nMiedo\n".utf8), into: &writer)
        var table = "interview,theme,quote\n"
        for (index, interview) in interviews.enumerated() {
          let text =
            "---\nlabel: I\(index)\nplace: \(interview.place)\ndate: 2017\n---\n\nuno dos tres cuatro"
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

    func attribution(_ label: String, _ level: PlaceKind) throws -> String {
      let id = try #require(data.interviewNames.first { $0.value == label }?.key)
      return data.attribution(of: id, level: level) { $0.rawValue }.joined(separator: ", ")
    }
  }

  private func sample() throws -> Sample {
    try Sample([
      ("Uchiza", ["Estado", "Miedo"]), ("Perú > Huánuco > Huamalíes > Centro", ["Miedo"]),
      ("Perú > San Martín > Tocache > Centro", ["Estado > Confianza"]), ("Aparte", ["Miedo"]),
      ("Anexo", ["Miedo", "Estado"]),
    ])
  }

  @Test(arguments: PlaceKind.allCases)
  func `a crosstab counts at each place what the map counts there`(level: PlaceKind) throws {
    let data = try sample().data
    let names = data.names(at: level)
    let crosstab = data.crosstab(.place(level: level))

    for row in data.placeCounts(finest: .other).rows where row.whole.codings > 0 {
      guard let name = names[row.place] else { continue }
      let column = try #require(crosstab.columns.firstIndex(of: name), "\(name)")
      #expect(crosstab.columnTotals[column] == row.whole.codings)
      for line in crosstab.rows {
        #expect(line.counts[column] == row.whole.themes[line.theme] ?? 0, "\(name)")
      }
    }
    #expect(crosstab.total == 7)
  }

  @Test func `what lies in two valleys counts in both columns, and once in the total`() throws {
    let data = try sample().data

    let crosstab = data.crosstab(.place(level: .valley))
    #expect(crosstab.columns == ["Alto", "Monzón", nil])
    #expect(crosstab.columnTotals == [6, 1, 1])
    #expect(crosstab.total == 7)
    #expect(crosstab.countsSeveralTimes)
    #expect(!data.crosstab(.place(level: .region)).countsSeveralTimes)
    let matrix = data.matrix(.place(level: .valley))
    #expect(matrix.rows.map(\.name) == ["Alto", "Monzón", nil])
    #expect(matrix.rows.map { $0.counts.reduce(0, +) } == [6, 1, 1])
  }

  @Test func `coverage and the table of a paper have the same columns as a crosstab`() throws {
    let sample = try sample()
    let lengths = try sample.notebook.read { try TextLengths($0) }

    let coverage = sample.data.coverage(of: lengths, by: .place(level: .valley))
    #expect(coverage.columns == ["Alto", "Monzón", nil])
    // Five texts of nineteen characters, of which one lies in both valleys and one in none.
    #expect(coverage.lengths == [76, 19, 19] && coverage.length == 95)
    let miedo = try #require(sample.data.themes.first { $0.value == "Miedo" }?.key)
    let table = sample.data.evidence(for: [miedo], by: .place(level: .valley))
    #expect(table.rows.map(\.value) == ["Alto", "Monzón", nil])
    #expect(table.rows.map(\.evidence.count) == [3, 1, 1])
  }

  @Test func `an attribution names a place when there is exactly one of the level`() throws {
    let sample = try sample()

    #expect(try sample.attribution("I0", .valley) == "interview, Alto, 2017")
    #expect(try sample.attribution("I1", .valley) == "interview, 2017")
    #expect(try sample.attribution("I3", .valley) == "interview, 2017")
    #expect(try sample.attribution("I0", .province) == "interview, Tocache, 2017")
    // A hamlet below a town is of the same kind, and lies nowhere else.
    #expect(try sample.attribution("I4", .town) == "interview, Anexo, 2017")
  }

  @Test func `two places of one name have a column each, with what is above them`() throws {
    let data = try sample().data

    #expect(
      data.crosstab(.place(level: .district)).columns == [
        "Perú > Huánuco > Huamalíes > Centro", "Perú > San Martín > Tocache > Centro", "Uchiza",
        nil,
      ])
    #expect(data.crosstab(.place(level: .town)).columns == ["Anexo", "Aparte", "Pueblo", nil])
  }
}
