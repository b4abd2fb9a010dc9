import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook

/// Which interviews a report or an export looks at. Several values of one option, or of one attribute, are
/// alternatives; different options and attributes have to hold together.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("At this place, below it or within it.", valueName: "name"))
  var place: [String] = []

  @Option(name: .long, help: ArgumentHelp("This interview alone.", valueName: "label"))
  var interview: [String] = []

  @Option(name: .long, help: ArgumentHelp("With a participant in this role.", valueName: "role"))
  var role: [String] = []

  @Option(name: .long, help: ArgumentHelp("In this period of the study.", valueName: "name"))
  var period: [String] = []

  @Option(
    name: .long, help: "interview, focus group, observation or document.")
  var kind: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With this consent: may quote, may paraphrase, may archive, withdrawn, or none.",
      valueName: "level"))
  var consent: [String] = []

  @Option(name: .long, help: ArgumentHelp("From this date on, such as 2017-05.", valueName: "date"))
  var from: String?

  @Option(name: .long, help: ArgumentHelp("Up to this date, and with it.", valueName: "date"))
  var to: String?

  @Option(
    name: .customLong("with"),
    help: ArgumentHelp(
      """
      With an attribute, such as participant:género=mujer or interview:grabada=true; several values of one \
      attribute are alternatives.
      """,
      valueName: "kind:name=value"))
  var attributes: [String] = []

  func validate() throws {
    for text in attributes { _ = try Self.criterion(text) }
    let levels = ConsentLevel.allCases.map(\.rawValue) + ["none"]
    guard consent.allSatisfy(levels.contains) else {
      throw ValidationError("--consent takes one of: \(levels.joined(separator: ", "))")
    }
  }

  /// - Parameter coders: codings by one of them alone; by anybody when it is empty.
  func selection(_ reader: Reader, coders: [String] = []) throws -> Selection {
    var criteria = [Selection.Criterion]()
    for (dimension, values) in [
      (Dimension.role, role), (.period, period), (.interviewKind, kind), (.consent, consent),
    ] + (try attributeValues(reader)) + [(.coder, coders)] where !values.isEmpty {
      criteria.append(try reader.criterion(dimension, values))
    }
    let from = try from.map { try PartialDate(typed: $0, "--from") }
    let to = try to.map { try PartialDate(typed: $0, "--to") }
    if let from, let to, from.firstDay > to.lastDay { throw SelectionFault.endsBeforeItBegins }
    return Selection(
      criteria: criteria, places: try place.map { try reader.resolve($0, .place).id },
      interviews: try interview.map { try reader.resolve($0, .interview).id },
      dates: from == nil && to == nil ? nil : Period(name: "", from: from, to: to))
  }

  /// The codings that a report counts, said to be one's own alone where they are.
  ///
  /// - Parameter isPlaced: whether it is asked where in the texts they lie.
  func data(
    _ reader: Reader, coders: [String] = [], isPlaced: Bool = true
  ) throws -> StudyData {
    try reader.tellIfBlind()
    return try StudyData(reader, isPlaced: isPlaced).selecting(
      try selection(reader, coders: coders))
  }

  /// The values asked for of each attribute, whichever way its name was typed, in the order of the command.
  private func attributeValues(_ reader: Reader) throws -> [(Dimension, [String])] {
    var found = [(Dimension, [String])]()
    for text in attributes {
      let (typed, value) = try Self.criterion(text)
      let dimension = try reader.known(typed, givenWith: "--with")
      if let index = found.firstIndex(where: { $0.0 == dimension }) {
        found[index].1.append(value)
      } else {
        found.append((dimension, [value]))
      }
    }
    return found
  }

  /// Whether any option was given.
  var selectsAnything: Bool {
    let lists = [place, interview, role, period, kind, consent, attributes]
    return from != nil || to != nil || lists.contains { !$0.isEmpty }
  }

  /// What is said where a report has no row: that it is the options that leave no coding, where they do.
  func whenEmpty(_ data: StudyData, coders: [String], else otherwise: String) -> String {
    data.passages.isEmpty && (selectsAnything || !coders.isEmpty) ? Self.nothingFits : otherwise
  }

  static let nothingFits = "No coding fits all the options that select; leave one of them out."

  /// The part of the study that was asked for, and what was analysed to find it, without the places of
  /// passages; the second is nil when everything was asked for, and nothing had to be.
  ///
  /// - Parameter day: on which the texts may be quoted, year, month and day as one number; nil for all texts.
  func part(
    _ reader: Reader, coders: [String] = [], quotableOn day: Int? = nil
  ) throws -> (part: StudyPart, data: StudyData?) {
    var selection = try selection(reader, coders: coders)
    selection.quotableOn = day
    guard !selection.isEverything else { return (.everything, nil) }
    let data = try StudyData(reader, isPlaced: false)
    return (data.part(selection), data.selecting(selection))
  }

  private static func criterion(_ text: String) throws -> (Dimension, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let dimension = Dimension(attribute: parts[0]) else {
      throw ValidationError(
        "--with takes an attribute and its value, such as participant:género=mujer")
    }
    return (dimension, String(parts[1]))
  }
}
