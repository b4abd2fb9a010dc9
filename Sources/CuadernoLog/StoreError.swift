package import CuadernoSync
package import GRDB

/// Why a store's file could not be used. Nothing was changed by whatever was tried.
package enum StoreError: Error, Equatable, Sendable {
  case missing
  case empty
  case notADatabase
  /// A database, but not of the kind asked for.
  case otherKind(applicationID: Int32)
  case newerVersion(found: Int, known: Int)
  case readOnly
  case busy
  case diskFull
  case cannotOpen
  /// The file's own structure is damaged.
  case damaged
  /// A row does not hash to what was stored with it.
  case damagedChange(Dot)
  case inputOutput(code: Int32)
  case failed(code: Int32)
}

extension StoreError {
  /// What SQLite's result code says (sqlite.org/rescode.html), without its words: they may quote
  /// the statement and so the text in it.
  package init(_ error: DatabaseError) {
    switch error.resultCode {
    case .SQLITE_NOTADB: self = .notADatabase
    case .SQLITE_CORRUPT: self = .damaged
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CANTOPEN: self = .cannotOpen
    case .SQLITE_IOERR: self = .inputOutput(code: error.extendedResultCode.rawValue)
    default: self = .failed(code: error.extendedResultCode.rawValue)
    }
  }
}

extension StoreError {
  /// Whether a log may still hold what can be saved, although it cannot be used as it is.
  package var isDamage: Bool {
    switch self {
    case .damaged, .damagedChange, .notADatabase, .otherKind, .inputOutput, .failed: true
    case .missing, .empty, .newerVersion, .readOnly, .busy, .diskFull, .cannotOpen: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing: "file does not exist"
    case .empty:
      "file is empty, so it is not a database any more; restore it from a backup"
    case .notADatabase:
      "file is no database, or its first page is damaged; restore it from a backup"
    case .otherKind(let applicationID):
      "file is a database of another program or another purpose (application id \(applicationID))"
    case .newerVersion(let found, let known):
      "file was written by a newer cuaderno (schema \(found); this one knows \(known)); "
        + "update before opening it"
    case .readOnly: "file or its folder is read-only, so nothing can be written"
    case .busy: "another cuaderno is writing; try again when it is done"
    case .diskFull:
      "disk is full; what was acknowledged before is kept; free some space and repeat this command"
    case .cannotOpen: "file cannot be opened; check the folder and its permissions"
    case .damaged: "file is damaged; run `cuaderno doctor`, or restore it from a backup"
    case .damagedChange(let dot):
      "change \(dot) does not match its stored hash: the disk altered it; run `cuaderno doctor`"
    case .inputOutput(let code):
      "disk reports an error (SQLite code \(code)); what was acknowledged before is kept"
    case .failed(let code): "database refused the operation (SQLite code \(code))"
    }
  }
}

/// One of GRDB's errors as ours; any other as it is.
package func translated(_ error: any Error) -> any Error {
  do {
    return try translatingErrors { throw error }
  } catch let translated {
    return translated
  }
}

/// Runs a body and turns GRDB's errors, which carry SQL, into ours, which do not.
package func translatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as DatabaseError {
    throw StoreError(error)
  } catch is RowDecodingError {
    // A column holds what its constraint forbids, so the file was altered from outside.
    throw StoreError.damaged
  }
}
