/// The programs that a project is made for, where they differ.
///
/// What one of them stumbles over is avoided for all of them: names are unique, ids in upper case,
/// paths in lower case, every project names its origin and every note has a date.
package enum QDATool: String, CaseIterable, Sendable {
  case nvivo, atlas, maxqda, qualcoder

  /// What positions in a text count.
  var unit: PositionUnit.Counted {
    switch self {
    // NVivo for Windows counts as its texts are stored; REFI-QDA and the others count characters.
    case .nvivo: .utf16
    case .atlas, .maxqda, .qualcoder: .scalars
    }
  }
}
