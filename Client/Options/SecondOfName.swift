import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Why a record is not made: there is one already that nobody could tell it from at a prompt.
struct SecondOfName: Error, Equatable, CustomStringConvertible {
  let kind: Kind
  /// Whether one that is there would have got the name of another.
  var isEdited = false

  var description: String {
    let advice =
      isEdited
      ? "nothing was written; choose another"
      : "nothing was written; change it with `cuaderno \(kind.name) edit`, or choose another"
    return switch kind {
    case .interview: "there is an interview with that label already; \(advice) label"
    case .participant: "there is a participant of that pseudonym already; \(advice) pseudonym"
    default: "there is a \(kind.name) of that name in the same place already; \(advice) name"
    }
  }
}

extension Reader {
  /// - Parameter id: of the record that is changed; nil where one is made.
  /// - Throws: ``SecondOfName`` where it would get the label, pseudonym, or name below the same parent that
  ///   another has, in any case and with any accents. One that has it already may keep it.
  func refuseSecond(_ kind: Kind, _ edits: [FieldEdit], of id: RecordID? = nil) throws {
    let fields: (name: Field, parent: Field?)? =
      switch kind {
      case .interview: (.Interview.label, nil)
      case .participant: (.Participant.pseudonym, nil)
      case .place: (.Place.name, .Place.parent)
      case .theme: (.Theme.name, .Theme.parent)
      case .study, .note, .coding: nil
      }
    guard let fields else { return }
    let naming = edits.last { $0.field == fields.name }
    let placing = edits.last { $0.field == fields.parent }
    guard naming != nil || placing != nil else { return }
    let nameNow = try id.flatMap { try ownName(of: $0, kind) }
    guard let name = naming.map(\.text) ?? nameNow else { return }
    let named = try ids(named: name, kind).filter { $0 != id }
    guard !named.isEmpty else { return }
    let tree = try fields.parent.map { try kind == .theme ? themeTree().tree : self.tree($0) }
    let parentNow = id.flatMap { tree?.parent(of: $0.rawValue) }
    var parent = parentNow
    if let placing {
      parent = if case .reference(let above) = placing.value { above } else { nil }
    }
    if let nameNow, parent == parentNow, Folding.folded(nameNow) == Folding.folded(name) { return }
    let merged = kind == .theme ? try mergedThemes() : [:]
    let isThere = try named.contains { other in
      guard merged[other] == nil, tree?.parent(of: other.rawValue) == parent else { return false }
      // A place is found by its other names too, and those may be another's.
      return try kind != .place
        || ownName(of: other, kind).map(Folding.folded) == Folding.folded(name)
    }
    guard !isThere else { throw SecondOfName(kind: kind, isEdited: id != nil) }
  }

  /// Without what stands above it.
  private func ownName(of id: RecordID, _ kind: Kind) throws -> String? {
    switch kind {
    case .interview: try fetch(Interview.self, id)?.label
    case .participant: try fetch(Participant.self, id)?.pseudonym
    case .place: try fetch(Place.self, id)?.name
    case .theme: try fetch(Theme.self, id)?.name
    case .study, .note, .coding: nil
    }
  }
}

extension FieldEdit {
  /// The text it sets; nil where it sets none.
  fileprivate var text: String? {
    if case .text(let text) = value { text } else { nil }
  }
}
