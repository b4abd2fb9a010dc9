import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Puts drafts into a notebook: a label that is there already is that interview, brought up to date;
/// what a draft does not say is left alone.
package enum InterviewImport {
  @discardableResult
  package static func write(
    _ draft: InterviewDraft, into writer: inout Writer
  ) throws -> ImportTally {
    var tally = ImportTally()
    tally.count(.interview, try enter(draft, &writer))
    return tally
  }

  private static func enter(
    _ draft: InterviewDraft, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    let references = References()
    let found = try references.own(draft.label, .interview, writer.reader)
    guard found.count <= 1 else {
      throw ExchangeError(
        draft.line(of: "label"), .ambiguous(.interview, matches: found.count))
    }
    var edits = [
      // A label that was found keeps the spelling that it has.
      FieldEdit(.Interview.label, found.isEmpty ? draft.label : nil),
      FieldEdit(.Interview.title, draft.title),
      FieldEdit(.Interview.kind, draft.kind?.rawValue),
      FieldEdit(.Interview.date, value: draft.date.map(Value.date)),
      FieldEdit(.Interview.consent, value: draft.consent.map(Value.consent)),
      FieldEdit(.Interview.source, draft.source), FieldEdit(.Interview.summary, draft.summary),
      FieldEdit(.Interview.text, draft.text),
      FieldEdit(.Interview.interviewers, value: list(draft.interviewers)),
      FieldEdit(.Interview.languages, value: list(draft.languages)),
    ].filter { $0.value != nil }
    if let path = draft.placePath {
      let place = try references.one(path, .place, at: draft.line(of: "place"), writer.reader)
      edits.append(FieldEdit(.Interview.place, value: .reference(place.rawValue)))
    }
    for pseudonym in draft.participants {
      let participant = try references.one(
        pseudonym, .participant, at: draft.line(of: "participants"), writer.reader)
      edits.append(
        FieldEdit(
          .Interview.participants, key: writer.keys.key(participant.rawValue),
          value: .membership(participant.rawValue, isMember: true)))
    }
    for attribute in draft.attributes {
      edits.append(
        FieldEdit(
          .Interview.attributes, key: writer.keys.key(named: attribute.name),
          value: .attribute(attribute)))
    }
    return try ExchangeError.at(.file) {
      try writer.enter(found.first ?? writer.newID(), .interview, edits)
    }
  }

  private static func list(_ entries: [String]) -> Value? {
    entries.isEmpty ? nil : .list(entries)
  }
}
