/// Why a line of a study was refused.
package enum LinesFault: Hashable, Sendable {
  case empty
  case otherFormat
  case newerVersion(found: Int64, known: Int64)
  case notAnObject
  case unknownKind(known: [String])
  case unknownField(known: [String])
  case missingField(String)
  case wrongShape(field: String, expected: String)
  case noSuchVersion(Int64, count: Int)
  case noText
  case repeatedHeader
}

extension LinesFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "file is empty"
    case .otherFormat:
      #"first line is neither {"cuaderno":"jsonl","version":1} nor a line with "kind""#
        + "; export the study anew with `cuaderno export jsonl`"
    case .newerVersion(let found, let known):
      "file was written by a newer cuaderno (version \(found); this one knows \(known)); update "
        + "before importing it"
    case .notAnObject: "line is no JSON object"
    case .unknownKind(let known): "kind is not one of: \(known.joined(separator: ", "))"
    case .unknownField(let known):
      "field is not one of: \(known.joined(separator: ", ")); take it out, or update cuaderno if a "
        + "newer one wrote it"
    case .missingField(let name): "line has no \(name)"
    case .wrongShape(let field, let expected): "\(field) must be \(expected)"
    case .noSuchVersion(let version, let count):
      "anchor is on version \(version) of the earlier texts, and its record gives \(count)"
    case .noText: "coding lies on a record that has no text; its line must come before this one"
    case .repeatedHeader: "the header stands twice; import one file after the other"
    }
  }
}
