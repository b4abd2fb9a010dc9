import ArgumentParser
import CuadernoAnalysis
import CuadernoNotebook

/// Which part of the study an export holds: the words that reports take, with the same meaning.
struct ExportSelection: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @OptionGroup(title: "Which interviews") var interviews: SelectionOptions

  /// The part that was asked for, and what was analysed to find it, without the places of passages; the
  /// second is nil when everything was asked for, and nothing had to be.
  func part(_ reader: Reader) throws -> (part: StudyPart, data: StudyData?) {
    let selection = try selection(reader)
    guard !selection.isEverything else { return (.everything, nil) }
    let data = try StudyData(reader, isPlaced: false)
    return (data.part(selection), data.selecting(selection))
  }

  func selection(_ reader: Reader) throws -> Selection {
    try interviews.selection(reader, coders: coder)
  }
}
