import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation
import Testing

@Suite struct CodingsExportTests {
  private func table(_ book: TestNotebook) throws -> [[String]] {
    let text = try book.exported {
      try CodingsExport.write($0, options: .init(lineEnd: .lf), to: $1)
    }
    // The samples hold no comma and no quote, so a quoted cell is one with its marks taken off.
    return text.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
        String(cell).replacingOccurrences(of: "\"", with: "")
      }
    }
  }

  @Test func `a small study gives this table`() throws {
    let book = try LinesExportTests.small()
    let text = try book.exported { try CodingsExport.write($0, options: .init(), to: $1) }
    #expect(
      text.components(separatedBy: "\r\n") == [
        "coding,interview,title,kind,date,place,region,province,district,participants,roles,theme,"
          + "coder,quote,start,end,status,memo,periods,participant.género",
        "8fa4e16549ee6566c7b60d1c1c613b68,TOC-001,,interview,2017-05,Perú > Tocache,,Tocache,,"
          + "Rosa Q.,agricultora,Estado > Confianza,Ana,Lloré mucho.,10,22,exact,'=epígrafe,"
          + "Después,mujer",
        "",
      ])
  }

  @Test func `codings come by label and then by place in the text`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("x")
    let second = try book.interview("B", "uno dos")
    let first = try book.interview("A", "uno dos")
    try book.code(second, "uno", theme)
    try book.code(first, "dos", theme)
    try book.code(first, "uno", theme)
    let rows = try table(book).dropFirst()
    #expect(rows.map { $0[1] } == ["A", "A", "B"])
    #expect(rows.map { $0[13] } == ["uno", "dos", "uno"])
  }

  @Test func `merged themes count as the theme that stayed`() throws {
    let book = try TestNotebook()
    let old = try book.theme("Temor")
    let new = try book.theme("Miedo", in: try book.theme("Violencia"))
    try book.code(try book.interview("A", "uno"), "uno", old)
    _ = try book.write {
      try $0.update(old, [FieldEdit(.Theme.mergedInto, value: .reference(new.rawValue))])
    }
    #expect(try table(book)[1][11] == "Violencia > Miedo")
  }

  @Test func `a coding whose text was edited tells where it stands now, or that it is gone`() throws
  {
    let book = try TestNotebook()
    let theme = try book.theme("x")
    let interview = try book.interview("A", "Cero. Uno y dos. Tres.")
    try book.code(interview, "Uno y dos", theme)
    try book.code(interview, "Tres", theme)
    try book.setText(interview, "Uno o dos.")
    let rows = try table(book).dropFirst()
    #expect(
      rows.map { Array($0[13...16]) } == [
        ["Uno o dos", "0", "9", "changed"], ["Tres", "", "", "gone"],
      ])
  }

  @Test func `a coding on a note has the facts of the interview it is about`() throws {
    let book = try TestNotebook()
    let rosa = try book.participant("Rosa", role: "agricultora")
    let luis = try book.participant("Luis", role: "alcalde")
    let interview = try book.interview("A", "x", date: "2017", participants: [rosa, luis])
    let note = try book.note("Volver mañana.", about: interview, at: "2018-02-01")
    try book.code(note, "mañana", try book.theme("x"))
    let row = try table(book)[1]
    #expect(Array(row[1...4]) == ["A", "", "note", "2018-02-01"])
    #expect(row[9] == "Luis; Rosa")
    #expect(row[10] == "alcalde; agricultora")
  }

  @Test func `every period that holds the whole date is named`() throws {
    let book = try TestNotebook()
    try book.take(.periods, "name,from,to\nUno,2010,2015\nDos,2012,\nTres,2016,\n")
    let theme = try book.theme("x")
    for (label, date) in [("A", "2013-05-12"), ("B", "2011"), ("C", "2015-12-31"), ("D", "2016")] {
      try book.code(try book.interview(label, "uno", date: date), "uno", theme)
    }
    #expect(
      try table(book).dropFirst().map { $0[18] }
        == ["Uno; Dos", "Uno", "Uno; Dos", "Dos; Tres"])
  }
}
