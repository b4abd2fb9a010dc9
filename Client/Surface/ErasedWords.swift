/// What an erase leaves to a person, on the side that asked for it and on those that it reaches: no program can
/// know where a backup lies.
struct ErasedWords {
  /// The files in the notebook's folder that nobody looked into, by their names.
  let besides: [String]

  /// To whom it is told that somebody else erased.
  static let elsewhere =
    "somebody took back their consent: delete older backups, bundles and exports of yours, too"

  var lines: [String] {
    guard !besides.isEmpty else { return [] }
    return [
      "Also in the notebook's folder, and not looked into: "
        + besides.map { Terminal.harmless($0) }.joined(separator: ", ")
        + ". Delete what may hold words of it."
    ]
  }

  var json: JSON { .array(besides.map { .string($0) }) }
}
