/// What went wrong with a PostgreSQL database.
///
/// Never what the server or libpq said of it: their sentences may hold values, statements and passwords.
package enum PostgreSQLFault: Error, Hashable, Sendable {
  /// There is nobody at the address, or nobody who lets this server in.
  case unreachable
  case notUTF8
  case tooOld(version: Int)
  /// The connection broke; what was not committed is not there.
  case lost
  /// The connection broke during a commit: it may have been carried out or not.
  case outcomeUnknown
  /// Nobody gave a connection back in time.
  case poolExhausted
  case closed
  /// The server refused a statement.
  case refused(SQLState)
  /// An answer has not the shape that its statement gives it.
  case malformed
}

/// PostgreSQL's code for an error: five characters
/// (postgresql.org/docs/15/errcodes-appendix.html).
package struct SQLState: Hashable, Sendable {
  package let code: String

  package init(_ code: String) {
    self.code = code
  }

  package static let uniqueViolation = SQLState("23505")
  package static let serializationFailure = SQLState("40001")
  package static let deadlock = SQLState("40P01")
  package static let duplicateTable = SQLState("42P07")
  package static let diskFull = SQLState("53100")
  package static let lockNotAvailable = SQLState("55P03")
  package static let queryCanceled = SQLState("57014")

  /// The first two characters.
  package var errorClass: Substring { code.prefix(2) }

  /// Whether the server ends the connection with it.
  var endsConnection: Bool {
    errorClass == "08" || ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(code)
  }
}

extension PostgreSQLFault {
  /// Whether the same transaction may well succeed when it is run again.
  var isWorthRepeating: Bool {
    switch self {
    case .lost: true
    case .refused(let state):
      // Of two transactions that bring the same name, the second finds it the next time.
      [.serializationFailure, .deadlock, .uniqueViolation].contains(state)
    case .unreachable, .notUTF8, .tooOld, .outcomeUnknown, .poolExhausted, .closed, .malformed:
      false
    }
  }
}
