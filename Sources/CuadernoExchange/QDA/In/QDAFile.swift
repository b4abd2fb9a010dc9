import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A project's tree with what every part of an import needs: ids, text in the form in which it is
/// kept, places for what is told, and the report.
struct QDAFile {
  let root: XMLNode
  let entry: ArchiveReading.Entry?
  /// Whether a study of Cuaderno wrote the project.
  let isOwn: Bool
  var report = QDAImportReport()
  private var taken: Set<RecordID> = []
  private var repeated = RepeatedIDs([])

  init(_ root: XMLNode, _ entry: ArchiveReading.Entry?) {
    self.root = root
    self.entry = entry
    isOwn = root.attribute("origin")?.hasPrefix(QDANamespace.origin) ?? false
  }

  func place(_ node: XMLNode) -> ExchangeError.Place {
    let place = ExchangeError.Place.lineColumn(line: node.line, column: node.column)
    return entry.map { ArchiveReading.place($0, place) } ?? place
  }

  /// What an import reads; of a graph it says only that it is there.
  static func kept(_ name: String) -> XMLReading.Kept {
    name == "graph" ? .itself : read.contains(name) || name.hasSuffix("value") ? .all : .nothing
  }

  private static let read: Set<String> = [
    "users", "user", "codebook", "codes", "code", "description", "noteref", "variables", "variable",
    "cases", "case", "coderef", "variableref", "sourceref", "selectionref", "sources", "textsource",
    "picturesource", "pdfsource", "audiosource", "videosource", "plaintextcontent",
    "plaintextselection", "transcriptselection", "pictureselection", "pdfselection",
    "audioselection", "videoselection", "representation", "transcript", "textdescription",
    "syncpoint", "coding", "notes", "note", "links", "link", "sets", "set", "membersource",
    "membercode", "membernote", "graphs",
  ]

  mutating func count(_ line: QDAImportReport.Line, _ node: XMLNode) {
    report.count(line, at: place(node))
  }

  // MARK: - Writing

  /// Writes a record; what was edited here stays while the file says of it what it said before.
  mutating func enter(
    _ id: RecordID, _ kind: Kind, _ edits: [FieldEdit], at node: XMLNode, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    var kept = IntakeReport()
    let outcome = try ExchangeError.at(place(node)) {
      try writer.enter(id, kind, edits, keeping: &kept)
    }
    report.take(kept)
    return outcome
  }

  // MARK: - Ids

  /// The id that an attribute names, as it stands there.
  static func guid(_ node: XMLNode?, _ name: String = "guid") -> RecordID? {
    node?.attribute(name).flatMap { RecordID(guid: $0) }
  }

  /// The record's id: its GUID, unless there is none or another has it already. Then it follows from
  /// where the thing stands, so that the file taken in again names the same record.
  mutating func id(of node: XMLNode, within parent: RecordID?, ordinal: Int) -> RecordID {
    let guid = Self.guid(node)
    if let guid, taken.insert(guid).inserted { return guid }
    count(guid == nil ? .missingIDs : .repeatedIDs, node)
    return madeID([
      "refi-qda", root.attribute("name") ?? "", node.name, parent?.guid ?? "",
      guid?.guid ?? node.attribute("guid") ?? node.attribute("name") ?? "", String(ordinal),
    ])
  }

  /// An id of what has none, the same each time the file is taken in.
  mutating func madeID(_ parts: [String]) -> RecordID {
    while true {
      let id = repeated.id(parts)
      if taken.insert(id).inserted { return id }
    }
  }

  // MARK: - Text

  /// A line as it is kept; nil when there is nothing in it.
  mutating func line(_ text: String?) -> String? {
    guard let text else { return nil }
    let whole = cleaned(text)
    var line = String.UnicodeScalarView()
    for scalar in whole.unicodeScalars { line.append(scalar == "\n" ? " " : scalar) }
    var result = String(line).trimmed
    if result.utf8.count > Self.lineBytesMax {
      report.count(.shortened)
      var bytes = 0
      var short = String.UnicodeScalarView()
      for scalar in result.unicodeScalars {
        bytes += Int(UTF8.width(scalar))
        guard bytes <= Self.lineBytesMax else { break }
        short.append(scalar)
      }
      result = TextEntry.normalised(String(short)).trimmed
    }
    return result.isEmpty ? nil : result
  }

  private static let lineBytesMax = 1_000

  /// A text as it is kept; nil when there is nothing in it.
  mutating func text(_ text: String?) -> String? {
    guard let text else { return nil }
    let result = cleaned(text)
    return result.isEmpty ? nil : result
  }

  private mutating func cleaned(_ text: String) -> String {
    let (text, count) = ControlCharacters.asSpaces(text)
    report.count(.controlCharacters, count)
    return TextEntry.normalised(text)
  }

  mutating func description(of node: XMLNode) -> String? {
    text(node.child("description")?.text)
  }
}

/// Characters that no text here may hold.
enum ControlCharacters {
  /// One space for each, so that no position moves.
  static func asSpaces(_ text: String) -> (text: String, count: Int) {
    guard text.unicodeScalars.contains(where: isOne) else { return (text, 0) }
    var count = 0
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isOne(scalar) { count += 1 }
      result.append(isOne(scalar) ? " " : scalar)
    }
    return (String(result), count)
  }

  private static func isOne(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: false
    case 0..<0x20, 0x7F...0x9F, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
