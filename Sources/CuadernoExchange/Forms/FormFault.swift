/// Why a file of submissions was refused.
package enum FormFault: Hashable, Sendable {
  case noKey
  case emptyKey
  case repeatedKey
  case noSubmissions
  case notSubmissions
  case notASubmission
  case json(JSONFault)
  case deepRepeat
  case tooManyEntries(Int)
  case locationWithoutPlace
  case notAPoint
  case unknownQuestions([String], known: [String])
  case sameAttribute([String])
}

extension FormFault: CustomStringConvertible {
  /// The most questions that are named to somebody who looked for another one.
  private static let questionsMax = 12

  private static func list(_ known: [String]) -> String {
    "; \(known.count > questionsMax ? "the nearest are" : "there are"): "
      + known.prefix(questionsMax).joined(separator: ", ")
  }

  package var description: String {
    switch self {
    case .noKey:
      "table has neither a column KEY nor one _uuid or meta/rootUuid, by which a submission is known "
        + "again; export it anew from ODK or Kobo with all columns, or bring it in with "
        + "`cuaderno import interviews`"
    case .emptyKey: "submission has no id; export it anew from ODK or Kobo"
    case .repeatedKey: "another submission of the file has the same id"
    case .noSubmissions: "no file holds submissions; repeated groups alone belong to none"
    case .notSubmissions:
      "JSON is neither a list of submissions nor an object with one under value (ODK) or results (Kobo)"
    case .notASubmission: "entry is no object with answers"
    case .json(.cutOff): "JSON ends in the middle of a value; download the file again"
    case .json(.textAfterValue): "more after the end of the JSON; download the file again"
    case .json(let fault): fault.description
    case .deepRepeat:
      "entries are of a repeated group inside another one, whose file does not say to which "
        + "submission; download it with $expand=*"
    case .tooManyEntries(let count):
      "submission has \(count) entries of repeated groups; the limit is \(Submission.entriesMax)"
    case .locationWithoutPlace:
      "a location is that of a place; say with --map place=QUESTION which place it is"
    case .notAPoint:
      "answer is no point, and a location comes from a question for a point (geopoint); leave out --map "
        + "location=… to keep it as an attribute"
    case .unknownQuestions(let names, let known):
      "no file has the question \(names.joined(separator: " or "))"
        + (known.isEmpty ? "" : Self.list(known))
    case .sameAttribute(let names):
      "the questions \(names.joined(separator: " and ")) would be one attribute; give one of them "
        + "another with --map attribute:NAME=QUESTION, or leave it out with --skip"
    }
  }
}
