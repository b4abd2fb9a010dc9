/// Rows of the same things, of which there may be as many as a study has: they are printed as they are read.
///
/// A table for people needs the width of its widest cell first. So as long as there are few rows they are
/// held; where there are more they are read twice.
struct Listing {
  var columns: [Table.Column]
  /// What is said to people when there is no row.
  var whenEmpty: String
  /// Gives every row to what it is called with, the same each time.
  var forEachRow: ((_ row: [JSON]) throws -> Void) throws -> Void

  init(
    _ columns: [Table.Column], whenEmpty: String,
    forEachRow: @escaping ((_ row: [JSON]) throws -> Void) throws -> Void
  ) {
    self.columns = columns
    self.whenEmpty = whenEmpty
    self.forEachRow = forEachRow
  }

  /// How many rows are held.
  static let rowsHeldMax = 5_000

  /// - Parameter write: takes what is printed piece by piece.
  func print(asJSON: Bool, to write: (String) throws -> Void) throws {
    if asJSON { return try printJSON(to: write) }
    var held = [[JSON]]()
    var layout = Table.Layout(columns)
    var count = 0
    try forEachRow { row in
      count += 1
      layout.add(row)
      if count <= Self.rowsHeldMax { held.append(row) } else { held = [] }
    }
    guard count > 0 else { return try write(whenEmpty + "\n") }
    var text = layout.header
    func add(_ row: [JSON]) throws {
      text += layout.line(row)
      guard text.utf8.count > Self.pieceBytes else { return }
      try write(text)
      text = ""
    }
    if held.isEmpty { try forEachRow(add) } else { try held.forEach(add) }
    try write(text)
  }

  private static let pieceBytes = 1 << 16

  private func printJSON(to write: (String) throws -> Void) throws {
    let keys = columns.map(\.key)
    var text = "["
    var isFirst = true
    try forEachRow { row in
      text += (isFirst ? "" : ",") + JSON.object(zip(keys, row).map { ($0, $1) }).description
      isFirst = false
      guard text.utf8.count > Self.pieceBytes else { return }
      try write(text)
      text = ""
    }
    try write(text + "]\n")
  }
}

extension NotebookOptions {
  func show(_ listing: Listing) throws {
    try StandardOutput.stream { write in
      try listing.print(asJSON: json) { try write(Array($0.utf8)) }
    }
  }
}
