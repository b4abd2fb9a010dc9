import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoNotebook

/// Which part of the study an export of codings holds: the words that reports take, with the same meaning.
struct ExportSelection: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @Flag(
    name: .long,
    help: """
      Only from interviews whose consent allows to quote, and that no embargo holds back. Memos are as they \
      were written.
      """)
  var quotable = false

  @OptionGroup(title: "Which interviews") var interviews: SelectionOptions

  /// - Parameter now: milliseconds since 1970, by which embargoes end.
  func part(_ reader: Reader, now: Int64) throws -> (part: StudyPart, data: StudyData?) {
    try interviews.part(
      reader, coders: coder, quotableOn: quotable ? try reader.embargoDay(now) : nil)
  }
}
