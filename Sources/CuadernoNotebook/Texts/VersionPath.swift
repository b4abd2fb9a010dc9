import CuadernoSync
import CuadernoText

/// The ways from some versions of a text to the one that is shown, as the log tells them.
///
/// From a write one goes back to what its author had before them, and from a merge to the newest of
/// its writes that was made having seen the version looked for. Where nobody had seen all of it, as
/// when one side of a merge was written on, there is one step from the version to the merge. The ways
/// depend on the envelopes alone, so every device carries a coding along the same one.
struct VersionPath {
  /// The versions on the ways, the shown one first, and for each the place of the next.
  private(set) var versions: [TextVersion]
  private(set) var next: [Int]
  /// Where each version that was asked for stands.
  private(set) var places: [TextVersion: Int] = [:]

  /// - Parameter starts: versions whose writes the lineage holds.
  init(to shown: TextVersion, from starts: Set<TextVersion>, in lineage: TextLineage) {
    versions = [shown]
    next = [0]
    let starts = starts.sorted { $0.writes.lexicographicallyPrecedes($1.writes) }
    var open = [(place: 0, starts: starts)]
    while let (place, starts) = open.popLast() {
      let version = versions[place]
      if starts.contains(version) { places[version] = place }
      let others = starts.filter { $0 != version }
      for (before, starts) in Self.steps(to: version, from: others, lineage) {
        versions.append(before)
        next.append(place)
        open.append((versions.count - 1, starts))
      }
    }
  }

  /// The versions from which one step leads to a version, each with the starts that lie behind it.
  private static func steps(
    to version: TextVersion, from starts: [TextVersion], _ lineage: TextLineage
  ) -> [(before: TextVersion, starts: [TextVersion])] {
    var steps = [(before: TextVersion, starts: [TextVersion])]()
    func add(_ before: TextVersion, _ start: TextVersion) {
      if let index = steps.firstIndex(where: { $0.before == before }) {
        steps[index].starts.append(start)
      } else {
        steps.append((before, [start]))
      }
    }
    let newestFirst = lineage.ordered(version.writes).reversed()
    for start in starts {
      let through = newestFirst.first { lineage.descends($0, from: start) }
      if version.writes.count > 1 {
        add(through.map { TextVersion($0) } ?? start, start)
      } else {
        let seen = through.flatMap { TextVersion(lineage.seen(by: $0)) }
        add(seen ?? start, start)
      }
    }
    return steps
  }

  var tree: VersionTree { VersionTree(next: next) }
}
