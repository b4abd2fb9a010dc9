/// What taking in a project came to: what was written, which unit its positions count, and what could
/// not be taken as it is, with its place in the file.
package struct QDAImportReport: Sendable {
  package enum Line: String, CaseIterable, Sendable {
    case unplacedSelections, uncodedSelections, danglingCodes, mediaSources, mediaSelections
    case links, missingTexts, sets, caseParts, graphs, noteReferences, danglingReferences
    case repeatedIDs, missingIDs, movedEnds, wholeTexts, controlCharacters, shortened, colours
    case unfitValues, severalValues, doubtfulUnit, furtherTexts, setNotes, emptySets
    case editedTexts, editedFields
  }

  /// The most places that are told of each line.
  package static let placesMax = 5

  package var tally = ImportTally()
  package internal(set) var unit: PositionUnit?
  package private(set) var counts: [Line: Int] = [:]
  package private(set) var places: [Line: [ExchangeError.Place]] = [:]

  mutating func count(_ line: Line, _ number: Int = 1, at place: ExchangeError.Place? = nil) {
    count(line, number, at: place.map { [$0] } ?? [])
  }

  /// How much stays as it was edited here.
  mutating func take(_ kept: IntakeReport) {
    count(.editedTexts, kept.counts[.editedTexts] ?? 0)
    count(.editedFields, kept.counts[.editedFields] ?? 0)
  }

  mutating func count(_ line: Line, _ number: Int, at found: [ExchangeError.Place]) {
    guard number > 0 else { return }
    counts[line, default: 0] += number
    let room = Self.placesMax - places[line, default: []].count
    if room > 0, !found.isEmpty { places[line, default: []] += found.prefix(room) }
  }
}

extension QDAImportReport.Line {
  /// What a person is told after the number.
  package var words: String {
    switch self {
    case .unplacedSelections: "selections that do not lie in their text; kept as notes"
    case .uncodedSelections: "selections without a code; kept as notes"
    case .danglingCodes: "codings whose code is not in the file; kept as notes"
    case .mediaSources:
      "pictures, recordings and PDFs; kept as documents, with their text if they have one"
    case .mediaSelections: "selections in pictures, recordings and PDFs; kept as notes"
    case .links: "links; kept as notes"
    case .missingTexts: "sources whose text is not in the file as plain text; kept without it"
    case .sets: "sets; kept as attributes of what is in them"
    case .caseParts: "codes and passages of cases; left out"
    case .graphs: "graphs; left out"
    case .noteReferences: "notes that are about several things; kept about the first"
    case .danglingReferences: "references to what is not in the file; passed over"
    case .repeatedIDs: "ids that were there already; what came later got others"
    case .missingIDs: "things without an id; they got one made of what they are"
    case .movedEnds: "selections that began or ended inside a character; they hold all of it now"
    case .wholeTexts: "codings of a whole source; they lie on its whole text"
    case .controlCharacters: "control characters, which no text here may have; they are spaces now"
    case .shortened: "names of more than 1,000 bytes; shortened"
    case .colours: "colours that are not written as #rrggbb; left out"
    case .unfitValues: "attributes whose values do not fit their type; taken as text"
    case .severalValues:
      "values beside another one of the same variable; put behind it, or kept as notes"
    case .furtherTexts: "further transcripts of recordings; each is a document of its own"
    case .setNotes:
      "sets without a text and a code, or with notes in them; kept as notes of the study"
    case .emptySets: "sets without a code; left out"
    case .editedTexts: IntakeReport.Line.editedTexts.words
    case .editedFields: IntakeReport.Line.editedFields.words
    case .doubtfulUnit:
      "selections that would lie elsewhere, as well as here, if positions counted something else; "
        + "look at some of them"
    }
  }
}

extension ExchangeError.Place {
  /// For a list of places.
  package var words: String {
    switch self {
    case .file: "the file"
    case .byte(let offset): "byte \(offset)"
    case .line(let line): "line \(line)"
    case .lineByte(let line, let byte): "line \(line), byte \(byte)"
    case .lineColumn(let line, let column): "line \(line), column \(column)"
    case .cell(let line, let column): "line \(line), column \(column)"
    case .column(let number): "column \(number)"
    case .entry(let number): "entry \(number)"
    case .inEntry(let number, let inner): "entry \(number), \(inner.words)"
    case .row(let table, let id): "table \(table), row \(id)"
    case .submission(let number, nil): "submission \(number)"
    case .submission(let number, let question?): "submission \(number), question \(question)"
    }
  }
}
