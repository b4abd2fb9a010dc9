import ArgumentParser
import CuadernoExchange
import CuadernoNotebook

struct ReportMarkdown: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "markdown",
    abstract: "A report to read as plain text: code book, tables and quotes.",
    discussion: """
      It shows what `report html` shows but the drawings, for a paper or a wiki that is written in Markdown; \
      pandoc makes other formats of it. Quotes name nobody and are only those that consent allows. It is \
      still what people told you: show it to whom you would show that.
      Example: cuaderno report markdown informe.md --language es --by period
      """)

  @OptionGroup var content: ReportContentOptions
  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try content.write(to: file, options) { try MarkdownReport.write($0, to: $1) }
  }
}
