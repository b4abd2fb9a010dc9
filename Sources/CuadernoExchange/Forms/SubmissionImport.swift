import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Takes submissions of ODK or Kobo in, each as an interview that is known by its submission's id.
///
/// What is mapped becomes fields, and every other answer an attribute named by its question; entries of
/// repeated groups become notes on the interview.
package enum SubmissionImport {
  /// - Throws: ``ExchangeError`` when the mapping names what no file has, or no file has submissions.
  package static func check(_ files: [SubmissionFile], _ mapping: ColumnMapping) throws {
    guard files.contains(where: \.isMain) else {
      throw ExchangeError(.file, .form(.noSubmissions))
    }
    guard !mapping.maps("location") || mapping.maps("place") else {
      throw ExchangeError(.file, .form(.locationWithoutPlace))
    }
    let missing = mapping.missing(from: files.flatMap(\.questions))
    // A list of no submissions has no questions.
    guard missing.isEmpty || files.allSatisfy(\.questions.isEmpty) else {
      let known = Set(files.flatMap(\.questions)).filter { !FormColumn.isSystem($0) }
      throw ExchangeError(
        .file, .form(.unknownQuestions(missing, known: NearNames.sorted(known, near: missing))))
    }
    try checkAttributes(files, mapping)
  }

  /// Two questions that would be written over each other.
  private static func checkAttributes(
    _ files: [SubmissionFile], _ mapping: ColumnMapping
  ) throws {
    var seen = Set<String>()
    var questionOf = [String: String]()
    for submission in files.lazy.flatMap(\.submissions) {
      for question in submission.answers.map(\.question) + submission.points.map(\.question)
      where seen.insert(question).inserted {
        for case .attribute(let name) in mapping.submissionTargets(of: question) {
          if let first = questionOf.updateValue(question, forKey: name) {
            throw ExchangeError(.file, .form(.sameAttribute([first, question])))
          }
        }
      }
    }
  }

  /// Writes the submissions of one file, with their entries in the others.
  package static func write(
    _ file: SubmissionFile, among files: [SubmissionFile], _ mapping: ColumnMapping,
    into writer: inout Writer
  ) throws -> IntakeReport {
    var report = IntakeReport()
    if file.isPage { report.count(.morePages) }
    report.count(.choiceColumns, file.choiceColumns)
    var labels = FreeLabels()
    var entriesOf = [String: [Submission.Entry]]()
    for (parent, entry) in files.flatMap(\.entries) { entriesOf[parent, default: []].append(entry) }
    for submission in file.submissions {
      guard !submission.isClosed else {
        report.count(.encrypted, at: submission.place)
        continue
      }
      var submission = submission
      for key in Set(submission.otherKeys) { submission.entries += entriesOf[key] ?? [] }
      var writing = SubmissionWriting(submission, mapping)
      try writing.write(&report, &labels, into: &writer)
    }
    return report
  }

  /// What no file took: entries without their submission.
  package static func rest(_ files: [SubmissionFile]) -> IntakeReport {
    var report = IntakeReport()
    let keys = Set(files.flatMap(\.submissions).flatMap(\.otherKeys))
    report.count(
      .orphanRepeats, files.flatMap(\.entries).count { !keys.contains($0.parent) })
    return report
  }
}

/// One submission on its way into the notebook.
private struct SubmissionWriting {
  private let submission: Submission
  private let mapping: ColumnMapping
  private let record: RecordID
  private var entry: InterviewEntry

  init(_ submission: Submission, _ mapping: ColumnMapping) {
    self.submission = submission
    self.mapping = mapping
    record = RecordID(madeOf: ["submission", submission.key], [])
    entry = InterviewEntry(at: submission.place)
  }

  mutating func write(
    _ report: inout IntakeReport, _ labels: inout FreeLabels, into writer: inout Writer
  ) throws {
    let isNew = try writer.reader.fetch(Interview.self, record) == nil
    try answers(&report)
    try points(&report)
    if isNew {
      let label = entry.label ?? submission.name ?? String(submission.key.prefix(8))
      entry.label = try labels.free(
        report.line(label, at: submission.place) ?? "—", writer.reader)
    }
    if entry.date == nil, !mapping.maps("date"), let day = submission.day {
      // What the phone noted is no fault of whoever brings it in.
      entry.date = try? mapping.date(day, at: submission.place)
    }
    let written = try entry.write(
      record, makesNames: mapping.makesNames, &report, into: &writer)
    report.tally.count(.interview, written.outcome)
    report.count(.attachments, submission.attachments, at: submission.place)
    for entry in submission.entries { try note(entry, &report, &writer) }
  }

  // MARK: - Answers

  private mutating func answers(_ report: inout IntakeReport) throws {
    let texts = submission.answers.count {
      mapping.targets(of: $0.question)?.contains(.field("text")) ?? false
    }
    for answer in submission.answers {
      for target in mapping.submissionTargets(of: answer.question) {
        switch target {
        case .nothing: continue
        case .attribute(let name):
          guard let name = report.line(name, at: answer.place) else { continue }
          entry.attributes.append(
            Attribute(name: name, value: report.kept(answer.value, at: answer.place).kept))
        case .field("location"):
          throw ExchangeError(answer.place, .form(.notAPoint))
        case .field(let field):
          try entry.take(
            field, report.kept(answer.value, at: answer.place).kept,
            heading: texts > 1 ? answer.question : nil, at: answer.place, mapping)
        }
      }
    }
  }

  private mutating func points(_ report: inout IntakeReport) throws {
    for point in submission.points {
      for target in mapping.submissionTargets(of: point.question) {
        switch target {
        case .nothing: continue
        case .field("location"):
          entry.location = point.location
          entry.places["location"] = point.place
        case .attribute(let name):
          guard let name = report.line(name, at: point.place) else { continue }
          entry.attributes.append(
            Attribute(name: name, value: PointText.text(point.location)))
        case .field(let field):
          try entry.take(
            field, PointText.text(point.location), heading: nil, at: point.place, mapping)
        }
      }
    }
  }

  // MARK: - Repeated groups

  private func note(
    _ entry: Submission.Entry, _ report: inout IntakeReport, _ writer: inout Writer
  ) throws {
    let lines = entry.answers.compactMap { answer -> String? in
      mapping.leavesOut(answer.question, of: entry) ? nil : "\(answer.question): \(answer.value)"
    }
    guard !lines.isEmpty else { return }
    report.count(.repeats)
    let text = (["\(entry.group) \(entry.number)"] + lines).joined(separator: "\n")
    let id = RecordID(
      madeOf: ["submission entry", submission.key, entry.group, entry.number], [])
    let kept = report.kept(text, at: submission.place).kept
    let outcome = try ExchangeError.at(submission.place) {
      try writer.enter(
        id, .note,
        [
          FieldEdit(.Note.about, value: .reference(record.rawValue)), FieldEdit(.Note.text, kept),
        ], keeping: &report)
    }
    report.tally.count(.note, outcome)
  }
}
