import CuadernoLog

extension BackupError {
  /// Whether it is the file itself from which no notebook can be made, whatever else is tried.
  package var isUnfitFile: Bool {
    guard case .file(let fault) = self else { return false }
    return switch fault {
    case .empty, .notADatabase, .otherKind, .damaged, .damagedChange: true
    case .missing, .newerVersion, .readOnly, .busy, .diskFull, .cannotOpen, .inputOutput, .failed:
      false
    }
  }
}
