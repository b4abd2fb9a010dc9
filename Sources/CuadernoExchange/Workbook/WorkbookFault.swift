/// Why a workbook was not written.
package enum WorkbookFault: Error, Hashable, Sendable {
  case cannotWrite
  case library(code: Int)
  case tooManyColumns(Int)
  case notAsWritten
}

extension WorkbookFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .cannotWrite:
      "file cannot be written there; check the folder, its permissions and the space left"
    case .library(let code):
      "the workbook could not be written (libxlsxwriter's error \(code)); nothing was written. "
        + "Check the space left in the folder"
    case .tooManyColumns(let count):
      "a sheet would have \(count) columns; Excel's limit is \(WorkbookLimits.columns). Take a part of the "
        + "study, or `cuaderno export matrix`, which has no such limit"
    case .notAsWritten:
      "the workbook does not hold what was written into it; nothing was written. Check the space "
        + "left in the folder, and try again"
    }
  }
}

/// What Excel takes ("Excel specifications and limits").
enum WorkbookLimits {
  static let rows = 1_048_576
  static let columns = 16_384
}
