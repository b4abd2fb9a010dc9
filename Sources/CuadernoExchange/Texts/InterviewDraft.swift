package import CuadernoModel
import CuadernoNotebook

/// An interview or document as a text file has it, before the notebook has seen it: places and
/// participants are still names.
package struct InterviewDraft: Sendable {
  package var label: String
  package var title: String?
  package var kind: InterviewKind?
  package var date: PartialDate?
  package var placePath: String?
  package var participants: [String] = []
  package var interviewers: [String] = []
  package var languages: [String] = []
  package var consent: Consent?
  package var source: String?
  package var summary: String?
  package var attributes: [Attribute] = []
  package var text: String

  /// The lines of the file on which the keys stand, so that a name nobody knows is told with its
  /// line.
  private(set) var lines: [String: Int] = [:]

  /// The keys of a front-matter block, in the order in which they are usually written.
  package static let keys = [
    "label", "title", "kind", "date", "place", "participants", "interviewers", "languages",
    "consent", "source", "summary", "attribute:NAME",
  ]

  /// - Parameters:
  ///   - fileName: what the label is made of when the file does not name one.
  ///   - kind: what it is when the file does not say.
  ///   - isPlain: whether to take the whole file for text, whatever it begins with.
  /// - Throws: ``ExchangeError`` with the byte or line of what cannot be taken.
  package init(
    _ bytes: [UInt8], fileName: String, encoding: TextEncoding? = nil, kind: InterviewKind? = nil,
    isPlain: Bool = false
  ) throws {
    guard !bytes.isEmpty else { throw ExchangeError(.file, .bytes(.empty)) }
    let whole = TextEntry.normalised(try TextDecoding.text(bytes, as: encoding))
    label = TextEntry.normalised(Self.stem(of: fileName))
    self.kind = kind
    let isPlain = isPlain || !Self.mayHaveFrontMatter(fileName)
    guard !isPlain else {
      text = whole
      try checkText(firstLine: 1)
      return
    }
    let matter = try FrontMatter(whole)
    text = String(matter.text)
    for entry in matter.entries {
      lines[entry.key.lowercased()] = entry.line
      guard !entry.value.isEmpty else { continue }
      try ExchangeError.at(.line(entry.line)) { try take(entry) }
    }
    try checkText(firstLine: matter.textLine)
  }

  /// - Parameter text: what a converter made of a document.
  package init(text: String, fileName: String, kind: InterviewKind? = nil) throws {
    label = TextEntry.normalised(Self.stem(of: fileName))
    self.kind = kind
    self.text = text
    try checkText(firstLine: 1)
  }

  private static func stem(of fileName: String) -> String {
    let name = fileName.split(separator: "/").last.map(String.init) ?? fileName
    guard let dot = name.unicodeScalars.lastIndex(of: "."), dot > name.startIndex else {
      return name
    }
    return String(name[..<dot])
  }

  private static func mayHaveFrontMatter(_ fileName: String) -> Bool {
    let name = fileName.lowercased()
    return name.hasSuffix(".md") || name.hasSuffix(".markdown")
  }

  private mutating func take(_ entry: FrontMatter.Entry) throws {
    let value = entry.value
    switch entry.key.lowercased() {
    case "label": label = value
    case "title": title = value
    case "summary": summary = value
    case "source": source = value
    case "kind": kind = try Self.kind(value)
    case "date": date = try Self.date(value, "date")
    case "place": placePath = value
    case "participants": participants = value.listEntries
    case "interviewers": interviewers = value.listEntries
    case "languages": languages = value.listEntries
    case "consent":
      guard let consent = try Self.consent(value) else {
        throw ExchangeError(.line(entry.line), .frontMatter(.consent))
      }
      self.consent = consent
    default:
      guard let name = AttributeKey.name(in: entry.key) else {
        throw ExchangeError(.line(entry.line), .frontMatter(.unknownKey(known: Self.keys)))
      }
      attributes.append(Attribute(name: name, value: value))
    }
  }

  static func kind(_ name: String) throws -> InterviewKind {
    guard let kind = InterviewKind(rawValue: name.lowercased()) else {
      throw Fault.notAChoice(field: "kind", choices: InterviewKind.allCases.map(\.rawValue))
    }
    return kind
  }

  private static func date(_ text: String, _ field: String) throws -> PartialDate {
    do {
      return try PartialDate(text, isKnownZone: Surroundings.isKnownTimeZone)
    } catch {
      throw Fault.date(field: field, error)
    }
  }

  /// Form; level; date; embargo. Nil for what is not written so.
  static func consent(_ text: String) throws -> Consent? {
    let parts = text.listEntries
    guard (2...4).contains(parts.count) else { return nil }
    guard let level = ConsentLevel(rawValue: parts[1].lowercased()) else {
      throw Fault.notAChoice(
        field: "consent level", choices: ConsentLevel.allCases.map(\.rawValue))
    }
    return Consent(
      form: parts[0], level: level,
      date: parts.count > 2 ? try date(parts[2], "consent date") : nil,
      embargo: parts.count > 3 ? try date(parts[3], "embargo") : nil)
  }

  /// A control character is told with its line in the file, where an editor finds it.
  private func checkText(firstLine: Int) throws {
    do {
      try Validation.checkText(text, "text")
    } catch let fault {
      guard case .controlCharacter(_, _, let position) = fault else {
        throw ExchangeError(.file, .fault(fault))
      }
      let before = text.unicodeScalars.prefix(position)
      let line = firstLine + before.count { $0 == "\n" }
      throw ExchangeError(.line(line), .fault(fault))
    }
  }
}
