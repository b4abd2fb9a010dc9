import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook

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

  /// The word that it is typed with.
  var word: String {
    switch self {
    case .place: "place"
    case .interviewKind: "kind"
    case .period: "period"
    case .role: "role"
    case .coder: "coder"
    case .interview: "interview"
    case .participant: "participant"
    case .consent: "consent"
    case .attribute(let kind, let name): "\(kind.name):\(name)"
    }
  }
}

extension PlaceKind: ExpressibleByArgument {}
