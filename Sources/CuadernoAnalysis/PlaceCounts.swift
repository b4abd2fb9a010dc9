package import CuadernoModel
import CuadernoNotebook
package import CuadernoSync

/// How often themes come up at each place, as a map shows it.
package struct PlaceCounts: Sendable {
  package struct Tally: Hashable, Sendable {
    package var codings = 0
    /// The interviews and notes that they lie on.
    package var texts = 0
    /// Of each theme that there is at all.
    package var themes: [RecordID: Int] = [:]
  }

  package struct Row: Sendable {
    package var place: RecordID
    /// Of interviews at the place itself, and at places right under it that are too fine to be shown.
    /// Each coding is in one such tally, so they can be added up.
    package var own: Tally
    /// With the places below it, and with those that are within it.
    package var whole: Tally
  }

  /// Every place that may be shown, used or not, by its path.
  package var rows: [Row]
  /// Codings on interviews without a place.
  package var withoutPlace: Int
  /// Codings at places that are too fine to be shown and have none above them that may be.
  package var tooFine: Int
}

extension PlaceKind {
  /// The kinds from the largest to the smallest. What is a place of another kind, or of none, may be a
  /// house, so it comes last.
  package static let byFineness: [PlaceKind] = [
    .country, .region, .province, .valley, .district, .town, .other,
  ]

  package static func fineness(_ kind: PlaceKind?) -> Int {
    byFineness.firstIndex(of: kind ?? .other) ?? byFineness.count
  }
}

extension StudyData {
  /// - Parameters:
  ///   - finest: the finest kind of place to be shown; what is finer counts at the one above it.
  ///   - withThemesBelow: count a theme's codings with those of the themes below it.
  package func placeCounts(finest: PlaceKind, withThemesBelow: Bool = false) -> PlaceCounts {
    let shown = Set(
      placeNames.keys.filter {
        PlaceKind.fineness(placeKinds[$0]) <= PlaceKind.fineness(finest)
      })
    var own = [RecordID: Gathering]()
    var whole = [RecordID: Gathering]()
    var reach = [RecordID: (own: RecordID?, whole: Set<RecordID>)]()
    var (withoutPlace, tooFine) = (0, 0)
    for passage in passages where themes[passage.theme] != nil {
      guard let place = sources[passage.source]?.place, placeNames[place] != nil else {
        withoutPlace += 1
        continue
      }
      let targets = reach[place] ?? self.reach(of: place, shown)
      reach[place] = targets
      if targets.whole.isEmpty { tooFine += 1 }
      let steps =
        withThemesBelow
        ? themePaths.tree.path(to: passage.theme.rawValue).map { RecordID(rawValue: $0) }
        : [passage.theme]
      if let target = targets.own { own[target, default: Gathering()].add(passage.source, steps) }
      for target in targets.whole {
        whole[target, default: Gathering()].add(passage.source, steps)
      }
    }
    let ordered = shown.map { (steps: placePaths.steps(to: $0), id: $0) }.sorted { left, right in
      left.steps != right.steps
        ? left.steps.lexicographicallyPrecedes(right.steps) : left.id < right.id
    }
    return PlaceCounts(
      rows: ordered.map { _, place in
        PlaceCounts.Row(
          place: place, own: own[place]?.tally ?? .init(), whole: whole[place]?.tally ?? .init())
      }, withoutPlace: withoutPlace, tooFine: tooFine)
  }

  private struct Gathering {
    private var codings = 0
    private var sources: Set<RecordID> = []
    private var themes: [RecordID: Int] = [:]

    mutating func add(_ source: RecordID, _ steps: [RecordID]) {
      codings += 1
      sources.insert(source)
      for theme in steps { themes[theme, default: 0] += 1 }
    }

    var tally: PlaceCounts.Tally {
      PlaceCounts.Tally(codings: codings, texts: sources.count, themes: themes)
    }
  }

  /// The nearest place shown from a place upward, and every one shown that it lies below or within.
  private func reach(
    of place: RecordID, _ shown: Set<RecordID>
  ) -> (own: RecordID?, whole: Set<RecordID>) {
    let path = placePaths.tree.path(to: place.rawValue).map { RecordID(rawValue: $0) }
    return (path.last(where: shown.contains), reach(of: place).intersection(shown))
  }
}
