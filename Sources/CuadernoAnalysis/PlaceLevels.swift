package import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

extension StudyData {
  /// Everything that a place is, lies below or is within.
  func reach(of place: RecordID) -> Set<RecordID> {
    Set(
      placePaths.tree.reach(of: place.rawValue) { step in
        (placesWithin[RecordID(rawValue: step)] ?? []).map(\.rawValue)
      }.map { RecordID(rawValue: $0) })
  }

  /// The places of a kind among these: those that a map counts what is said here at. A district may be within
  /// two valleys.
  func places(from place: RecordID, at level: PlaceKind) -> Set<RecordID> {
    reach(of: place).filter { placeKinds[$0] == level }
  }

  /// The same of each place that a coded text is at.
  package func placesReached(at level: PlaceKind) -> [RecordID: Set<RecordID>] {
    let used = Set(Set(passages.map(\.source)).compactMap { sources[$0]?.place })
    return Dictionary(uniqueKeysWithValues: used.map { ($0, places(from: $0, at: level)) })
  }

  /// The one place of a kind that a place is, lies below or is within; of two that lie one below the other the
  /// lower. Nil where there is none, and where there are several: to name one of them would be a guess.
  func place(from place: RecordID, at level: PlaceKind) -> String? {
    let lowest = placePaths.tree.lowest(of: Set(places(from: place, at: level).map(\.rawValue)))
    guard lowest.count == 1, let one = lowest.first else { return nil }
    return placeNames[RecordID(rawValue: one)]
  }

  /// The name of every place of a kind, each one's own: where two have the same, with what is above them as far
  /// as that is no finer, and with the first digits of the id where that is the same too.
  func names(at level: PlaceKind) -> [RecordID: String] {
    let names = placeNames.filter { placeKinds[$0.key] == level }
    let finest = PlaceKind.fineness(level)
    return Self.toldApart(
      Self.toldApart(names) { place, name in
        let above = placePaths.tree.path(to: place.rawValue).dropLast()
          .map { RecordID(rawValue: $0) }
          .filter { PlaceKind.fineness(placeKinds[$0]) <= finest }
        return (above.map { placeNames[$0] ?? "" } + [name]).joined(separator: pathSeparator)
      })
  }
}
