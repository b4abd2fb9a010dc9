import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A code book: `path,description,color`, or with `name` or `tag` for `path`, as Taguette writes it.
///
/// A theme is the one at that path, whatever its case and accents; the themes above it are made when
/// they are not there. Steps are joined by ` > `, so a name may hold a slash.
enum CodebookTable {
  static func read(_ table: CSVTable, into writer: inout Writer) throws -> ImportTally {
    try table.refuseOthers(
      than: ["path", "name", "tag", "description", "color", "colour", "codings"])
    let path = try table.required("path", "name", "tag")
    let description = table.column("description")
    let colour = table.column("color", "colour")
    var tally = ImportTally()
    for row in table.rows {
      let place = table.place(row, path)
      let names = try table.required(row, path).unicodeScalars
        .split(separator: ">", omittingEmptySubsequences: false).map { String($0).trimmed }
      guard names.allSatisfy({ !$0.isEmpty }) else {
        throw ExchangeError(place, .table(.emptyStep))
      }
      guard names.count <= Limits.treeDepth else { throw ExchangeError(place, .fault(.tooDeep)) }
      var parent: RecordID?
      for name in names.dropLast() {
        parent =
          try existing(name, parent, writer.reader)
          ?? writer.enter(row, nil, .theme, edits(name, parent), &tally)
      }
      let name = names[names.count - 1]
      let found = try existing(name, parent, writer.reader)
      _ = try writer.enter(
        row, found, .theme,
        edits(name, parent) + [
          FieldEdit(.Theme.definition, table.cell(row, description)),
          FieldEdit(.Theme.colour, table.line(row, colour)),
        ], &tally)
    }
    return tally
  }

  private static func edits(_ name: String, _ parent: RecordID?) -> [FieldEdit] {
    [
      FieldEdit(.Theme.name, name),
      FieldEdit(.Theme.parent, value: parent.map { .reference($0.rawValue) }),
    ]
  }

  /// The theme of that name below that parent; the first that came here when there are several.
  private static func existing(
    _ name: String, _ parent: RecordID?, _ reader: Reader
  ) throws -> RecordID? {
    let tree = try reader.tree(.Theme.parent)
    return try reader.ids(named: name, .theme).first { id in
      tree.parent(of: id.rawValue) == parent?.rawValue
    }
  }
}
