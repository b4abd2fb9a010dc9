import Crypto
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Taguette's tags as themes.
///
/// A tag is a path whose steps are joined by dots, as in `people.teachers` (its manual; it takes a tag
/// for part of another when its path begins so). Its code book as REFI-QDA gives each tag an id made of
/// that path (its export.py), and the themes here have the same, so that a code book and a project
/// taken in one after the other are the same themes.
struct TaguetteTags {
  /// By which its code book as a table is known.
  static let highlightsColumn = "number of highlights"

  /// From Taguette's export.py.
  private static let namespace: [UInt8] = [
    0x51, 0xB2, 0xB2, 0xB7, 0x27, 0xEB, 0x4E, 0xCB, 0x9D, 0x56, 0xE7, 0x5B, 0x0A, 0x04, 0x96, 0xC2,
  ]

  /// The themes by the paths of their tags.
  private(set) var themes: [String: RecordID] = [:]
  /// Read when the first is taken in.
  private var known: ThemesByName?
  /// Whether a definition that was edited here stays so while the file says what it said before.
  private let keepsEdits: Bool

  /// - Parameter known: the themes of the study, where they were read already.
  init(_ known: ThemesByName? = nil, keepsEdits: Bool = false) {
    self.known = known
    self.keepsEdits = keepsEdits
  }

  /// The version 5 UUID of a path (RFC 9562, section 5.5), which is made with SHA-1 by definition.
  static func id(ofPath path: String) -> RecordID {
    var hash = Insecure.SHA1()
    hash.update(data: namespace)
    hash.update(data: Array(path.utf8))
    var bytes = Array(hash.finalize().prefix(RecordID.byteCount))
    bytes[6] = bytes[6] & 0x0F | 0x50
    bytes[8] = bytes[8] & 0x3F | 0x80
    guard let id = RecordID(bytes: bytes) else {
      preconditionFailure("a digest is longer than an id")
    }
    return id
  }

  /// The steps of a path.
  ///
  /// A dot at an end, beside white space or between digits is part of a name: `Sr. alcalde`, `etc.`,
  /// `ley 1.2`.
  static func steps(_ path: String) -> [String] {
    let scalars = Array(path.unicodeScalars)
    var steps = [String]()
    var step = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      if scalar == ".", index > 0, index + 1 < scalars.count,
        parts(scalars[index - 1], scalars[index + 1])
      {
        steps.append(String(step))
        step = String.UnicodeScalarView()
      } else {
        step.append(scalar)
      }
    }
    return steps + [String(step)]
  }

  private static func parts(_ before: Unicode.Scalar, _ after: Unicode.Scalar) -> Bool {
    func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    for scalar in [before, after] where scalar.properties.isWhitespace || scalar == "." {
      return false
    }
    return !(isDigit(before) && isDigit(after))
  }

  /// Writes the theme of a tag, and those above it; one that stands at its path already is it.
  ///
  /// - Parameter description: empty for none.
  @discardableResult
  mutating func enter(
    _ path: String, _ description: String, at place: ExchangeError.Place,
    _ report: inout IntakeReport, into writer: inout Writer
  ) throws -> RecordID {
    let steps = Self.steps(path)
    guard steps.count <= Limits.treeDepth else { throw ExchangeError(place, .fault(.tooDeep)) }
    var above: RecordID?
    for depth in 1..<max(1, steps.count) {
      let upper = steps[..<depth].joined(separator: ".")
      above =
        try themes[upper]
        ?? enter(upper, steps[depth - 1], below: above, nil, at: place, &report, &writer)
    }
    let definition = description.isEmpty ? nil : report.kept(description, at: place).kept
    return try enter(
      path, steps[steps.count - 1], below: above, definition, at: place, &report, &writer)
  }

  private mutating func enter(
    _ path: String, _ name: String, below parent: RecordID?, _ definition: String?,
    at place: ExchangeError.Place, _ report: inout IntakeReport, _ writer: inout Writer
  ) throws -> RecordID {
    let line = report.line(name, at: place) ?? "tag"
    let own = Self.id(ofPath: path)
    let isOwn = try writer.reader.fetch(Theme.self, own) != nil
    // In place, since a copy would be one of all themes.
    if known == nil { known = try ThemesByName(writer.reader) }
    // One that was merged into another is not the one that a tag means.
    let found =
      isOwn ? own : known?.all(line, below: parent).first { known?.isMerged($0) == false }
    let id = found ?? own
    var edits = [FieldEdit]()
    if found == nil {
      edits.append(FieldEdit(.Theme.name, line))
      if let parent { edits.append(FieldEdit(.Theme.parent, value: .reference(parent.rawValue))) }
    }
    if let definition { edits.append(FieldEdit(.Theme.definition, definition)) }
    let outcome = try ExchangeError.at(place) {
      keepsEdits
        ? try writer.enter(id, .theme, edits, keeping: &report)
        : try writer.enter(id, .theme, edits)
    }
    report.tally.count(.theme, outcome)
    themes[path] = id
    if found == nil { known?.add(id, line, below: parent) }
    return id
  }
}
