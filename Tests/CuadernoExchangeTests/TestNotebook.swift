import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Synchronization

/// A notebook on real files in a folder of its own, in which chance and time come from a seed.
struct TestNotebook {
  let folder: ScratchFolder
  let notebook: Notebook

  init(seed: UInt64 = 1, study: UInt128 = 7, member: String = "Ana") throws {
    folder = try ScratchFolder()
    let random = Mutex(SplitMix64(seed: seed))
    let surroundings = Surroundings(
      now: { 1_700_000_000_000 },
      randomBytes: { count in random.withLock { $0.bytes(count) } },
      machine: "machine", stateFolder: URL(fileURLWithPath: folder.file("state")))
    notebook = try Notebook.create(
      in: NotebookFolder(URL(fileURLWithPath: folder.file("notebook"))),
      study: StudyID(rawValue: study), title: "Coca y Estado", member: member,
      deviceName: "laptop", surroundings: surroundings)
  }

  /// How many changes the notebook holds.
  var changes: UInt64 {
    get throws { try notebook.frontier().changeCount }
  }

  func counts() throws -> [Kind: Int] {
    try notebook.read { try $0.counts() }
  }

  func write<Result>(_ body: (inout Writer) throws -> Result) throws -> Result {
    try notebook.write(body)
  }

  // MARK: - Records

  @discardableResult
  func place(
    _ name: String, _ kind: PlaceKind? = nil, in parent: RecordID? = nil
  ) throws -> RecordID {
    try write {
      try $0.create(
        .place,
        [
          FieldEdit(.Place.name, name), FieldEdit(.Place.kind, kind?.rawValue),
          FieldEdit(.Place.parent, value: parent.map { .reference($0.rawValue) }),
        ].filter { $0.value != nil })
    }
  }

  @discardableResult
  func theme(_ name: String, in parent: RecordID? = nil) throws -> RecordID {
    try write {
      try $0.create(
        .theme,
        [
          FieldEdit(.Theme.name, name),
          FieldEdit(.Theme.parent, value: parent.map { .reference($0.rawValue) }),
        ].filter { $0.value != nil })
    }
  }

  @discardableResult
  func participant(_ pseudonym: String, role: String? = nil) throws -> RecordID {
    try write {
      try $0.create(
        .participant,
        [FieldEdit(.Participant.pseudonym, pseudonym), FieldEdit(.Participant.role, role)]
          .filter { $0.value != nil })
    }
  }

  @discardableResult
  func interview(
    _ label: String, _ text: String? = nil, date: String? = nil, place: RecordID? = nil,
    participants: [RecordID] = []
  ) throws -> RecordID {
    try write { writer in
      var edits = [
        FieldEdit(.Interview.label, label), FieldEdit(.Interview.text, text),
        FieldEdit(.Interview.date, value: try date.map(Self.date)),
        FieldEdit(.Interview.place, value: place.map { .reference($0.rawValue) }),
      ].filter { $0.value != nil }
      edits += participants.map { person in
        FieldEdit(
          .Interview.participants, key: writer.keys.key(person.rawValue),
          value: .membership(person.rawValue, isMember: true))
      }
      return try writer.create(.interview, edits)
    }
  }

  @discardableResult
  func note(_ text: String, about: RecordID, at date: String? = nil) throws -> RecordID {
    try write {
      try $0.create(
        .note,
        [
          FieldEdit(.Note.about, value: .reference(about.rawValue)), FieldEdit(.Note.text, text),
          FieldEdit(.Note.at, value: try date.map(Self.date)),
        ].filter { $0.value != nil })
    }
  }

  static func date(_ text: String) throws -> Value {
    .date(try PartialDate(text, isKnownZone: { _ in true }))
  }

  /// Codes the one place of a text where a quote stands.
  @discardableResult
  func code(
    _ target: RecordID, _ quote: String, _ theme: RecordID, coder: String = "Ana",
    memo: String? = nil
  ) throws -> RecordID {
    try write { writer in
      guard let (field, text, version) = try writer.reader.codedText(of: target), let version
      else { throw NotebookError.unknownRecord }
      let anchor = try AnchorMaker(text: text, version: version).anchor(quote: quote)
      return try writer.create(
        .coding,
        [
          FieldEdit(
            .Coding.target,
            value: .target(Target(record: target.rawValue, field: field.number))),
          FieldEdit(.Coding.anchor, value: .anchor(anchor)),
          FieldEdit(.Coding.theme, value: .reference(theme.rawValue)),
          FieldEdit(.Coding.coder, coder), FieldEdit(.Coding.memo, memo),
        ].filter { $0.value != nil })
    }
  }

  func setText(_ record: RecordID, _ text: String, _ field: Field = .Interview.text) throws {
    _ = try write { try $0.update(record, [FieldEdit(field, text)]) }
  }

  func delete(_ record: RecordID) throws {
    try write { try $0.delete(record) }
  }

  // MARK: - Out and in

  func lines() throws -> String {
    try exported { try LinesExport.write($0, to: $1) }
  }

  func exported(_ body: (Reader, @escaping Sink) throws -> Void) throws -> String {
    let gathered = Gathered()
    try notebook.read { try body($0) { gathered.add($0) } }
    return gathered.text
  }

  @discardableResult
  func take(_ lines: String) throws -> ImportTally {
    try takeLines(lines).tally
  }

  func takeLines(_ lines: String) throws -> IntakeReport {
    try write { try LinesImport.read(source(lines), into: &$0) }
  }

  @discardableResult
  func take(_ table: TableImport, _ text: String, coder: String? = nil) throws -> ImportTally {
    try write { try table.read(Array(text.utf8), coder: coder, into: &$0) }
  }
}

/// A file as it is read, at most so many bytes at once.
func source(_ text: String, bytesAtOnce: Int = .max) -> Source {
  let rest = Mutex(Array(text.utf8)[...])
  return { bytesMax in
    rest.withLock { rest in
      let count = min(bytesMax, bytesAtOnce)
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }
}

/// Bytes that a sink was given.
final class Gathered: Sendable {
  private let bytes = Mutex([UInt8]())

  func add(_ more: [UInt8]) {
    bytes.withLock { $0 += more }
  }

  var text: String {
    bytes.withLock { String(decoding: $0, as: UTF8.self) }
  }
}

/// What a body throws, in the words that a person reads.
func words(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "(nothing was thrown)"
  } catch {
    return "\(error)"
  }
}
