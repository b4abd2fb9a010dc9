import ArgumentParser
import CuadernoAnalysis
import CuadernoModel

/// What themes are told apart by.
struct DimensionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      place, kind, period, role, coder, interview, participant, consent, or an attribute such as \
      participant:género, interview:grabada or place:altitud.
      """)
  var by: String?

  @Option(
    name: .long,
    help: "With --by place: country, region, province, district, town or valley.")
  var level: PlaceKind?

  func validate() throws {
    guard level == nil || by == "place" else {
      throw ValidationError("--level goes with --by place")
    }
    _ = try dimension()
  }

  /// Nil when nothing was asked for.
  func dimension() throws -> Dimension? {
    try level.map { .place(level: $0) } ?? by.map { try Dimension(typed: $0) }
  }
}
