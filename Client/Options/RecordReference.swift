import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Why a word that should name a record does not.
enum ReferenceFault: Error, Equatable, CustomStringConvertible {
  case unknown(kinds: [Kind])
  case ambiguous([Match])

  var description: String {
    switch self {
    case .unknown(let kinds):
      let words = kinds.count > 3 ? "record" : kinds.map(\.name).joined(separator: " or ")
      return "no \(words) has that name, label or id; `cuaderno \(Self.listing(kinds))` shows them"
    case .ambiguous(let matches):
      let lines = matches.prefix(12).map { match in
        "  \(match.id.short)  \(match.kind.name)  \(Terminal.harmless(match.name))"
      }
      return "that fits \(matches.count) records; give the path or the id of one:\n"
        + lines.joined(separator: "\n")
    }
  }

  private static func listing(_ kinds: [Kind]) -> String {
    switch kinds.first {
    case .some(let kind) where kinds.count == 1 && kind != .study: "\(kind.name) list"
    default: "search"
    }
  }
}

extension RecordID {
  /// The first digits, enough to name it in a listing.
  var short: String { String(description.prefix(8)) }
}

extension Reader {
  /// The one record that a word names.
  ///
  /// - Throws: ``ReferenceFault`` when none or several fit.
  func resolve(_ text: String, _ kinds: Kind...) throws -> Match {
    try resolve(text, among: kinds)
  }

  func resolve(_ text: String, among kinds: [Kind]) throws -> Match {
    let matches = try find(text, among: kinds)
    guard let match = matches.first else { throw ReferenceFault.unknown(kinds: kinds) }
    guard matches.count == 1 else { throw ReferenceFault.ambiguous(matches) }
    return match
  }

  /// Any record but a coding by name; a coding by its id.
  func resolveAny(_ text: String) throws -> Match {
    if Folding.folded(text) == "study" {
      return Match(
        id: studyRecord, kind: .study, name: try studyHeader().title ?? "")
    }
    return try resolve(text, among: Kind.allCases)
  }
}
