import CuadernoNotebook

/// What an erase leaves to a person, on the side that asked for it and on those that it reaches: no program can
/// know where a backup lies.
struct ErasedWords {
  /// The files in the notebook's folder that nobody looked into, by their names.
  let besides: [String]
  /// Whether its words may still stand in the notebook's own files.
  let isUnclean: Bool

  init(besides: [String] = [], isUnclean: Bool = false) {
    self.besides = besides
    self.isUnclean = isUnclean
  }

  /// What stands in a notebook after an erase.
  init(_ notebook: Notebook) throws {
    self.init(besides: try notebook.filesBesides(), isUnclean: notebook.isErasing)
  }

  /// To whom it is told that somebody else erased.
  static let elsewhere =
    "somebody took back their consent: delete older backups, bundles and exports of yours, too"

  var lines: [String] {
    var lines = [String]()
    if isUnclean {
      lines.append(
        "Its words may still stand in this notebook's own files: the next command cleans them, once no other "
          + "one reads here and the disk has room.")
    }
    guard !besides.isEmpty else { return lines }
    return lines + [
      "Also in the notebook's folder, and not looked into: "
        + besides.map { Terminal.harmless($0) }.joined(separator: ", ")
        + ". Delete what may hold words of it."
    ]
  }

  var json: JSON { .array(besides.map { .string($0) }) }
}
