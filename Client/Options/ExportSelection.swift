import ArgumentParser
import CuadernoAnalysis
import CuadernoNotebook

/// Which part of the study an export of codings holds: the words that reports take, with the same meaning.
struct ExportSelection: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var interviews: SelectionOptions

  func part(_ reader: Reader) throws -> (part: StudyPart, data: StudyData?) {
    try interviews.part(reader, coders: coder)
  }
}
