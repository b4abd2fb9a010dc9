import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct ParticipantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "participant",
    abstract: "The people interviewed, by pseudonym.",
    discussion: """
      Never write a real name here. What you write is shared with your team; the real names stay \
      with you, outside the notebook.
      """,
    subcommands: [
      ParticipantAdd.self, ParticipantEdit.self, ParticipantShow.self, ParticipantList.self,
      ParticipantDelete.self,
    ])
}

struct ParticipantFields: ParsableArguments {
  @Option(name: .long, help: "What kind of informant: farmer, mayor, official …")
  var role: String?

  @Option(
    name: .long,
    help: ArgumentHelp("An attribute; several are possible.", valueName: "name=value"))
  var attribute: [String] = []

  func collect(into collector: inout FieldCollector) throws {
    collector.set(.Participant.role, role)
    try collector.setAttributes(.Participant.attributes, attribute)
  }
}

struct ParticipantAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a participant.",
    discussion: "Example: cuaderno participant add \"Rosa Q.\" --role agricultora")

  @Argument(help: "A pseudonym, never the real name.")
  var pseudonym: String

  @OptionGroup(title: "Fields") var fields: ParticipantFields
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.add(.participant) { collector in
      collector.set(.Participant.pseudonym, pseudonym)
      try fields.collect(into: &collector)
    }
  }
}

struct ParticipantEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a participant.")

  @Argument(help: "Pseudonym or id.")
  var participant: String

  @Option(name: .long, help: "A new pseudonym.")
  var pseudonym: String?

  @OptionGroup(title: "Fields") var fields: ParticipantFields
  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(participant, .participant) { collector, _ in
      collector.set(.Participant.pseudonym, pseudonym)
      try fields.collect(into: &collector)
      try collector.clear(clear.clear, of: .participant)
    }
  }
}

struct ParticipantShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a participant.")

  @Argument(help: "Pseudonym or id.")
  var participant: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let id = try reader.resolve(participant, .participant).id
      options.show(.card(try reader.card(id, .participant)))
    }
  }
}

struct ParticipantList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the participants.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let interviews = try reader.references(.Interview.participants).values.joined()
      let counts = Dictionary(interviews.map { ($0, 1) }, uniquingKeysWith: +)
      let rows = try reader.fetchAll(Participant.self)
        .sorted { ($0.pseudonym ?? "") < ($1.pseudonym ?? "") }
        .map { participant -> [JSON] in
          [
            .string(participant.id.description), .string(participant.id.short),
            .string(participant.pseudonym), .string(participant.role),
            .integer(counts[participant.id, default: 0]),
          ]
        }
      options.show(
        .table(
          Table(
            [
              .init("id", isForPrograms: true), .init("shortID", "ID"), .init("pseudonym"),
              .init("role"), .init("interviews"),
            ], rows: rows,
            whenEmpty: "No participants. Add one with `cuaderno participant add PSEUDONYM`.")))
    }
  }
}

struct ParticipantDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a participant whom no interview names.")

  @Argument(help: "Pseudonym or id.")
  var participant: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(participant, .participant)
  }
}
