import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A conflict of a text as it is told: the places where people changed the same words, with what each
/// says there, and not the whole texts.
struct TextConflictLines {
  private let conflict: Conflict

  /// The most characters of what somebody says that people are shown; programs get all of it.
  private static let sayingScalarsMax = 240

  init(_ conflict: Conflict) {
    self.conflict = conflict
  }

  var lines: [String] {
    var lines = [String]()
    for spot in conflict.spots {
      let before = spot.base.isEmpty ? "nothing" : Self.quoted(spot.base)
      lines.append(
        "  characters \(spot.span.lowerBound) to \(spot.span.upperBound), in place of \(before):")
      for saying in spot.sayings {
        let text = saying.text.isEmpty ? "(taken away)" : Self.quoted(saying.text)
        lines.append("    \(text)  \(authors(saying.sides))")
      }
    }
    for (index, side) in conflict.sides.enumerated() where !side.isMerged && side.value == nil {
      lines.append("  left out, since a newer cuaderno wrote it:  \(authors([index]))")
    }
    let command = "cuaderno resolve \(conflict.record.short) \(conflict.field.name)"
    lines.append("  settle it with: \(command) --edit, or --keep shown to leave it as it stands")
    return lines
  }

  private func authors(_ sides: [Int]) -> String {
    sides.map { index in
      let side = conflict.sides[index]
      let who = Terminal.harmless(side.member ?? "unknown")
      return "\(side.dot.short)  \(who), \(Moment.text(side.stamp))"
    }.joined(separator: "; ")
  }

  private static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > sayingScalarsMax else { return "«\(JSON.string(text).cell)»" }
    let half = sayingScalarsMax / 2
    let start = JSON.string(String(scalars.prefix(half))).cell
    let end = JSON.string(String(scalars.suffix(half))).cell
    return "«\(start) … \(end)»"
  }

  var json: JSON {
    .array(
      conflict.spots.map { spot in
        .object([
          ("start", .integer(spot.span.lowerBound)), ("end", .integer(spot.span.upperBound)),
          ("base", .string(spot.base)),
          (
            "sayings",
            .array(
              spot.sayings.map { saying in
                .object([
                  ("text", .string(saying.text)),
                  (
                    "changes",
                    .array(saying.sides.map { .string(conflict.sides[$0].dot.description) })
                  ),
                ])
              })
          ),
        ])
      })
  }
}
