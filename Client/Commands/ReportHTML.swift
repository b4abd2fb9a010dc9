import ArgumentParser
import CuadernoExchange
import CuadernoNotebook

struct ReportHTML: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "html",
    abstract: "A report to read: code book, tables, drawings and quotes, in one file.",
    discussion: """
      It opens in any browser without a network, runs nothing and prints. Quotes name nobody and are \
      only those that consent allows; places are drawn at the level that attributions have. It is still \
      what people told you: show it to whom you would show that.
      Example: cuaderno report html report.html --language es --by period
      """)

  @OptionGroup var content: ReportContentOptions
  @OptionGroup var file: OutputFile
  @OptionGroup var options: NotebookOptions

  func run() throws {
    try content.write(to: file, options) { try HTMLReport.write($0, to: $1) }
  }
}
