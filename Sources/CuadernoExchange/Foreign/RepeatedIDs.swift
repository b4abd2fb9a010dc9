import CuadernoSync

/// Makes ids of what things say, for things that may say the same: the first, the second and each further
/// one has an id of its own, and the same again when the file is taken in again.
struct RepeatedIDs {
  private let scope: [String]
  /// How many there are, by the id of the first.
  private var counts: [RecordID: Int] = [:]

  init(_ scope: [String]) {
    self.scope = scope
  }

  mutating func id(_ parts: [String]) -> RecordID {
    let first = RecordID(madeOf: scope + parts + ["0"], [])
    let count = counts[first, default: 0]
    counts[first] = count + 1
    return count == 0 ? first : RecordID(madeOf: scope + parts + [String(count)], [])
  }
}
