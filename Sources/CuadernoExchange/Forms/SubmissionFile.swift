import CuadernoNotebook

/// A file of submissions, or of entries of a repeated group, looked through before anything is written.
package struct SubmissionFile: Sendable {
  let submissions: [Submission]
  let entries: [(parent: String, entry: Submission.Entry)]
  /// Every question that the file knows.
  let questions: [String]
  let choiceColumns: Int
  let isPage: Bool

  /// By which its submissions are known again.
  package var keys: [String] { submissions.map(\.key) }

  package var isMain: Bool { !submissions.isEmpty || entries.isEmpty }

  /// - Parameter fileName: by which a repeated group is called that has no name of its own.
  /// - Throws: ``ExchangeError``
  package init(
    _ bytes: [UInt8], as encoding: TextEncoding? = nil, fileName: String
  ) throws {
    guard !bytes.isEmpty else { throw ExchangeError(.file, .bytes(.empty)) }
    let first = bytes[TextDecoding.markByteCount(bytes)...]
      .first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      let json = try SubmissionJSON(bytes, fileName: fileName)
      submissions = json.submissions
      entries = json.entries
      isPage = json.isPage
      choiceColumns = 0
      let all = submissions.flatMap { submission in
        submission.answers.map(\.question) + submission.points.map(\.question)
          + submission.entries.flatMap { entry in
            entry.answers.flatMap { [$0.question, entry.group + "/" + $0.question] }
          }
      }
      questions = Array(Set(all + entries.flatMap { $0.entry.answers.map(\.question) }))
      return
    }
    let table = SubmissionTable(try CSVTable(try TextDecoding.lines(bytes, as: encoding)))
    let isRepeat = table.isRepeat
    submissions = isRepeat ? [] : try table.submissions()
    entries = isRepeat ? try table.entries(fileName: fileName) : []
    questions = table.questions
    choiceColumns = table.choiceColumns
    isPage = false
  }
}
