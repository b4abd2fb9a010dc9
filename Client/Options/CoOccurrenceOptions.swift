import ArgumentParser
import CuadernoAnalysis

/// How passages of two themes have to lie to each other to be counted together.
struct CoOccurrenceOptions: ParsableArguments {
  @Flag(
    name: .long, help: "Count where a passage of one theme lies wholly inside one of the other.")
  var inside = false

  @Option(
    name: .long,
    help: "Passages that do not overlap count too with at most so many characters between them.")
  var near: Int?

  func validate() throws {
    guard near == nil || !inside else {
      throw ValidationError("--inside and --near say different things; leave one out")
    }
    guard near.map({ $0 >= 0 }) ?? true else {
      throw ValidationError("--near takes a number from 0 up")
    }
  }

  var rule: CoOccurrence.Rule {
    inside ? .inside : near.map { .near($0) } ?? .overlapping
  }

  /// What is said where no pair is like that.
  var nothing: String {
    switch rule {
    case .overlapping: "No two themes overlap."
    case .inside: "No theme lies inside another."
    case .near: "No two themes lie so near to each other."
    }
  }

  /// What a pair of themes means, in words.
  var meaning: String {
    switch rule {
    case .overlapping: "pairs of codings of both themes that share a character"
    case .inside: "codings of the first theme that lie wholly inside one of the second"
    case .near(let distance):
      "pairs of codings of both themes with at most \(distance) characters between them"
    }
  }
}
