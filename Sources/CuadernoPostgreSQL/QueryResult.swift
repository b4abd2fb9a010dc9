import CPostgreSQL
import CuadernoLog

/// What the server answered to one command; it is freed with the last who reads it.
@safe final class QueryResult {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) {
    unsafe self.result = unsafe result
  }

  deinit {
    unsafe PQclear(result)
  }

  var status: ExecStatusType { unsafe PQresultStatus(result) }

  var state: SQLState? {
    // PG_DIAG_SQLSTATE, which is a character literal in C.
    let field = CInt(UInt8(ascii: "C"))
    return unsafe PQresultErrorField(result, field).map { SQLState(unsafe String(cString: $0)) }
  }

  /// The command that was carried out, such as `COMMIT`.
  var command: String {
    unsafe PQcmdStatus(result).map { unsafe String(cString: $0) } ?? ""
  }

  var rowCount: Int { Int(unsafe PQntuples(result)) }

  var columnCount: Int { Int(unsafe PQnfields(result)) }

  /// How many bytes libpq took for it.
  var byteCount: Int { unsafe PQresultMemorySize(result) }

  func isNull(_ row: Int, _ column: Int) -> Bool {
    unsafe PQgetisnull(result, CInt(row), CInt(column)) != 0
  }

  func bytes(_ row: Int, _ column: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard !isNull(row, column),
      let start = unsafe PQgetvalue(result, CInt(row), CInt(column))
    else { throw .damaged }
    let count = Int(unsafe PQgetlength(result, CInt(row), CInt(column)))
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }
}

/// One row of an answer, in PostgreSQL's binary form.
package struct PostgreSQLRow: ResultRow {
  let result: QueryResult
  let row: Int

  package func isNull(_ index: Int) -> Bool {
    result.isNull(row, index)
  }

  package func integer(_ index: Int) throws -> Int64 {
    let bytes = unsafe try result.bytes(row, index)
    guard bytes.count == 8 else { throw StoreError.damaged }
    return unsafe Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
  }

  package func text(_ index: Int) throws -> String {
    unsafe String(decoding: try result.bytes(row, index), as: UTF8.self)
  }

  package func bytes(_ index: Int) throws -> [UInt8] {
    unsafe [UInt8](try result.bytes(row, index))
  }
}
