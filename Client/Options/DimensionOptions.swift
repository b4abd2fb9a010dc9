import ArgumentParser
import CuadernoAnalysis
import CuadernoModel
import CuadernoNotebook

/// What themes are told apart by.
struct DimensionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      place, kind, period, role, coder, interview, participant, consent, or an attribute such as \
      participant:género, interview:grabada or "place:altitud (m)".
      """)
  var by: [String] = []

  @Option(
    name: .long,
    help: """
      With --by place: country, region, province, district, town or valley; at each counts what lies below \
      it or within it.
      """)
  var level: PlaceKind?

  func validate() throws {
    try Self.refuseSeveral(by)
    guard level == nil || by == ["place"] else {
      throw ValidationError("--level goes with --by place")
    }
    _ = try by.first.map { try Dimension(typed: $0) }
  }

  /// As the study has it; nil when nothing was asked for.
  ///
  /// - Throws: ``SelectionFault`` for an attribute that the study has not.
  func dimension(_ reader: Reader) throws -> Dimension? {
    if let level { return .place(level: level) }
    return try by.first.map { try reader.known(try Dimension(typed: $0), givenWith: "--by") }
  }

  static func refuseSeveral(_ by: [String]) throws {
    guard by.count <= 1 else {
      throw ValidationError(
        "--by takes one thing here, and \(by.count) were given; run the command once for each")
    }
  }
}

/// What themes are told apart by in a report that names nobody.
struct ReportDimensionOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      What is told apart: period (also when nothing is said), place, kind, role, coder, consent, or an \
      attribute such as participant:género.
      """)
  var by: [String] = []

  func validate() throws {
    try DimensionOptions.refuseSeveral(by)
    switch try Dimension(typed: typed) {
    case .interview:
      throw ValidationError(
        "--by interview would write labels into a report that names nobody; take period, place or kind, or "
          + "see them with `cuaderno report themes --by interview`")
    case .participant:
      throw ValidationError(
        "--by participant would write pseudonyms into a report that names nobody; take role or an "
          + "attribute, or see them with `cuaderno report themes --by participant`")
    case .attribute(.place, _):
      throw ValidationError(
        "--by with an attribute of places would tell places apart that are finer than the report tells; "
          + "take place, or see them with `cuaderno report themes`")
    case .place, .interviewKind, .period, .role, .coder, .consent, .attribute: break
    }
  }

  private var typed: String { by.first ?? "period" }

  /// As the study has it.
  ///
  /// - Parameter level: how exact places are.
  /// - Throws: ``SelectionFault`` for an attribute that the study has not.
  func dimension(_ reader: Reader, level: PlaceKind) throws -> Dimension {
    let dimension = try reader.known(try Dimension(typed: typed), givenWith: "--by")
    if case .place = dimension { return .place(level: level) }
    return dimension
  }
}
