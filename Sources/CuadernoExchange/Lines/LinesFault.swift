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
  case repeatedRecord(line: Int)
  case repeatedName(field: String)
  case otherKind(field: String, expected: [String], found: String)
  case circle(field: String)
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
    case .repeatedRecord(let line):
      "line is about the same record as line \(line); a record has one line, so leave one of the two, or "
        + "put into one what both say"
    case .repeatedName(let field):
      "\(field) has one name twice, with different values; leave one of the two"
    case .otherKind(let field, let expected, let found):
      "\(field) is the id of a record of kind \(found); its kind must be \(expected.joined(separator: " or "))"
    case .circle(let field):
      "\(field) leads back to the record itself; let one record of the circle have another, or none"
    case .repeatedHeader: "the header stands twice; import one file after the other"
    }
  }
}
