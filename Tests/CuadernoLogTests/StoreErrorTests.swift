import CuadernoLog
import CuadernoSync
import GRDB
import Testing

@Suite struct StoreErrorTests {
  @Test func `what SQLite says becomes an error of ours`() {
    let codes: [(ResultCode, StoreError)] = [
      (.SQLITE_NOTADB, .notADatabase), (.SQLITE_CORRUPT, .damaged),
      (ResultCode(rawValue: 267), .damaged), (.SQLITE_FULL, .diskFull),
      (.SQLITE_READONLY, .readOnly), (.SQLITE_PERM, .readOnly), (.SQLITE_BUSY, .busy),
      (.SQLITE_LOCKED, .busy), (.SQLITE_CANTOPEN, .cannotOpen),
      (ResultCode(rawValue: 1_034), .inputOutput(code: 1_034)),
      (.SQLITE_MISUSE, .failed(code: 21)),
    ]

    for (code, error) in codes {
      #expect(StoreError(DatabaseError(resultCode: code)) == error)
    }
  }

  @Test func `no error of the database's own comes out, and with it no text`() throws {
    let queue = try DatabaseQueue()

    let error = #expect(throws: StoreError.self) {
      try translatingErrors {
        try queue.write { try $0.execute(sql: "INSERT INTO nowhere VALUES ('secreto')") }
      }
    }

    #expect(error == .failed(code: 1))
    #expect(error?.description == "database refused the operation (SQLite code 1)")
  }

  @Test func `a value of the wrong kind is damage`() throws {
    let queue = try DatabaseQueue()

    #expect(throws: StoreError.damaged) {
      try translatingErrors {
        try queue.read { db in
          let row = try Row.fetchOne(db, sql: "SELECT x'00' AS id")
          _ = try row?.decode(DeviceID.self, atIndex: 0)
        }
      }
    }
  }

  @Test func `every error is a sentence`() {
    let dot = Dot(device: DeviceID(rawValue: 10), sequence: 7)
    let sentences: [(StoreError, String)] = [
      (.missing, "file does not exist"),
      (.empty, "file is empty, so it is not a database any more; restore it from a backup"),
      (
        .notADatabase,
        "file is no database, or its first page is damaged; restore it from a backup"
      ),
      (
        .otherKind(applicationID: 5),
        "file is a database of another program or another purpose (application id 5)"
      ),
      (
        .newerVersion(found: 4, known: 3),
        "file was written by a newer cuaderno (schema 4; this one knows 3); update before opening it"
      ),
      (.readOnly, "file or its folder is read-only, so nothing can be written"),
      (.busy, "another cuaderno is writing; try again when it is done"),
      (
        .diskFull,
        "disk is full; what was acknowledged before is kept; free some space and repeat this command"
      ),
      (.cannotOpen, "file cannot be opened; check the folder and its permissions"),
      (.damaged, "file is damaged; run `cuaderno doctor`, or restore it from a backup"),
      (
        .damagedChange(dot),
        "change \(dot) does not match its stored hash: the disk altered it; run `cuaderno doctor`"
      ),
      (
        .inputOutput(code: 10),
        "disk reports an error (SQLite code 10); what was acknowledged before is kept"
      ),
      (.failed(code: 1), "database refused the operation (SQLite code 1)"),
    ]

    for (error, sentence) in sentences { #expect(error.description == sentence) }
  }
}
