import CuadernoModel
import CuadernoNotebook

/// What taking in the files of another program came to: what was written, and what could not be taken
/// as it is, with its place in the file.
package struct IntakeReport: Sendable {
  package enum Line: String, CaseIterable, Sendable {
    // Taguette.
    case unplacedHighlights, untaggedHighlights, danglingTags, danglingHighlights
    case movedEnds
    // Tables and submissions.
    case newPlaces, newParticipants, skippedColumns, systemColumns, choiceColumns
    case encrypted, repeats, orphanRepeats, attachments, placedPoints, unplacedPoints, morePages
    // Converted documents.
    case comments, emptyPages, pictures, unknownCharacters
    // JSON Lines.
    case danglingReferences
    // All.
    case controlCharacters, shortened, editedTexts, editedFields
  }

  /// The most places that are told of each line.
  package static let placesMax = 5

  package var tally = ImportTally()
  package private(set) var counts: [Line: Int] = [:]
  package private(set) var places: [Line: [ExchangeError.Place]] = [:]

  package init() {}

  mutating func count(_ line: Line, _ number: Int = 1, at place: ExchangeError.Place? = nil) {
    guard number > 0 else { return }
    counts[line, default: 0] += number
    if let place, places[line, default: []].count < Self.placesMax {
      places[line, default: []].append(place)
    }
  }

  /// One report of several files.
  package mutating func add(_ other: IntakeReport) {
    tally.add(other.tally)
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// A text as it is kept, with control characters as spaces.
  mutating func kept(_ text: String, at place: ExchangeError.Place) -> IncomingText {
    let incoming = IncomingText(text)
    count(.controlCharacters, incoming.controlCharacters, at: place)
    return incoming
  }

  /// A line as it is kept; nil when there is nothing in it.
  mutating func line(_ text: String?, at place: ExchangeError.Place) -> String? {
    guard let text else { return nil }
    let line = KeptLine(text)
    count(.controlCharacters, line.controlCharacters, at: place)
    if line.isShortened { count(.shortened, at: place) }
    return line.text.isEmpty ? nil : line.text
  }
}

extension IntakeReport.Line {
  /// What a person is told after the number.
  package var words: String {
    switch self {
    case .unplacedHighlights:
      "highlights whose place in the text does not hold their words; kept as notes"
    case .untaggedHighlights: "highlights without a tag; kept as notes"
    case .danglingTags: "tags of highlights that are not in the file; passed over"
    case .danglingHighlights: "highlights whose document is not in the file; left out"
    case .movedEnds: "highlights that began or ended inside a character; they hold all of it now"
    case .newPlaces: "places that were not there yet"
    case .newParticipants: "participants who were not there yet"
    case .skippedColumns: "columns left out, as you said"
    case .systemColumns: "columns of the server (who sent it, when, with what); left out"
    case .choiceColumns:
      "columns that say again, choice by choice, what another column says; left out"
    case .encrypted: "encrypted submissions, in which nothing can be read; left out"
    case .repeats: "entries of repeated groups; kept as notes on their interview"
    case .orphanRepeats: "entries of repeated groups whose submission is in no file; left out"
    case .attachments: "pictures, recordings and other files that were sent along; not taken"
    case .placedPoints: "points that became the location of a place"
    case .unplacedPoints: "points kept as attributes, since their place has a location already"
    case .morePages: "files that are one page of several; bring in the others too"
    case .comments: "comments; kept as notes with the words that they are about"
    case .emptyPages:
      "pages without text, which are pictures; only their words by OCR could be taken"
    case .pictures: "pictures; left out"
    case .unknownCharacters:
      "letters in a code page that is not known, each of which is \u{FFFD} now; save the document as "
        + "DOCX and bring that in"
    case .danglingReferences:
      "references to records that are neither in the file nor here; kept, for those may come later"
    case .controlCharacters: "control characters, which no text here may have; they are spaces now"
    case .editedTexts: "texts kept as edited here"
    case .editedFields: "other fields kept as edited here"
    case .shortened: "names of more than 1,000 bytes; shortened"
    }
  }
}

/// A name of another program as one line of ours: no line ends, no control characters, and no longer
/// than a line may be.
struct KeptLine {
  let text: String
  let controlCharacters: Int
  let isShortened: Bool

  init(_ given: String) {
    let (cleaned, count) = ControlCharacters.asSpaces(given)
    controlCharacters = count
    var line = String.UnicodeScalarView()
    for scalar in TextEntry.normalised(cleaned).unicodeScalars {
      line.append(scalar == "\n" ? " " : scalar)
    }
    let whole = String(line).trimmed
    isShortened = whole.utf8.count > Limits.lineBytes
    guard isShortened else {
      text = whole
      return
    }
    var bytes = 0
    var short = String.UnicodeScalarView()
    for scalar in whole.unicodeScalars {
      bytes += Int(UTF8.width(scalar))
      guard bytes <= Limits.lineBytes else { break }
      short.append(scalar)
    }
    text = TextEntry.normalised(String(short)).trimmed
  }
}
