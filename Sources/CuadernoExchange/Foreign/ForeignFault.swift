/// Why another program's database was not taken in.
package enum ForeignFault: Error, Hashable, Sendable {
  case unreadable
  case cannotCopy
  case tooLarge(bytes: Int)
  case beingWritten
  case notADatabase
  case damaged(code: Int)
  case tooMuchWork
  case missingTable(String)
  case missingColumn(table: String, String)
  case notUTF8
  case wrongType(column: String, expected: String)
  case repeatedID
  case noProject
  case severalProjects([Int64])
  case unknownProject([Int64])
}

extension ForeignFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable: "file cannot be read; check its name and its permissions"
    case .cannotCopy:
      "file cannot be copied to be read; check the space left in the folder for temporary files"
    case .tooLarge(let bytes):
      "file or a value in it is \(bytes) bytes or more; the limits are \(ForeignDatabase.bytesMax) and "
        + "\(ForeignDatabase.cellBytesMax)"
    case .beingWritten:
      "file is being written by another program; close that program, or export the project there"
    case .notADatabase: "not a SQLite database; export the project anew"
    case .damaged(let code):
      "database is damaged (SQLite's error \(code)); export the project anew"
    case .tooMuchWork:
      "database takes more work to read than any project; it was not written by "
        + "Taguette"
    case .missingTable(let name):
      "database has no table \(name); it is no project of Taguette"
    case .missingColumn(let table, let name):
      "table \(table) has no column \(name); it is no project of Taguette, or of a version that is not known"
    case .notUTF8: "a text that is not UTF-8; export the project anew"
    case .wrongType(let column, let expected): "\(column) is not \(expected)"
    case .repeatedID: "another row has the same id"
    case .noProject: "database holds no project"
    case .severalProjects(let numbers):
      "database holds \(numbers.count) projects; say which with --project and one of the numbers "
        + Self.list(numbers)
    case .unknownProject(let numbers):
      "database has no project of that number; it has \(Self.list(numbers))"
    }
  }

  /// Numbers of projects say nothing of them; a database of a server may have thousands.
  private static func list(_ numbers: [Int64]) -> String {
    let shown = numbers.prefix(20).map(String.init).joined(separator: ", ")
    return numbers.count > 20 ? shown + " …" : shown
  }
}
