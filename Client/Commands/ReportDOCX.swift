import ArgumentParser
import CuadernoExchange
import CuadernoNotebook

struct ReportDOCX: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "docx",
    abstract: "A report to read and go on with in Word or LibreOffice.",
    discussion: """
      It shows what `report html` shows but the drawings, with headings, quotes, captions and tables in \
      styles that you can change in one place, and a table of contents: Word asks to count its pages, or \
      press F9 in it. Quotes name nobody and are only those that consent allows. It is still what people \
      told you: show it to whom you would show that.

      A template is a Word file of yours. Its styles, page, headers and footers are taken; its text, \
      settings and links are not. Word's own styles (Title, Heading 1 to 3, Quote, Caption, Table Grid) and \
      those called Quote Source and Table Text are used where it has them.
      Examples:
        cuaderno report docx informe.docx --language es --by role
        cuaderno report docx informe.docx --template membrete.docx
      """)

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A Word file (.docx) whose styles, page, headers and footers are taken.", valueName: "file"),
    completion: .file(extensions: ["docx", "dotx"]))
  var template: String?

  @OptionGroup var content: ReportContentOptions
  @OptionGroup var file: NamedFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    let output = file.path
    if let template, OutputFault.isSameFile(template, output) {
      throw ValidationError("the template and the report are the same file; give another name")
    }
    let template = try template.map { try DOCXTemplate(at: $0) }
    let now = options.surroundings.now()
    let report = try options.read { reader in
      try reader.tellIfBlind()
      return try content.report(reader, now: now)
    }
    try WholeFile.write(output) { try DOCXReport.write(report, template: template, to: $0) }
    let bytes = WholeFile.bytes(of: output)
    options.show(
      .message(
        "Wrote \(bytes) bytes.",
        .object([("file", .string(output)), ("bytes", .integer(bytes))])))
  }
}
