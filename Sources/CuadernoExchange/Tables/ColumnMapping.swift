import CuadernoModel
import CuadernoNotebook

/// Which column, or which question of a form, becomes what of an interview.
package struct ColumnMapping: Sendable {
  /// What becomes of columns that nothing is said of.
  package enum Rest: String, CaseIterable, Sendable {
    case refuse, attributes, skip
  }

  /// How dates are written that are not as ISO 8601 has them. Nobody can tell the third of April from
  /// the fourth of March by looking at one, so it has to be said.
  package enum DateOrder: String, CaseIterable, Sendable {
    case iso, dmy, mdy
  }

  package enum Fault: Error, Hashable, Sendable {
    case notAPair
    case unknownField(known: [String])
    case repeatedField(String)
    case repeatedAttribute(String, columns: [String])
  }

  /// What a column becomes.
  enum Target: Hashable {
    /// One of ``fields``.
    case field(String)
    case attribute(String)
    case nothing
  }

  /// The fields that a column may become.
  package static let fields = [
    "label", "title", "kind", "date", "place", "participants", "interviewers", "languages",
    "consent", "text", "summary", "source", "location",
  ]
  private static let known = fields + ["attribute:NAME"]

  let rest: Rest
  let dates: DateOrder
  /// Whether places and participants that are not there are made.
  let makesNames: Bool
  /// By the names of columns, folded; a column may become several things.
  private var targets: [String: [Target]] = [:]
  private var skipped: Set<String> = []
  private var mapped: Set<String> = []
  /// The columns that were said to become attributes, by the names of these.
  private var attributeColumns: [String: String] = [:]
  /// The columns as they were named, for what a table has not.
  private(set) var names: [String] = []

  /// - Parameters:
  ///   - pairs: `FIELD=COLUMN` each; `text` may come from several columns.
  ///   - skips: columns to be left out.
  package init(
    _ pairs: [String] = [], skipping skips: [String] = [], rest: Rest = .refuse,
    dates: DateOrder = .iso, makesNames: Bool = false
  ) throws(Fault) {
    self.rest = rest
    self.dates = dates
    self.makesNames = makesNames
    for pair in pairs { try take(pair) }
    skipped = Set(skips.map(Self.folded))
    names += skips
  }

  private mutating func take(_ pair: String) throws(Fault) {
    guard let sign = pair.unicodeScalars.firstIndex(of: "=") else { throw .notAPair }
    let field = String(pair[..<sign]).trimmed
    let column = String(pair[sign...].unicodeScalars.dropFirst()).trimmed
    guard !field.isEmpty, !column.isEmpty else { throw .notAPair }
    let target: Target
    if let attribute = AttributeKey.name(in: field) {
      if let other = attributeColumns[attribute] {
        guard Self.folded(other) != Self.folded(column) else { return }
        throw .repeatedAttribute(attribute, columns: [other, column])
      }
      attributeColumns[attribute] = column
      target = .attribute(attribute)
    } else {
      let name = field.lowercased()
      guard Self.fields.contains(name) else { throw .unknownField(known: Self.known) }
      guard mapped.insert(name).inserted || name == "text" else { throw .repeatedField(name) }
      target = .field(name)
    }
    targets[Self.folded(column), default: []].append(target)
    names.append(column)
  }

  private static func folded(_ name: String) -> String {
    TextEntry.normalised(name).trimmed.lowercased()
  }

  /// What a column becomes; nil when nothing was said of it, and its name says nothing.
  func targets(of column: String) -> [Target]? {
    let name = Self.folded(column)
    if skipped.contains(name) { return [.nothing] }
    if let targets = targets[name] { return targets }
    if Self.fields.contains(name), !mapped.contains(name), name != "location" {
      return [.field(name)]
    }
    return AttributeKey.name(in: column).map { [.attribute($0)] }
  }

  func says(_ column: String) -> Bool {
    let name = Self.folded(column)
    return skipped.contains(name) || targets[name] != nil
  }

  func skips(_ column: String) -> Bool { skipped.contains(Self.folded(column)) }

  /// Whether a field comes from a column that was named.
  func maps(_ field: String) -> Bool { mapped.contains(field) }

  /// The columns that were named and are not there.
  func missing(from columns: [String]) -> [String] {
    let there = Set(columns.map(Self.folded))
    return names.filter { !there.contains(Self.folded($0)) }
  }
}

extension ColumnMapping.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAPair:
      "a column is mapped as FIELD=COLUMN, such as --map label=Code or --map attribute:age=Edad"
    case .unknownField(let known):
      "the field of --map is not one of: \(known.joined(separator: ", "))"
    case .repeatedField(let name):
      "--map names \(name) twice; only text may come from several columns"
    case .repeatedAttribute(let name, let columns):
      "--map makes one attribute, \(name), of two columns: \(columns.joined(separator: " and ")); give "
        + "each an attribute of its own"
    }
  }
}
