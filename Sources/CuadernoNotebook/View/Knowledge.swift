import CuadernoModel
import CuadernoSync

/// What this code can make of a log: the kinds, fields and values that it knows, and how it projects
/// them.
///
/// A view says with which knowledge it was made. A newer cuaderno knows more, finds another digest in
/// the view, and makes it anew, so that what the older one kept without understanding it comes alive.
enum Knowledge {
  /// Raised whenever the same changes come to other rows or other registers.
  static let revision = 4

  static let digest = Digest(hashing: Array(text.utf8))

  /// A line for each thing known.
  static let text: String = {
    var lines = ["projection \(revision)", "payload \(PayloadCodec.revision)"]
    for action in [Envelope.Action.write, .delete, .erase, .void] {
      lines.append("action \(action.rawValue)")
    }
    for kind in Kind.allCases { lines.append("kind \(kind.rawValue) \(kind.name)") }
    for field in Field.all {
      lines.append(
        "field \(field.kind.rawValue) \(field.number) \(field.name) \(name(field.shape))")
    }
    return lines.joined(separator: "\n")
  }()

  private static func name(_ shape: Field.Shape) -> String {
    switch shape {
    case .line: "line"
    case .text: "text"
    case .lines: "lines"
    case .languages: "languages"
    case .choice(let choices): "choice \(choices.joined(separator: ","))"
    case .date: "date"
    case .consent: "consent"
    case .location: "location"
    case .colour: "colour"
    case .reference(let kind): "reference \(kind?.name ?? "any")"
    case .target: "target"
    case .anchor: "anchor"
    case .references(let kind): "references \(kind.name)"
    case .attributes: "attributes"
    case .attributeDefinitions: "attributeDefinitions"
    case .periods: "periods"
    case .members: "members"
    }
  }
}
