/// A report's own words, in every form that it is written in.
struct ReportWords {
  let code, codeBook, theme, codings, withBelow, texts, coders, matrix, together, overTime: String
  let places, quotes, notQuoted: String
  let contents, table, year, place, with, times: String

  init(_ language: StudyReport.Language) {
    switch language {
    case .english:
      (code, codeBook, theme, codings) = ("en", "Code book", "Theme", "codings")
      (withBelow, texts, coders) = ("with those below", "texts", "coders")
      (matrix, together) = ("Themes compared", "Themes on the same passages")
      (overTime, places, quotes) = ("Over time", "Places", "Quotes")
      notQuoted = "more passages are counted and not quoted here."
      (contents, table, year, place) = ("Contents", "Table", "Year", "Place")
      (with, times) = ("With", "Times")
    case .spanish:
      (code, codeBook, theme, codings) = ("es", "Libro de códigos", "Tema", "codificaciones")
      (withBelow, texts, coders) = ("con los de abajo", "textos", "codificadores")
      (matrix, together) = ("Comparación de temas", "Temas en los mismos pasajes")
      (overTime, places, quotes) = ("En el tiempo", "Lugares", "Citas")
      notQuoted = "pasajes más se cuentan y no se citan aquí."
      (contents, table, year, place) = ("Contenido", "Tabla", "Año", "Lugar")
      (with, times) = ("Con", "Veces")
    }
  }

  /// What the report rests on, in one sentence.
  func extent(_ report: StudyReport) -> String {
    "\(report.texts) \(texts), \(report.codings) \(codings), \(report.coders) \(coders)."
  }
}
