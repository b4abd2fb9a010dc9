package import CuadernoSync
import Foundation
package import GRDB
import GRDBSQLite

/// Bytes in a database, without the detour over `Data` that GRDB's own conversions take.
package struct Blob: Hashable, Sendable {
  package var bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }
}

extension Blob: DatabaseValueConvertible, StatementColumnConvertible {
  package var databaseValue: DatabaseValue { Data(bytes).databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
    Data.fromDatabaseValue(value).map { Blob([UInt8]($0)) }
  }

  package init?(sqliteStatement: OpaquePointer, index: CInt) {
    guard unsafe sqlite3_column_type(sqliteStatement, index) == SQLITE_BLOB else { return nil }
    let count = Int(unsafe sqlite3_column_bytes(sqliteStatement, index))
    guard count > 0, let start = unsafe sqlite3_column_blob(sqliteStatement, index) else {
      bytes = []
      return
    }
    bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  package func bind(to sqliteStatement: OpaquePointer, at index: CInt) -> CInt {
    unsafe bytes.withUnsafeBytes { buffer in
      // A null pointer would bind NULL, so an empty blob is bound by its length.
      guard let start = buffer.baseAddress, buffer.count > 0 else {
        return unsafe sqlite3_bind_zeroblob(sqliteStatement, index, 0)
      }
      let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      return unsafe sqlite3_bind_blob(
        sqliteStatement, index, start, CInt(buffer.count), copied)
    }
  }
}

/// A value that a database holds as a blob of fixed length.
package protocol BlobConvertible: DatabaseValueConvertible, StatementColumnConvertible {
  init?(blob: [UInt8])
  var blob: [UInt8] { get }
}

extension BlobConvertible {
  package var databaseValue: DatabaseValue { Blob(blob).databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
    Blob.fromDatabaseValue(value).flatMap { Self(blob: $0.bytes) }
  }

  package init?(sqliteStatement: OpaquePointer, index: CInt) {
    guard let blob = unsafe Blob(sqliteStatement: sqliteStatement, index: index),
      let value = Self(blob: blob.bytes)
    else { return nil }
    self = value
  }

  package func bind(to sqliteStatement: OpaquePointer, at index: CInt) -> CInt {
    unsafe Blob(blob).bind(to: sqliteStatement, at: index)
  }
}

extension Identifier where Self: BlobConvertible {
  package init?(blob: [UInt8]) { self.init(bytes: blob) }
  package var blob: [UInt8] { bytes }

  package init?(sqliteStatement: OpaquePointer, index: CInt) {
    guard unsafe sqlite3_column_type(sqliteStatement, index) == SQLITE_BLOB,
      unsafe sqlite3_column_bytes(sqliteStatement, index) == 16,
      let start = unsafe sqlite3_column_blob(sqliteStatement, index)
    else { return nil }
    let value = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt128.self)
    self.init(rawValue: UInt128(bigEndian: value))
  }
}

extension DeviceID: BlobConvertible {}
extension RecordID: BlobConvertible {}
extension StudyID: BlobConvertible {}

extension Digest: BlobConvertible {
  package init?(blob: [UInt8]) { self.init(bytes: blob) }
  package var blob: [UInt8] { bytes }
}
