import CuadernoModel

/// The words of the format that docs/guide/formats.md describes.
enum LinesFormat {
  static let version: Int64 = 1
  static let header = "cuaderno"
  static let name = "jsonl"

  static let record = FieldJSON.record
  static let id = "id"
  static let earlierTexts = "earlierTexts"
  static let status = "status"
  static let now = "now"

  /// Kinds in an order in which what a record names comes before it, as far as there is one: a note
  /// may be about anything.
  static let order: [Kind] = [
    .study, .place, .participant, .theme, .interview, .note, .coding,
  ]

  /// Whose devices write in a study, and who sees whose codings, is no part of what it holds: the notebook
  /// that takes a copy in has its own.
  static func isCarried(_ field: Field) -> Bool {
    field.shape != .members && field != .Study.codingsOpenTo
  }

  /// Every member that a line of a kind may have.
  static func known(_ kind: Kind) -> [String] {
    var names = [record]
    if kind != .study { names.append(id) }
    names += Field.fields(of: kind).filter(isCarried).map(\.name)
    if Field.codedText(of: kind) != nil { names.append(earlierTexts) }
    if kind == .coding { names += [status, now] }
    return names
  }
}
