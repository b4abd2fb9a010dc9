import CuadernoLog
import CuadernoSync

/// The rows of a ledger, as they are the same in whatever database it lies: in one order, and with
/// positions that count the changes of each study.
struct LedgerRows {
  enum Column {
    case integer(String)
    case text(String)
    case bytes(String)
    /// Where in the log of the study something stands.
    case position(String)

    var name: String {
      switch self {
      case .integer(let name), .text(let name), .bytes(let name), .position(let name): name
      }
    }
  }

  struct Table {
    let name: String
    let columns: [Column]
    let order: String

    /// Which column says whose study a row is of.
    var key: String { name == "study" ? "number" : "study" }
    /// Whether its rows are given numbers where they are made.
    var isNumbered: Bool { columns.contains { $0.name == "number" } && name != "audit" }

    var select: String {
      "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(name) "
        + "WHERE \(key) = ? ORDER BY \(order)"
    }

    var insert: String {
      "INSERT INTO \(name) (\(columns.map(\.name).joined(separator: ", "))) "
        + "VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }
  }

  /// Everything that a ledger keeps.
  static let tables = [
    Table(
      name: "study",
      columns: [
        .integer("number"), .bytes("id"), .text("title"), .integer("createdMilliseconds"),
      ], order: "number"),
    Table(
      name: "member",
      columns: [
        .integer("number"), .integer("study"), .text("name"), .text("role"),
        .integer("createdMilliseconds"),
      ], order: "number"),
    Table(
      name: "invite",
      columns: [
        .integer("number"), .bytes("secretHash"), .integer("study"), .integer("member"),
        .integer("createdMilliseconds"), .integer("expiresMilliseconds"),
        .integer("usedMilliseconds"), .integer("usedBy"), .integer("revokedMilliseconds"),
      ], order: "number"),
    Table(
      name: "device",
      columns: [
        .integer("number"), .integer("study"), .bytes("id"), .integer("sequence"), .bytes("link"),
      ], order: "number"),
    Table(
      name: "change",
      columns: [
        .position("position"), .integer("study"), .integer("device"), .integer("sequence"),
        .bytes("envelope"), .bytes("salt"), .bytes("payload"), .bytes("payloadDigest"),
        .bytes("link"),
      ], order: "position"),
    // After the changes, whose positions they name.
    Table(
      name: "enrolledDevice",
      columns: [
        .integer("number"), .integer("study"), .integer("member"), .bytes("id"), .text("name"),
        .bytes("tokenHash"), .integer("createdMilliseconds"), .integer("seenMilliseconds"),
        .integer("revokedMilliseconds"), .position("heldPosition"),
      ], order: "number"),
    Table(
      name: "erased", columns: [.integer("study"), .bytes("record")], order: "record"),
    Table(
      name: "void", columns: [.integer("study"), .bytes("device"), .integer("sequence")],
      order: "device, sequence"),
    Table(
      name: "record",
      columns: [
        .integer("study"), .bytes("id"), .integer("kind"), .integer("isAlive"),
        .integer("contestedCount"), .bytes("state"),
      ], order: "id"),
    Table(
      name: "registerSum", columns: [.integer("study"), .bytes("digest")], order: "study"),
    Table(
      name: "audit",
      columns: [
        .integer("study"), .integer("number"), .integer("milliseconds"), .text("event"),
        .integer("member"), .bytes("device"), .integer("changes"), .integer("voidChanges"),
        .text("detail"), .bytes("link"),
      ], order: "number"),
  ]

  /// Reads a whole study, table by table.
  static func forEach(
    of study: Int64, _ db: some SQLTransaction, _ body: (Table, [Binding]) throws -> Void
  ) throws {
    for table in tables {
      var rank: Int64 = 0
      try db.scan(table.select, [.integer(study)]) { row in
        rank += 1
        let values = try table.columns.enumerated().map { index, column in
          try value(column, row, index, rank: rank, of: study, db)
        }
        try body(table, values)
        return true
      }
    }
  }

  private static func value(
    _ column: Column, _ row: some ResultRow, _ index: Int, rank: Int64, of study: Int64,
    _ db: some SQLTransaction
  ) throws -> Binding {
    guard !row.isNull(index) else { return .null }
    switch column {
    case .integer: return .integer(try row.integer(index))
    case .text: return .text(try row.text(index))
    case .bytes: return .blob(try row.bytes(index))
    case .position("position"): return .integer(rank)
    case .position:
      let count = try db.first(
        "SELECT count(*) FROM change WHERE study = ? AND position <= ?",
        [.integer(study), .integer(try row.integer(index))]
      ) { try $0.integer(0) }
      return .integer(count ?? 0)
    }
  }
}

extension RunningDigest {
  /// Takes in a row, each value with its kind and length, so that no two rows have the same bytes.
  mutating func update(_ table: LedgerRows.Table, _ values: [Binding]) {
    var bytes = Array(table.name.utf8)
    for value in values {
      switch value {
      case .integer(let number):
        bytes.append(1)
        appendFixed64(UInt64(bitPattern: number), to: &bytes)
      case .text(let text): append(2, Array(text.utf8), to: &bytes)
      case .blob(let blob): append(3, blob, to: &bytes)
      case .null, .real, .utf8, .id: bytes.append(0)
      }
    }
    update(bytes)
  }

  private func append(_ kind: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(kind)
    appendVarint(UInt64(content.count), to: &bytes)
    bytes += content
  }
}
