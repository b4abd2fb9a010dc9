import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook

/// Why a selection can fit nothing: a value that nothing in the study has is mostly a slip of the hand, and an
/// empty table would pass for a finding.
enum SelectionFault: Error, Equatable, CustomStringConvertible {
  case unknown(Dimension)
  /// No record of the kind has an attribute of the name that was given with an option.
  case unknownAttribute(Kind, option: String)
  /// Several attributes are called so but for case and accents.
  case severalAttributes(Kind, Int)
  case endsBeforeItBegins

  var description: String {
    switch self {
    case .unknown(.role):
      "no participant has the role given with --role; `cuaderno participant list` shows them"
    case .unknown(.period):
      "the study has no period of the name given with --period; `cuaderno study show` shows them"
    case .unknown(.interviewKind):
      "--kind takes one of: \(InterviewKind.allCases.map(\.rawValue).joined(separator: ", "))"
    case .unknown(.coder):
      "nobody of the name given with --coder is in the study or has codings here; `cuaderno report themes "
        + "--by coder` shows who has"
    case .unknown(.attribute(let kind, _)):
      "no \(kind.name) has the value given with --with for that attribute; `cuaderno \(kind.name) show` shows "
        + "the values of one"
    case .unknown: "nothing in the study has a value given"
    case .unknownAttribute(let kind, let option):
      "no \(kind.name) has an attribute of the name given with \(option); `cuaderno \(kind.name) show` shows "
        + "those of one"
    case .severalAttributes(let kind, let count):
      "\(count) attributes of a \(kind.name) are called so but for capitals and accents; write it exactly"
    case .endsBeforeItBegins: "--from is later than --to, so nothing could lie between them"
    }
  }
}

extension Reader {
  /// What a person typed as the study has it, whatever case and accents it was typed with.
  ///
  /// - Parameter dimension: as the study has it.
  /// - Throws: ``SelectionFault`` for what the study has not.
  func criterion(_ dimension: Dimension, _ typed: [String]) throws -> Selection.Criterion {
    let known = Dictionary(
      grouping: try values(of: dimension), by: { Folding.folded($0) })
    var values = Set<String>()
    for value in typed {
      guard let found = known[Folding.folded(value)] else {
        throw SelectionFault.unknown(dimension)
      }
      // What was typed exactly so is meant alone.
      let exact = TextEntry.normalised(value)
      values.formUnion(found.contains(exact) ? [exact] : found)
    }
    return Selection.Criterion(dimension, values)
  }

  /// A dimension with an attribute's name as the study has it, whatever case and accents it was typed with.
  ///
  /// - Parameter option: the one that it was given with.
  /// - Throws: ``SelectionFault`` for one that no record has and nobody defined.
  func known(_ dimension: Dimension, givenWith option: String) throws -> Dimension {
    guard case .attribute(let kind, let name) = dimension else { return dimension }
    let defined = try attributeDefinitions().filter { $0.record == kind }.map(\.name)
    if defined.contains(name) { return dimension }
    let names = Set(try attributes(of: kind).values.joined().map(\.name)).union(defined)
    if names.contains(name) { return dimension }
    let found = names.filter { Folding.folded($0) == Folding.folded(name) }
    guard let first = found.first else {
      throw SelectionFault.unknownAttribute(kind, option: option)
    }
    guard found.count == 1 else { throw SelectionFault.severalAttributes(kind, found.count) }
    return .attribute(kind, name: first)
  }

  /// Each value that something in the study has; those of a kind or a level of consent whether or not.
  private func values(of dimension: Dimension) throws -> Set<String> {
    switch dimension {
    case .role: Set(try fetchAll(Participant.self).compactMap(\.role))
    case .period: Set(try periods().map(\.name))
    case .interviewKind: Set(InterviewKind.allCases.map(\.rawValue))
    case .consent: Set(ConsentLevel.allCases.map(\.rawValue) + ["none"])
    // Whoever is in the study and has coded nothing yet is no slip of the hand.
    case .coder: Set(try coders()).union(try members().values.map(\.name))
    case .attribute(let kind, let name):
      Set(try attributes(of: kind).values.joined().filter { $0.name == name }.compactMap(\.value))
    case .place, .interview, .participant: []
    }
  }
}
