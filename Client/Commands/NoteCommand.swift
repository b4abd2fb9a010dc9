import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Foundation

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Field notes and memos, about any record.",
    subcommands: [NoteAdd.self, NoteEdit.self, NoteList.self, NoteDelete.self])
}

struct NoteAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a note.",
    discussion: """
      Examples:
        cuaderno note add --about TOC-017 --text "Pidió apagar la grabadora al hablar del puesto."
        cuaderno note add --about "Confianza en el Estado" --editor
      """)

  @Option(
    name: .long,
    help:
      "What it is about: an interview, place, participant, theme, coding, another note or the study."
  )
  var about: String?

  @Option(name: .long, help: "When, such as 2017-05-12T18:40 America/Lima.")
  var at: String?

  @OptionGroup(title: "Text") var text: TextOptions
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let source = text.isGiven ? text : TextOptions.editorOnly
    try options.add(.note, source, into: .Note.text) { collector in
      if let about {
        let id = try collector.reader.resolveAny(about).id.rawValue
        collector.append(.Note.about, value: .reference(id))
      }
      try collector.setDate(.Note.at, at)
    }
  }
}

struct NoteEdit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Change a note.")

  @Argument(help: "The first letters of its id; `cuaderno note list` shows them.")
  var note: String

  @Option(name: .long, help: "What it is about.")
  var about: String?

  @Option(name: .long, help: "When.")
  var at: String?

  @OptionGroup(title: "Text") var text: TextOptions
  @OptionGroup var clear: ClearOption
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.edit(note, .note, text, into: .Note.text) { collector, _ in
      if let about {
        let id = try collector.reader.resolveAny(about).id.rawValue
        collector.append(.Note.about, value: .reference(id))
      }
      try collector.setDate(.Note.at, at)
      try collector.clear(clear.clear, of: .note)
    }
  }
}

struct NoteList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the notes, or those about one record.")

  @Argument(help: "Only those about this record.")
  var about: String?

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.read { reader in
      let notes =
        try about.map { try reader.notes(about: reader.resolveAny($0).id) }
        ?? reader.fetchAll(Note.self)
      let rows = try notes.map { note -> [JSON] in
        let about = try note.about.flatMap { try reader.match($0) }
        return [
          .string(note.id.description), .string(note.id.short), .string(note.at?.description),
          .string(about?.kind.name), .string(about?.name), .string(note.text),
        ]
      }
      options.show(
        .table(
          Table(
            [
              .init("id", isForPrograms: true), .init("shortID", "ID"), .init("at"),
              .init("kind", "ABOUT"), .init("about", ""), .init("text"),
            ], rows: rows, whenEmpty: "No notes. Add one with `cuaderno note add`.")))
    }
  }
}

struct NoteDelete: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete a note with the codings on it.")

  @Argument(help: "The first letters of its id.")
  var note: String

  @OptionGroup var options: NotebookOptions

  func run() throws {
    try options.delete(note, .note)
  }
}

extension TextOptions {
  /// What a command uses that needs a text and was given none.
  static var editorOnly: TextOptions {
    var options = TextOptions()
    options.text = nil
    options.file = nil
    options.editor = true
    return options
  }
}

extension Reader {
  /// What a reference points to; nil when it was deleted or has not arrived.
  func match(_ id: RecordID) throws -> Match? {
    guard let state = try state(of: id), let kind = Kind(rawValue: state.kind) else { return nil }
    return Match(id: id, kind: kind, name: try name(of: id, kind))
  }
}
