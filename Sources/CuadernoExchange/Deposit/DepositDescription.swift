import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What is told of a study that goes to an archive: only what can be said of the texts that go.
struct DepositDescription {
  var title: String
  var description: String?
  /// The study's id, as a URN.
  var identifier: String
  /// The day on which it is written, as ISO 8601 has it.
  var written: String
  var creators: [String]
  var rights: String?
  var keywords: [String]
  var periods: [(name: String, from: String?, to: String?)]
  /// The first and the last that is known of the texts.
  var dates: (first: String, last: String)?
  var countries: [String]
  var places: [String]
  var roles: [String]
  var languages: [String]
  var kinds: [(name: String, count: Int)]
  var texts: Int
  /// Those that were looked at, with the ones that were left out.
  var all: Int
  var hasTexts: Bool
  var words: DepositWords
}

/// The words of a deposit's own.
struct DepositWords {
  private let isSpanish: Bool

  init(_ language: StudyReport.Language) { isSpanish = language == .spanish }

  var code: String { isSpanish ? "es" : "en" }
  var unit: String { isSpanish ? "Individuo" : "Individual" }
  var dataKind: String {
    isSpanish ? "Texto: transcripciones de entrevistas" : "Text: interview transcripts"
  }
  var untitled: String { isSpanish ? "Estudio sin título" : "Untitled study" }

  func size(_ texts: Int) -> String { isSpanish ? "\(texts) textos" : "\(texts) texts" }

  func consent(_ texts: Int, _ all: Int) -> String {
    isSpanish
      ? "Solo los textos cuyo consentimiento permite archivarlos y que no están bajo embargo: "
        + "\(texts) de \(all)."
      : "Only the texts whose consent allows archiving and that are under no embargo: "
        + "\(texts) of \(all)."
  }

  func name(_ kind: InterviewKind) -> String {
    switch (isSpanish, kind) {
    case (true, .interview): "entrevista"
    case (true, .focusGroup): "grupo focal"
    case (true, .observation): "observación"
    case (true, .document): "documento"
    case (false, _): kind.rawValue
    }
  }

  func heading(_ key: String) -> String {
    let spanish = [
      "number": "número", "interview": "entrevista", "file": "archivo", "kind": "tipo",
      "date": "fecha", "place": "lugar", "participants": "participantes", "roles": "roles",
      "languages": "idiomas", "words": "palabras", "characters": "caracteres",
      "title": "título", "source": "fuente", "participant": "participante",
    ]
    return isSpanish ? spanish[key] ?? key : key
  }
}
