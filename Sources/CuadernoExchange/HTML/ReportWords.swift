/// A report's own words, in every form that it is written in.
package struct ReportWords {
  let code, codeBook, theme, codings, withBelow, texts, coders, matrix, together, overTime: String
  let places, quotes, notQuoted: String
  let contents, table, year, place, with, times: String
  let coverage, all, north, unplaced, oneNotQuoted: String
  private let oneText, oneCoding, oneCoder: String
  private let language: StudyReport.Language

  package init(_ language: StudyReport.Language) {
    self.language = language
    switch language {
    case .english:
      (code, codeBook, theme, codings) = ("en", "Code book", "Theme", "codings")
      (withBelow, texts, coders) = ("with those below", "texts", "coders")
      (matrix, together) = ("Themes compared", "Themes on the same passages")
      (overTime, places, quotes) = ("Over time", "Places", "Quotes")
      notQuoted = "more passages are counted and not quoted here."
      (contents, table, year, place) = ("Contents", "Table", "Year", "Place")
      (with, times) = ("With", "Times")
      (coverage, all, north) = ("of the text", "all", "N")
      unplaced = "Coded too, without a position"
      oneNotQuoted = "more passage is counted and not quoted here."
      (oneText, oneCoding, oneCoder) = ("text", "coding", "coder")
    case .spanish:
      (code, codeBook, theme, codings) = ("es", "Libro de códigos", "Tema", "codificaciones")
      (withBelow, texts, coders) = ("con los de abajo", "textos", "codificadores")
      (matrix, together) = ("Comparación de temas", "Temas en los mismos pasajes")
      (overTime, places, quotes) = ("En el tiempo", "Lugares", "Citas")
      notQuoted = "pasajes más se cuentan y no se citan aquí."
      (contents, table, year, place) = ("Contenido", "Tabla", "Año", "Lugar")
      (with, times) = ("Con", "Veces")
      (coverage, all, north) = ("del texto", "todo", "N")
      unplaced = "También con codificaciones, sin posición"
      oneNotQuoted = "pasaje más se cuenta y no se cita aquí."
      (oneText, oneCoding, oneCoder) = ("texto", "codificación", "codificador")
    }
  }

  func notQuoted(_ count: Int) -> String { "\(count) \(count == 1 ? oneNotQuoted : notQuoted)" }

  /// What the report rests on, in one sentence.
  func extent(_ report: StudyReport) -> String {
    func counted(_ count: Int, _ one: String, _ many: String) -> String {
      "\(count) \(count == 1 ? one : many)"
    }
    return [
      counted(report.texts, oneText, texts), counted(report.codings, oneCoding, codings),
      counted(report.coders, oneCoder, coders),
    ].joined(separator: ", ") + "."
  }

  /// What is said where more themes lie on the same passages than are shown; nil where all are.
  func furtherPairs(_ report: StudyReport) -> String? {
    let (shown, all) = (report.pairs.count, report.pairsInAll)
    guard shown < all else { return nil }
    switch language {
    case .english: return "The \(shown) most frequent of \(all) pairs of themes."
    case .spanish: return "Los \(shown) más frecuentes de \(all) pares de temas."
    }
  }

  /// Codings of which nobody knows where they lie now; nil where there is none.
  package func unplacedCodings(_ count: Int) -> String? {
    guard count > 0 else { return nil }
    switch language {
    case .english:
      return count == 1
        ? "1 coding, whose place in the text has to be looked for, is counted and not quoted."
        : "\(count) codings, whose places in the text have to be looked for, are counted and not quoted."
    case .spanish:
      return count == 1
        ? "1 codificación, cuyo lugar en el texto hay que buscar, se cuenta y no se cita."
        : "\(count) codificaciones, cuyo lugar en el texto hay que buscar, se cuentan y no se citan."
    }
  }

  /// With one digit after the point, or the comma.
  func percentage(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths / 10)\(language == .spanish ? "," : ".")\(tenths % 10) %"
  }
}
