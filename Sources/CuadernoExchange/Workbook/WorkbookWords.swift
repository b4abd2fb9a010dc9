import CuadernoModel

/// A workbook's own words: names of sheets and headings. People's words stay as they are.
struct WorkbookWords {
  private let isSpanish: Bool
  private let headings: [String: String]

  init(_ language: StudyReport.Language) {
    isSpanish = language == .spanish
    headings = isSpanish ? Self.spanish : Self.english
  }

  /// The sheets, in their order.
  var codings: String { isSpanish ? "codificaciones" : "codings" }
  var codeBook: String { isSpanish ? "libro de códigos" : "code book" }
  var interviews: String { isSpanish ? "entrevistas" : "interviews" }
  var participants: String { isSpanish ? "participantes" : "participants" }
  var places: String { isSpanish ? "lugares" : "places" }
  var longTexts: String { isSpanish ? "textos largos" : "long texts" }

  func matrix(_ dimension: String) -> String {
    (isSpanish ? "temas × " : "themes × ") + heading(dimension)
  }

  func heading(_ column: TableColumn) -> String {
    guard column.isWord else { return column.key }
    guard let kind = column.attribute else { return heading(column.key) }
    return heading(kind.name) + column.key.dropFirst(kind.name.count)
  }

  func heading(_ key: String) -> String { headings[key] ?? key }

  func continued(_ sheet: String, _ line: Int) -> String {
    isSpanish
      ? " […] [sigue en la hoja «\(sheet)», fila \(line)]"
      : " […] [continues on the sheet “\(sheet)”, row \(line)]"
  }

  private static let english = [
    "consentForm": "consent form", "consentDate": "consent date", "codingsBelow": "with below",
    "otherNames": "other names", "interviewCount": "interviews",
  ]

  private static let spanish = [
    "coding": "codificación", "interview": "entrevista", "title": "título", "kind": "tipo",
    "date": "fecha", "place": "lugar", "region": "región", "province": "provincia",
    "district": "distrito", "participants": "participantes", "roles": "roles", "theme": "tema",
    "coder": "codifica", "quote": "cita", "start": "inicio", "end": "fin", "status": "estado",
    "memo": "memo", "periods": "periodos", "consent": "consentimiento",
    "consentForm": "forma del consentimiento", "consentDate": "fecha del consentimiento",
    "embargo": "embargo", "interviewers": "entrevistadores", "languages": "idiomas",
    "summary": "resumen", "source": "fuente", "codings": "codificaciones", "id": "id",
    "definition": "definición", "colour": "color", "level": "nivel",
    "codingsBelow": "con los de abajo", "participant": "participante", "role": "rol",
    "interviewCount": "entrevistas", "name": "nombre", "otherNames": "otros nombres",
    "within": "dentro de", "code": "código", "latitude": "latitud", "longitude": "longitud",
    "accuracy": "exactitud (m)", "period": "periodo", "sheet": "hoja", "cell": "celda",
    "part": "parte", "text": "texto",
  ]
}
