import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct InterviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interview",
    abstract: "Interviews, focus groups, observations and documents.",
    subcommands: [
      InterviewAdd.self, InterviewEdit.self, InterviewShow.self, InterviewList.self,
      InterviewDelete.self, InterviewImportCommand.self,
    ])
}

struct InterviewAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add an interview.",
    discussion: """
      Examples:
        cuaderno interview add --label TOC-017 --date 2017-05-12 --place Tocache --editor
        cuaderno interview add --label TOC-018 --participant "Rosa Q." --file toc-018.txt
        cuaderno interview add --kind document --title "Acta" --source "Municipalidad, 1998" --file -
      """)

  @OptionGroup(title: "Fields") var fields: InterviewFields
  @OptionGroup(title: "Text") var text: TextOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.add(.interview, text, into: .Interview.text) { collector in
      try fields.collect(into: &collector, current: nil)
      if fields.kind == nil { collector.set(.Interview.kind, InterviewKind.interview.rawValue) }
    }
  }
}

struct InterviewEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Change an interview.",
    discussion: """
      Only what you give is changed. Codings stay on their words when the text changes.
      Examples:
        cuaderno interview edit TOC-017 --place "Tocache > Pólvora"
        cuaderno interview edit TOC-017 --editor
      """)

  @Argument(help: "Label or id.")
  var interview: String

  @OptionGroup(title: "Fields") var fields: InterviewFields
  @OptionGroup(title: "Text") var text: TextOptions
  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(interview, .interview, text, into: .Interview.text) { collector, id in
      let now = try collector.reader.fetch(Interview.self, id)
      try fields.collect(into: &collector, current: now)
      try collector.clear(clear.clear, of: .interview)
    }
  }
}

struct InterviewShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an interview with its text.")

  @Argument(help: "Label or id.")
  var interview: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let id = try reader.resolve(interview, .interview).id
      options.show(.card(try reader.card(id, .interview)))
    }
  }
}

struct InterviewList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the interviews.")

  @Option(name: .long, help: "Only those at a place, or at one below it.")
  var place: String?

  @Option(name: .long, help: "Only those of a kind.")
  var kind: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let paths = try reader.placePaths()
      let place = try place.map { try reader.resolve($0, .place).id }
      let kinds = try kind.map { try reader.criterion(.interviewKind, [$0]).values }
      let participants = try reader.references(.Interview.participants)
      let pseudonyms = Dictionary(
        try reader.fetchAll(Participant.self).map { ($0.id, $0.pseudonym ?? "") },
        uniquingKeysWith: { first, _ in first })
      let lengths = try reader.textLengths(of: .interview)
      let listing = Listing(
        [
          .init("id", isForPrograms: true), .init("shortID", "ID"), .init("label"),
          .init("date"), .init("kind"), .init("place"), .init("participants"),
          .init("title"), .init("characters"),
        ], whenEmpty: "No interviews. Add one with `cuaderno interview add`."
      ) { add in
        try reader.forEach(InterviewFacts.self) { interview in
          if let place {
            guard let own = interview.place, paths.tree.isWithin(own.rawValue, place.rawValue)
            else { return }
          }
          if let kinds, !kinds.contains(interview.kind?.rawValue ?? "") { return }
          let names = participants[interview.id, default: []].map { pseudonyms[$0] ?? "" }
          try add([
            .string(interview.id.description), .string(interview.id.short),
            .string(interview.label), .string(interview.date?.description),
            .string(interview.kind?.rawValue), .string(interview.place.map(paths.path)),
            .array(names.sorted().map { .string($0) }), .string(interview.title),
            .integer(lengths[interview.id, default: 0]),
          ])
        }
      }
      try options.show(listing)
    }
  }
}

struct InterviewDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete an interview with the codings and notes on it.",
    discussion: """
      What somebody else wrote to it meanwhile keeps it alive, and you will be told. The log keeps \
      what it was.
      """)

  @Argument(help: "Label or id.")
  var interview: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(interview, .interview)
  }
}
