import CuadernoModel
import GRDB

/// The statements that are run for nearly every change, each looked up once: to find one among GRDB's by
/// its SQL takes about as long as to bind it.
final class FrequentStatements {
  private let view: Database
  private var found: [Statement?]

  enum Use {
    case insertRecord
    case insertHistory
    case insert(Kind)

    fileprivate var index: Int {
      switch self {
      case .insertRecord: 0
      case .insertHistory: 1
      case .insert(let kind): 1 + Int(kind.rawValue)
      }
    }

    fileprivate var sql: String {
      switch self {
      case .insertRecord: RecordRow.insertion
      case .insertHistory: "INSERT INTO history (record, position) VALUES (?, ?)"
      case .insert(let kind): KindTable.of(kind).insert
      }
    }
  }

  init(_ view: Database) {
    self.view = view
    found = Array(repeating: nil, count: 2 + Kind.allCases.count)
  }

  func callAsFunction(_ use: Use) throws -> Statement {
    if let statement = found[use.index] { return statement }
    let statement = try view.cachedStatement(sql: use.sql)
    found[use.index] = statement
    return statement
  }
}
