import Testing

@testable import CuadernoText

@Suite struct MergeScenarioTests {
  private func merge(_ base: String, _ writes: String...) -> MergedText {
    ThreeWayMerge.merge(base: ScalarText(base), writes: writes.map { ScalarText($0) })
  }

  private func conflicts(of merged: MergedText) -> [[String]] {
    merged.conflicts.map { $0.alternatives.map(\.text) }
  }

  @Test func `different words of one sentence merge`() {
    let merged = merge("La coca era la vida.", "La hoja era la vida.", "La coca era la muerte.")

    #expect(merged.text.string == "La hoja era la muerte.")
    #expect(merged.conflicts == [])
  }

  @Test func `the same word changed twice keeps both, in the order of their stamps`() {
    let merged = merge("La coca era la vida.", "La hoja era la vida.", "La planta era la vida.")

    #expect(merged.text.string == "La hoja planta era la vida.")
    #expect(
      merged.conflicts == [
        TextConflict(
          span: 3..<14, base: "coca",
          alternatives: [
            TextConflict.Alternative(span: 3..<7, text: "hoja", writes: [0]),
            TextConflict.Alternative(span: 8..<14, text: "planta", writes: [1]),
          ])
      ])
  }

  @Test func `three writes of one word keep all three, the equal ones once`() {
    let merged = merge("La coca.", "La hoja.", "La planta.", "La hoja.", "La coca.")

    #expect(merged.text.string == "La hoja planta.")
    #expect(merged.conflicts.map { $0.alternatives.map(\.writes) } == [[[0, 2], [1]]])
  }

  @Test func `a word deleted by one and changed by another stays, and is marked`() {
    let merged = merge("La coca era vida.", "La era vida.", "La hoja era vida.")

    #expect(merged.text.string.contains("hoja"))
    #expect(merged.conflicts.count == 1)
    #expect(merged.conflicts[0].alternatives.map(\.writes) == [[0], [1]])
    #expect(merged.conflicts[0].alternatives[0].text == "")
  }

  @Test func `a paragraph deleted by one and edited by another stays, and is marked`() {
    let merged = merge(
      "Uno.\nLa coca era vida.\nDos.\n", "Uno.\nDos.\n", "Uno.\nLa hoja era vida.\nDos.\n")

    #expect(merged.text.string == "Uno.\nLa hoja era vida.\nDos.\n")
    #expect(conflicts(of: merged) == [["", "La hoja era vida.\n"]])
  }

  @Test func `paragraphs added at the same place are both there, and marked`() {
    let merged = merge("Uno.\n", "Uno.\nAna vino.\n", "Uno.\nLuis vino.\n")

    #expect(merged.text.string == "Uno.\nAna vino.\nLuis vino.\n")
    #expect(conflicts(of: merged) == [["Ana vino.\n", "Luis vino.\n"]])
  }

  @Test func `paragraphs added after a last line without an end stay paragraphs`() {
    #expect(
      merge("Uno.", "Uno.\n\nAna vino.", "Uno.\n\nLuis vino.").text.string
        == "Uno.\n\nAna vino.\n\nLuis vino.")
  }

  @Test func `first lines written at once each get a line`() {
    let merged = merge("", "Ana vino.", "Luis vino.")

    #expect(merged.text.string == "Ana vino.\nLuis vino.")
    #expect(conflicts(of: merged) == [["Ana vino.", "Luis vino."]])
  }

  @Test func `a transcript pasted twice and corrected once stands once`() {
    let lines = SampleText.interview
    let corrected = String(lines.replacing("pobre pero tranquila", with: "pobre, pero tranquila"))
    let merged = merge("", lines, corrected)

    #expect(merged.conflicts.count == 1)
    #expect(merged.conflicts[0].alternatives.allSatisfy { $0.text.contains("pobre") })
    let longest = lines.split(separator: "\n").map(\.utf8.count).max() ?? 0
    #expect(merged.text.utf8.count <= lines.utf8.count + 2 * longest)
  }

  @Test func `a transcript pasted twice and continued once is no conflict`() {
    let merged = merge("", "Uno.\nDos.", "Uno.\nDos.\nTres.")

    #expect(merged.text.string == "Uno.\nDos.\nTres.")
    #expect(merged.conflicts == [])
  }

  @Test func `a paragraph moved by one and edited by another is there twice, and marked`() {
    let merged = merge(
      "La coca era vida.\nUno dos.\nTres cuatro.\n",
      "Uno dos.\nTres cuatro.\nLa coca era vida.\n",
      "La hoja era vida.\nUno dos.\nTres cuatro.\n")

    #expect(
      merged.text.string == "La hoja era vida.\nUno dos.\nTres cuatro.\nLa coca era vida.\n")
    #expect(merged.conflicts.count == 1)
  }

  @Test func `changes that touch without overlapping are both made`() {
    let merged = merge("uno dos tres", "uno DOS tres", "uno dos, tres")

    #expect(merged.text.string == "uno DOS, tres")
    #expect(merged.conflicts == [])
  }

  @Test func `words that meet where two changes touch are kept apart`() {
    #expect(merge("uno.", "uno y fin", "uno.Dos").text.string == "uno y fin Dos")
    #expect(merge("uno, dos", "uno dos", "uno,xdos").text.string == "uno xdos")
    #expect(merge("uno (dos", "uno dos", "uno x(dos").text.string == "uno x dos")
  }

  @Test func `the space before a conflict is no part of it`() {
    let merged = merge("vida, coca.", "vida,miedo.", "vidas coca.", "vida,paz.")

    #expect(merged.text.string == "vidas miedo paz.")
    #expect(merged.conflicts.map(\.span) == [6..<15])
    #expect(conflicts(of: merged) == [["miedo", "paz"]])
  }

  @Test func `accents and line ends merge as they are written`() {
    let merged = merge(
      "cafe\u{301}\r\nnin\u{303}a\r\n", "café\r\nnin\u{303}a\r\n", "cafe\u{301}\r\nniño\r\n")

    #expect(merged.text.utf8 == "café\r\nniño\r\n".bytes)
    #expect(merged.conflicts == [])
  }

  @Test func `a text emptied by one and edited by another is marked`() {
    let merged = merge("La coca.", "", "La hoja.")

    #expect(merged.text.string == "La hoja.")
    #expect(conflicts(of: merged) == [["", "La hoja."]])
  }

  @Test func `nothing merged with nothing is nothing`() {
    #expect(merge("", "", "").text.string == "")
    #expect(merge("").text.string == "")
  }
}
