import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The columns of a dimension that codings and texts count in. What is the same for many of them is looked up
/// once.
struct DimensionValues {
  private let data: StudyData
  private let dimension: Dimension
  /// For each place that a text is at, the names at the level asked for.
  private let placeNames: [RecordID: [String]]

  fileprivate init(_ data: StudyData, _ dimension: Dimension) {
    self.data = data
    self.dimension = dimension
    guard case .place(let level?) = dimension else {
      placeNames = [:]
      return
    }
    let names = data.names(at: level)
    placeNames = Dictionary(
      uniqueKeysWithValues: Set(data.sources.values.compactMap(\.place)).map { place in
        (place, data.places(from: place, at: level).compactMap { names[$0] })
      })
  }

  /// The columns that a coding counts in; one without a name when it has no value there.
  func of(_ passage: StudyData.CodedPassage) -> Set<String?> {
    if case .coder = dimension { return [passage.coder] }
    return of(data.sources[passage.source])
  }

  /// The same of an interview or note, whoever coded it.
  func of(_ source: StudyData.Source?) -> Set<String?> {
    let values: [String]
    switch dimension {
    case .place(nil): values = source?.place.map { [data.placePaths.path(to: $0)] } ?? []
    case .place: values = source?.place.flatMap { placeNames[$0] } ?? []
    case .interviewKind:
      values = (source?.interviewKind?.rawValue).map { [$0] } ?? []
    case .period:
      values =
        source?.date.map { date in
          data.periods.filter { $0.contains(date) }.map(\.name)
        } ?? []
    case .role:
      values = source?.participants.compactMap { data.participantRoles[$0] } ?? []
    case .coder:
      values = []
    case .interview:
      values = source?.interview.flatMap { data.interviewNames[$0] }.map { [$0] } ?? []
    case .participant:
      values = source?.participants.compactMap { data.participantNames[$0] } ?? []
    case .consent:
      values = source.map { [$0.consent?.level.rawValue ?? "none"] } ?? []
    case .attribute(let kind, let name):
      values = attributes(of: source, kind).filter { $0.name == name }.compactMap(\.value)
    }
    return values.isEmpty ? [nil] : Set(values)
  }

  private func attributes(of source: StudyData.Source?, _ kind: Kind) -> [Attribute] {
    switch kind {
    case .interview: source?.attributes ?? []
    case .participant:
      source?.participants.flatMap { data.participantAttributes[$0] ?? [] } ?? []
    case .place: source?.place.flatMap { data.placeAttributes[$0] } ?? []
    case .study, .note, .theme, .coding: []
    }
  }
}

extension StudyData {
  func values(by dimension: Dimension) -> DimensionValues { DimensionValues(self, dimension) }
}
