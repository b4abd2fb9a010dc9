import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Why a record is not made: there is one already that nobody could tell it from at a prompt.
struct SecondOfName: Error, Equatable, CustomStringConvertible {
  let kind: Kind

  var description: String {
    let advice =
      "nothing was written; change it with `cuaderno \(kind.name) edit`, or choose another"
    return switch kind {
    case .interview: "there is an interview with that label already; \(advice) label"
    case .participant: "there is a participant of that pseudonym already; \(advice) pseudonym"
    default: "there is a \(kind.name) of that name in the same place already; \(advice) name"
    }
  }
}

extension Reader {
  /// - Throws: ``SecondOfName`` where a new record would have the label, pseudonym, or name below the same
  ///   parent that another has, in any case and with any accents.
  func refuseSecond(_ kind: Kind, _ edits: [FieldEdit]) throws {
    let fields: (name: Field, parent: Field?)? =
      switch kind {
      case .interview: (.Interview.label, nil)
      case .participant: (.Participant.pseudonym, nil)
      case .place: (.Place.name, .Place.parent)
      case .theme: (.Theme.name, .Theme.parent)
      case .study, .note, .coding: nil
      }
    guard let fields, case .text(let name) = edits.last(where: { $0.field == fields.name })?.value
    else { return }
    let named = try ids(named: name, kind)
    guard !named.isEmpty else { return }
    var parent: Reference?
    if case .reference(let above) = edits.last(where: { $0.field == fields.parent })?.value {
      parent = above
    }
    let tree = try fields.parent.map { try kind == .theme ? themeTree().tree : self.tree($0) }
    let merged = kind == .theme ? try mergedThemes() : [:]
    let isThere = try named.contains { id in
      guard merged[id] == nil, tree?.parent(of: id.rawValue) == parent else { return false }
      // A place is found by its other names too, and those may be another's.
      return try kind != .place
        || fetch(Place.self, id).map { Folding.folded($0.name ?? "") } == Folding.folded(name)
    }
    guard !isThere else { throw SecondOfName(kind: kind) }
  }
}
