/// The questions of a form that come in without anybody having named them, by their names: among them may
/// be one for names or telephones.
package struct UnnamedQuestions: Hashable, Sendable {
  /// Each an attribute of its interview.
  package private(set) var attributes: [String] = []
  /// Of repeated groups: they stand in the notes.
  package private(set) var inNotes: [String] = []

  package init(_ files: [SubmissionFile], _ mapping: ColumnMapping) {
    var seen = Set<String>()
    for submission in files.lazy.flatMap(\.submissions) where !submission.isClosed {
      let questions = submission.answers.map(\.question) + submission.points.map(\.question)
      for question in questions where !mapping.says(question) {
        guard mapping.submissionTargets(of: question) == [.attribute(question)],
          seen.insert(question).inserted
        else { continue }
        attributes.append(question)
      }
    }
    let own = files.lazy.flatMap(\.submissions).flatMap(\.entries)
    for entry in Array(own) + files.flatMap({ $0.entries.map(\.entry) }) {
      for answer in entry.answers where !mapping.leavesOut(answer.question, of: entry) {
        let name = entry.group + "/" + answer.question
        if seen.insert(name).inserted { inNotes.append(name) }
      }
    }
  }
}

extension ColumnMapping {
  /// What an answer of a form becomes. A question may be called as a field is; only what was said counts
  /// for it.
  func submissionTargets(of question: String) -> [Target] {
    if says(question) { return targets(of: question) ?? [] }
    if FormColumn.isSystem(question) { return [.nothing] }
    return rest == .skip ? [.nothing] : [.attribute(question)]
  }

  /// Whether an answer in a repeated group does not come into its note.
  func leavesOut(_ question: String, of entry: Submission.Entry) -> Bool {
    skips(question) || skips(entry.group + "/" + question) || skips(entry.group)
      || FormColumn.isSystem(question)
  }
}
