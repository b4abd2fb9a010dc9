import ArgumentParser
import CuadernoAnalysis
import CuadernoExchange
import CuadernoNotebook

/// Which part of the study an export holds: the words that reports take, with the same meaning.
struct ExportSelection: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Coded by this coder.", valueName: "name"))
  var coder: [String] = []

  @Flag(
    name: .long,
    help: "Only from interviews whose consent allows to quote, and that no embargo holds back.")
  var quotable = false

  @OptionGroup(title: "Which interviews") var interviews: SelectionOptions

  /// The part that was asked for, and what was analysed to find it, without the places of passages; the
  /// second is nil when everything was asked for, and nothing had to be.
  ///
  /// - Parameter now: milliseconds since 1970, by which embargoes end.
  func part(_ reader: Reader, now: Int64) throws -> (part: StudyPart, data: StudyData?) {
    let selection = try selection(reader, now: now)
    guard !selection.isEverything else { return (.everything, nil) }
    let data = try StudyData(reader, isPlaced: false)
    return (data.part(selection), data.selecting(selection))
  }

  func selection(_ reader: Reader, now: Int64) throws -> Selection {
    var selection = try interviews.selection(reader, coders: coder)
    if quotable { selection.quotableOn = try reader.embargoDay(now) }
    return selection
  }
}
