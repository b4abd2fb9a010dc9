import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook

/// Which interviews a report or an export looks at. Several values of one option are alternatives; different options
/// have to hold together.
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
      "With an attribute, such as participant:género=mujer or interview:grabada=true.",
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
    var criteria = try attributes.map { text in
      let (dimension, value) = try Self.criterion(text)
      return try reader.criterion(dimension, [value])
    }
    for (dimension, values) in [
      (Dimension.role, role), (.period, period), (.interviewKind, kind), (.coder, coders),
      (.consent, consent),
    ] where !values.isEmpty {
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
  func data(_ reader: Reader, coders: [String] = []) throws -> StudyData {
    try reader.tellIfBlind()
    return try StudyData(reader).selecting(try selection(reader, coders: coders))
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

extension Dimension {
  /// As `--by` takes it.
  init(typed text: String) throws {
    switch text {
    case "place": self = .place(level: nil)
    case "kind": self = .interviewKind
    case "period": self = .period
    case "role": self = .role
    case "coder": self = .coder
    case "interview": self = .interview
    case "participant": self = .participant
    case "consent": self = .consent
    default:
      guard let dimension = Dimension(attribute: text) else {
        throw ValidationError(
          "--by takes place, kind, period, role, coder, interview, participant, consent, or an "
            + "attribute such as participant:NAME, interview:NAME or place:NAME")
      }
      self = dimension
    }
  }

  /// As it is typed: `participant:NAME`, `interview:NAME` or `place:NAME`; nil for anything else.
  init?(attribute text: some StringProtocol) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let kind = Kind(name: String(parts[0])),
      [.interview, .participant, .place].contains(kind)
    else { return nil }
    self = .attribute(kind, name: TextEntry.normalised(String(parts[1])))
  }
}

extension PlaceKind: ExpressibleByArgument {}
