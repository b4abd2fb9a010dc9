import ArgumentParser
import CuadernoExchange
import CuadernoModel

/// The language that a report's own words are in; people's words stay as they are.
enum ReportLanguage: String, CaseIterable, ExpressibleByArgument {
  case en, es

  func heading(_ dimension: String) -> String {
    switch (self, dimension) {
    case (.es, "period"): "periodo"
    case (.es, "place"): "lugar"
    case (.es, "kind"): "tipo"
    case (.es, "role"): "rol"
    case (.es, "coder"): "codifica"
    case (.es, "interview"): "entrevista"
    case (.es, "participant"): "participante"
    case (.es, "consent"): "consentimiento"
    default: dimension
    }
  }

  func name(_ kind: InterviewKind) -> String {
    switch (self, kind) {
    case (.es, .interview): "entrevista"
    case (.es, .focusGroup): "grupo focal"
    case (.es, .observation): "observación"
    case (.es, .document): "documento"
    case (.en, _): kind.rawValue
    }
  }

  var theme: String { self == .es ? "tema" : "theme" }
  fileprivate var passages: String { self == .es ? "pasajes" : "passages" }
  fileprivate var texts: String { self == .es ? "textos" : "texts" }
  fileprivate var quotes: String { self == .es ? "citas" : "quotes" }
}

/// An evidence table as it is written.
struct EvidenceSheet {
  struct Quote {
    var words: String
    var attribution: String

    /// On one line, in the quotation marks of the language.
    func line(in language: ReportLanguage) -> String {
      let words = words.split(whereSeparator: \.isNewline).joined(separator: " ")
      let quoted = language == .es ? "«\(words)»" : "“\(words)”"
      return attribution.isEmpty ? quoted : "\(quoted) (\(attribution))"
    }
  }

  struct Line {
    /// One for each heading.
    var cells: [String]
    var passages: Int
    var texts: Int
    var quotes: [Quote]
  }

  let headings: [String]
  let language: ReportLanguage
  var lines: [Line] = []
  /// Passages that are counted and must not be quoted.
  var withheld = 0
  /// What is said where there is no line.
  var whenEmpty = "No passage with these themes is like that."

  init(_ headings: [String], in language: ReportLanguage) {
    self.headings = headings
    self.language = language
  }

  private var allHeadings: [String] {
    headings + [language.passages, language.texts, language.quotes]
  }

  var table: Table {
    Table(
      allHeadings.map { Table.Column($0, Terminal.harmless($0).uppercased()) },
      rows: lines.map { line in
        line.cells.map { .string($0) } + [
          .integer(line.passages), .integer(line.texts),
          .array(line.quotes.map { .string($0.line(in: language)) }),
        ]
      }, whenEmpty: whenEmpty)
  }

  var rows: [[CSVWriter.Cell]] {
    [allHeadings.map { .text($0) }]
      + lines.map { line in
        line.cells.map { .text($0) } + [
          .integer(line.passages), .integer(line.texts),
          .text(line.quotes.map { $0.line(in: language) }.joined(separator: "\n")),
        ]
      }
  }

  var markdown: String {
    MarkdownTable.text(
      headings: allHeadings,
      rows: lines.map { line in
        line.cells.map { [$0] } + [
          [String(line.passages)], [String(line.texts)],
          line.quotes.map { $0.line(in: language) },
        ]
      })
  }
}
