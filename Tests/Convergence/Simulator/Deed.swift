import CuadernoTestSupport

/// What somebody does, or what happens to them.
///
/// The weights say how often in a thousand steps; those of a script add up to whatever they do.
package enum Deed: String, CaseIterable, Sendable {
  // What people do with their notebooks.
  case edit, compose, retype, code, note, move, mergeThemes, delete, bringBack, undo, decide, erase
  // How their notebooks meet.
  case sync, meet, handBundle, readBundle
  // What goes wrong.
  case dieWriting, dieReceiving, dieServing, reopen, loseView, copy, keepCopy, restoreCopy
  case loseMemory, liveTwice, jumpClock
  case backUpServer, restoreServer, emptyServer, examine

  var weight: Int {
    switch self {
    case .edit: 260
    case .compose: 50
    case .retype: 130
    case .code: 80
    case .note: 40
    case .move: 40
    case .mergeThemes: 12
    case .delete: 30
    case .bringBack: 15
    case .undo: 30
    case .decide: 30
    case .erase: 5
    case .sync: 130
    case .meet: 40
    case .handBundle: 20
    case .readBundle: 30
    case .dieWriting: 20
    case .dieReceiving: 15
    case .dieServing: 15
    case .reopen: 5
    case .loseView: 5
    case .copy: 5
    case .keepCopy: 12
    case .restoreCopy: 6
    case .loseMemory: 5
    case .liveTwice: 6
    case .jumpClock: 15
    case .backUpServer: 6
    case .restoreServer: 6
    case .emptyServer: 3
    case .examine: 5
    }
  }
}

/// One step of a schedule. All that is decided by chance in it comes from its own number, so that a
/// schedule from which others were taken away does the same in the steps that are left.
package struct Step: Sendable {
  /// Its place in the whole schedule.
  package let number: Int
  package let deed: Deed
  /// Which person's notebook, and which other.
  package let who: Int
  package let other: Int
  /// Whether it happens to a copy of a notebook, if there is one.
  package let isOnCopy: Bool
  package let chance: UInt64
}

/// All that happens in a world, drawn from its seed before anything of it happens.
package struct Schedule: Sendable {
  package let seed: UInt64
  package let people: Int
  package let servers: Int
  package private(set) var steps: [Step]

  /// So many steps has a world, unless somebody wants more.
  package static let usualLength = 200

  package init(seed: UInt64, length: Int = usualLength) {
    self.seed = seed
    var random = SplitMix64(seed: seed &* 0x9e37_79b9 &+ 17)
    let people = [2, 2, 3, 3, 3, 4, 4, 5, 6].randomElement(using: &random) ?? 3
    self.people = people
    servers = [1, 1, 1, 2].randomElement(using: &random) ?? 1
    let whole = Deed.allCases.reduce(0) { $0 + $1.weight }
    steps = (0..<length).map { number in
      var dice = Int.random(in: 0..<whole, using: &random)
      let deed =
        Deed.allCases.first { deed in
          dice -= deed.weight
          return dice < 0
        } ?? .edit
      let who = Int.random(in: 0..<people, using: &random)
      return Step(
        number: number, deed: deed, who: who,
        other: (who + Int.random(in: 1..<people, using: &random)) % people,
        isOnCopy: Int.random(in: 0..<5, using: &random) == 0, chance: random.next())
    }
  }

  /// The same without all other steps.
  package func keeping(_ numbers: some Collection<Int>) -> Schedule {
    let wanted = Set(numbers)
    var schedule = self
    schedule.steps = steps.filter { wanted.contains($0.number) }
    return schedule
  }
}

extension Schedule {
  /// The numbers of the steps as `CUADERNO_STEPS` takes them: `3,17-19,45`.
  package var stepList: String {
    var parts = [String]()
    var index = 0
    while index < steps.count {
      let first = steps[index].number
      var last = first
      while index + 1 < steps.count, steps[index + 1].number == last + 1 {
        index += 1
        last += 1
      }
      parts.append(first == last ? "\(first)" : "\(first)-\(last)")
      index += 1
    }
    return parts.joined(separator: ",")
  }

  /// Reads such a list; nil when it is none.
  package static func numbers(_ list: String) -> [Int]? {
    var numbers = [Int]()
    for part in list.split(separator: ",", omittingEmptySubsequences: true) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      switch (ends.count, ends.first, ends.last) {
      case (1, .some(.some(let number)), _): numbers.append(number)
      case (2, .some(.some(let first)), .some(.some(let last))) where first <= last:
        numbers += first...last
      default: return nil
      }
    }
    return numbers
  }
}
