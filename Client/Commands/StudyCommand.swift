import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "The study itself: title, periods, attribute definitions, members and blind coding.",
    subcommands: [
      StudyShow.self, StudyEdit.self, StudyPeriod.self, StudyAttribute.self,
      StudyBlind.self,
    ])
}

struct StudyShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the study.")

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      options.show(.card(try reader.card(reader.studyRecord, .study)))
    }
  }
}

struct StudyEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change the title or description.")

  @Option(name: .long, help: "A new title.")
  var title: String?

  @Option(name: .long, help: "A description.")
  var description: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.changeStudy { writer in
      var edits = [FieldEdit]()
      if let title { edits.append(FieldEdit(.Study.title, title)) }
      if let description { edits.append(FieldEdit(.Study.description, description)) }
      guard !edits.isEmpty else { throw ValidationError("give --title or --description") }
      return edits
    }
  }
}

struct StudyPeriod: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "period",
    abstract: "Set a period that the study compares, or take one away.",
    discussion: """
      Example: cuaderno study period "Erradicación y sustitución" --from 2001 --to 2011
      """)

  @Argument(help: "Its name.")
  var name: String

  @Option(name: .long, help: "Its first day, month or year.")
  var from: String?

  @Option(name: .long, help: "Its last day, month or year, which belongs to it.")
  var to: String?

  @Option(name: .long, help: "A description.")
  var description: String?

  @Flag(name: .long, help: "Take the period away.")
  var remove = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.changeStudy { writer in
      let period = Period(
        name: name, from: try from.map { try PartialDate(typed: $0, "from") },
        to: try to.map { try PartialDate(typed: $0, "to") }, description: description ?? "",
        isDefined: !remove)
      return [
        FieldEdit(.Study.periods, key: writer.keys.key(named: name), value: .period(period))
      ]
    }
  }
}

struct StudyAttribute: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribute",
    abstract: "Define an attribute of a kind of record, or take a definition away.",
    discussion: """
      What is defined is checked when it is written.
      Example: cuaderno study attribute género --of participant --type choice \
      --choice mujer --choice hombre --choice otro
      """)

  @Argument(help: "Its name.")
  var name: String

  @Option(name: .customLong("of"), help: "interview, participant, place or theme.")
  var kind: String

  @Option(name: .long, help: "text, integer, number, boolean, date or choice.")
  var type = "text"

  @Option(name: .long, help: "A value of a choice; several are possible.")
  var choice: [String] = []

  @Option(name: .long, help: "A description.")
  var description: String?

  @Flag(name: .long, help: "Take the definition away; the values stay.")
  var remove = false

  @OptionGroup var options: NotebookOptions

  func run() throws {
    let kinds = Kind.allCases.filter { kind in
      Field.fields(of: kind).contains { $0.shape == .attributes }
    }
    guard let record = Kind(name: kind), kinds.contains(record) else {
      throw NotebookError.fault(.notAChoice(field: "--of", choices: kinds.map(\.name)))
    }
    guard let type = AttributeDefinition.ValueType(rawValue: type) else {
      throw NotebookError.fault(
        .notAChoice(
          field: "--type", choices: AttributeDefinition.ValueType.allCases.map(\.rawValue)))
    }
    try options.changeStudy { writer in
      let definition = AttributeDefinition(
        name: name, record: record, type: type, description: description ?? "", choices: choice,
        isDefined: !remove)
      return [
        FieldEdit(
          .Study.attributeDefinitions,
          key: writer.keys.key(definitionNamed: name, of: record),
          value: .attributeDefinition(definition))
      ]
    }
  }
}

extension NotebookOptions {
  func changeStudy(_ edits: (inout Writer) throws -> [FieldEdit]) throws {
    let (id, isChanged) = try write { writer in
      let id = writer.reader.studyRecord
      return (id, try writer.put(id, .study, edits(&writer)))
    }
    showWritten(isChanged ? "Changed" : "Nothing new in", id, .study, "")
  }
}
