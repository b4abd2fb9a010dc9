import ArgumentParser
import CuadernoModel
import CuadernoNotebook

/// The fields of an interview as options.
struct InterviewFields: ParsableArguments {
  @Option(name: .long, help: "A short label such as TOC-017, by which you will find it.")
  var label: String?

  @Option(name: .long, help: "A title.")
  var title: String?

  @Option(name: .long, help: "interview, focus group, observation or document.")
  var kind: String?

  @Option(
    name: .long,
    help: "2017, 2017-05, 2017-05-12, or 2017-05-12T09:30 America/Lima, as precisely as known.")
  var date: String?

  @Option(name: .long, help: "The place, by name or path.")
  var place: String?

  @Option(name: .long, help: "A participant by pseudonym; may be given several times.")
  var participant: [String] = []

  @Option(name: .long, help: "A participant to take off the list.")
  var removeParticipant: [String] = []

  @Option(name: .long, help: "Who asked the questions; may be given several times.")
  var interviewer: [String] = []

  @Option(name: .long, help: "A language as a BCP 47 tag: es, qu, es-PE; several are possible.")
  var language: [String] = []

  @Option(name: .long, help: "How consent was given: oral, written, recorded.")
  var consent: String?

  @Option(name: .long, help: "may quote, may paraphrase, may archive or withdrawn.")
  var consentLevel: String?

  @Option(name: .long, help: "When consent was given.")
  var consentDate: String?

  @Option(name: .long, help: "Until when nothing may be published.")
  var embargo: String?

  @Option(name: .long, help: "A summary.")
  var summary: String?

  @Option(name: .long, help: "For a document: its citation or URL.")
  var source: String?

  @Option(
    name: .long,
    help: ArgumentHelp("An attribute; several are possible.", valueName: "name=value"))
  var attribute: [String] = []

  func collect(into collector: inout FieldCollector, current: Interview?) throws {
    collector.set(.Interview.label, label)
    collector.set(.Interview.title, title)
    collector.set(.Interview.kind, kind)
    try collector.setDate(.Interview.date, date)
    try collector.setReference(.Interview.place, place, .place)
    try collector.setMembers(
      .Interview.participants, add: participant, remove: removeParticipant, .participant)
    collector.setList(.Interview.interviewers, interviewer)
    collector.setList(.Interview.languages, language)
    try collectConsent(into: &collector, current: current?.consent)
    collector.set(.Interview.summary, summary)
    collector.set(.Interview.source, source)
    try collector.setAttributes(.Interview.attributes, attribute)
  }

  /// Consent is one value, so what is not given stays as it is.
  private func collectConsent(into collector: inout FieldCollector, current: Consent?) throws {
    guard [consent, consentLevel, consentDate, embargo].contains(where: { $0 != nil }) else {
      return
    }
    guard let form = consent ?? current?.form else {
      throw ValidationError("say with --consent how consent was given: oral, written, recorded")
    }
    let level = try consentLevel.map { text in
      guard let level = ConsentLevel(rawValue: text) else {
        let choices = ConsentLevel.allCases.map(\.rawValue)
        throw NotebookError.fault(.notAChoice(field: "consent level", choices: choices))
      }
      return level
    }
    guard let level = level ?? current?.level else {
      throw ValidationError(
        "say with --consent-level what was allowed: may quote, may paraphrase, may archive or "
          + "withdrawn")
    }
    collector.append(
      .Interview.consent,
      value: .consent(
        Consent(
          form: form, level: level,
          date: try consentDate.map { try PartialDate(typed: $0, "consent date") } ?? current?.date,
          embargo: try embargo.map { try PartialDate(typed: $0, "embargo") } ?? current?.embargo)))
  }
}
