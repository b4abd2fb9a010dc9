import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// A record that fits what somebody typed.
package struct Match: Hashable, Sendable {
  package var id: RecordID
  package var kind: Kind
  /// Its label, name or pseudonym; for a place or theme the path down to it.
  package var name: String

  package init(id: RecordID, kind: Kind, name: String) {
    self.id = id
    self.kind = kind
    self.name = name
  }
}

/// What separates the steps of a path of places or themes when it is typed and printed.
package let pathSeparator = " > "

extension Reader {
  /// The fewest digits by which an id is found: with fewer, a word such as "fe" would be one.
  package static let idPrefixDigits = 4

  /// The records that a label, name, pseudonym, path or beginning of an id fits, ignoring case and
  /// accents. A name that fits exactly hides ids that begin with the same letters.
  package func find(_ text: String, among kinds: [Kind]) throws -> [Match] {
    let steps = text.split(separator: ">").map { Folding.folded(String($0)) }
    guard let last = steps.last, !last.isEmpty else { return [] }
    // A name may have the sign of a path in it.
    var matches = try findByName(Folding.folded(text), among: kinds)
    if matches.isEmpty, steps.count > 1 {
      matches = Self.matching(steps, try findByName(last, among: kinds))
    }
    return try matches.isEmpty ? findByID(text, among: kinds) : matches
  }

  private func findByName(_ folded: String, among kinds: [Kind]) throws -> [Match] {
    var matches = [Match]()
    for kind in kinds {
      let statement = try view.cachedStatement(
        sql: "SELECT record FROM name WHERE folded = ? AND kind = ?")
      for number in try Int64.fetchAll(statement, arguments: [folded, Int64(kind.rawValue)]) {
        guard let found = try identify(number) else { continue }
        matches.append(Match(id: found.id, kind: kind, name: try name(of: found.id, kind)))
      }
    }
    return matches
  }

  /// Those whose path ends with the steps; only the one whose whole path they are, if there is one.
  private static func matching(_ steps: [String], _ matches: [Match]) -> [Match] {
    var ending = [Match]()
    for match in matches {
      let path = match.name.split(separator: ">").map { Folding.folded(String($0)) }
      if path == steps { return [match] }
      if path.suffix(steps.count) == steps[...] { ending.append(match) }
    }
    return ending
  }

  private func findByID(_ text: String, among kinds: [Kind]) throws -> [Match] {
    let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }
    guard (Self.idPrefixDigits...32).contains(digits.count) else { return [] }
    let prefix = String(decoding: digits, as: UTF8.self)
    let padding = 32 - digits.count
    guard let first = RecordID(prefix + String(repeating: "0", count: padding)),
      let last = RecordID(prefix + String(repeating: "f", count: padding))
    else { return [] }
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT id, kind FROM record
          WHERE id BETWEEN ? AND ? AND isAlive \(unlessWithheld("number")) LIMIT 100
          """),
      arguments: [first, last])
    return try rows.compactMap { row in
      let id = try row.decode(RecordID.self, atIndex: 0)
      guard let kind = Kind(rawValue: UInt32(clamping: try row.decode(Int64.self, atIndex: 1))),
        kinds.contains(kind)
      else { return nil }
      return Match(id: id, kind: kind, name: try name(of: id, kind))
    }
  }

  /// What a record is called where it is listed or told of.
  package func name(of id: RecordID, _ kind: Kind) throws -> String {
    switch kind {
    case .study: try studyHeader().title ?? ""
    case .interview: try column("coalesce(label, title)", of: id, kind)
    case .participant: try column("pseudonym", of: id, kind)
    case .place: try path(to: id, Field.Place.parent).joined(separator: pathSeparator)
    case .theme: try path(to: id, Field.Theme.parent).joined(separator: pathSeparator)
    case .note, .coding: ""
    }
  }

  private func column(_ expression: String, of id: RecordID, _ kind: Kind) throws -> String {
    let statement = try view.cachedStatement(
      sql: """
        SELECT \(expression) FROM \(kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?)
        """)
    return try String.fetchOne(statement, arguments: [id]) ?? ""
  }

  /// The names from the root down to a place or theme.
  private func path(to id: RecordID, _ field: Field) throws -> [String] {
    if let path = try straightPath(to: id, field) { return path }
    let statement = try view.cachedStatement(
      sql: """
        SELECT name FROM \(field.kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?)
        """)
    let tree = try field.kind == .theme ? themeTree().tree : tree(field)
    return try tree.path(to: id.rawValue).map { step in
      try String.fetchOne(statement, arguments: [RecordID(rawValue: step)]) ?? ""
    }
  }
}

extension Reader {
  /// The same path without reading every other place or theme. Nil where the tree is not as it was written:
  /// parents close a circle, or a theme was merged into another.
  private func straightPath(to id: RecordID, _ field: Field) throws -> [String]? {
    if field.kind == .theme, try hasMergedThemes { return nil }
    let statement = try view.cachedStatement(
      sql: """
        SELECT name, \(field.name) FROM \(field.kind.name)
        WHERE record = (SELECT number FROM record WHERE id = ?)
        """)
    var (names, ids) = ([String](), [id])
    while let row = try Row.fetchOne(statement, arguments: [ids[ids.count - 1]]) {
      names.append(try row.decode(String?.self, atIndex: 0) ?? "")
      guard let parent = try row.decode(RecordID?.self, atIndex: 1) else { break }
      guard !ids.contains(parent) else { return nil }
      ids.append(parent)
    }
    return names.isEmpty ? [""] : names.reversed()
  }

  private var hasMergedThemes: Bool {
    get throws {
      try Bool.fetchOne(
        view.cachedStatement(
          sql: "SELECT EXISTS (SELECT 1 FROM theme WHERE mergedInto IS NOT NULL)")) ?? false
    }
  }
}

/// The paths of all places or all themes, for listings and exports.
package struct Paths: Sendable {
  package let tree: Tree
  private let names: [Reference: String]

  package init(tree: Tree, names: [RecordID: String]) {
    self.tree = tree
    self.names = Dictionary(
      names.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names from the root down to the record.
  package func steps(to id: RecordID) -> [String] {
    tree.path(to: id.rawValue).map { names[$0] ?? "" }
  }

  package func path(to id: RecordID) -> String {
    steps(to: id).joined(separator: pathSeparator)
  }
}

extension Reader {
  package func placePaths() throws -> Paths {
    let places = try fetchAll(Place.self)
    return Paths(
      tree: try tree(.Place.parent),
      names: Dictionary(
        places.map { ($0.id, $0.name ?? "") }, uniquingKeysWith: { first, _ in first }))
  }

  package func themePaths() throws -> Paths {
    let themes = try fetchAll(Theme.self)
    return Paths(
      tree: try themeTree().tree,
      names: Dictionary(
        themes.map { ($0.id, $0.name ?? "") }, uniquingKeysWith: { first, _ in first }))
  }
}
