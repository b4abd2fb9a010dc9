import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// A record that can be read from its row; the columns are `select`'s, in that order, after the
/// record's id.
package protocol RowRecord: Record {
  static var columns: String { get }
  /// The SELECT of every record of the kind, put together once: it is needed for each row.
  static var selection: String { get }
  init(_ columns: inout RowColumns) throws
}

/// Takes the columns of a row one after the other, from the statement itself: GRDB's rows look at the
/// type of each value several times.
package struct RowColumns {
  private let row: BoundRow
  private var index = 0

  init(_ row: BoundRow) {
    self.row = row
  }

  mutating func next<Value: StatementColumnConvertible>(
    _ type: Value.Type = Value.self
  ) throws -> Value? {
    defer { index += 1 }
    let value = unsafe Value.fromStatement(
      row.statement.sqliteStatement, atUncheckedIndex: CInt(index))
    guard value != nil || row.isNull(index) else { throw StoreError.damaged }
    return value
  }

  /// The bytes of a text, which nobody has looked at.
  mutating func utf8() -> [UInt8]? {
    defer { index += 1 }
    return row.utf8(index)
  }

  /// Appends the bytes of a text or a blob to others; none for NULL.
  mutating func append(to bytes: inout [UInt8]) -> Int {
    defer { index += 1 }
    return row.append(index, to: &bytes)
  }

  mutating func id() throws -> RecordID {
    guard let id = try next(RecordID.self) else { throw StoreError.damaged }
    return id
  }

  mutating func date() throws -> PartialDate? {
    try next(String.self).flatMap { try? PartialDate($0, isKnownZone: { _ in true }) }
  }

  mutating func list() throws -> [String] {
    Columns.list(try next(String.self))
  }

  mutating func consent() throws -> Consent? {
    let form = try next(String.self)
    let level = try next(String.self).flatMap(ConsentLevel.init)
    let given = try date()
    let embargo = try date()
    return level.map { Consent(form: form ?? "", level: $0, date: given, embargo: embargo) }
  }

  mutating func version() throws -> TextVersion? {
    try next(Blob.self).flatMap { TextVersion(bytes: $0.bytes) }
  }
}

extension Interview: RowRecord {
  package static let columns = """
    label, title, kind, date, place, interviewers, languages, consentForm, consentLevel,
    consentDate, consentEmbargo, text, textVersion, summary, source
    """

  package static let selection = Reader.selection(Interview.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    label = try columns.next()
    title = try columns.next()
    kind = try columns.next(String.self).flatMap(InterviewKind.init)
    date = try columns.date()
    place = try columns.next()
    interviewers = try columns.list()
    languages = try columns.list()
    consent = try columns.consent()
    text = try columns.next()
    textVersion = try columns.version()
    summary = try columns.next()
    source = try columns.next()
  }
}

extension Note: RowRecord {
  package static let columns = "about, at, text, textVersion"

  package static let selection = Reader.selection(Note.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    about = try columns.next()
    at = try columns.date()
    text = try columns.next()
    textVersion = try columns.version()
  }
}

extension Place: RowRecord {
  package static let columns = """
    name, otherNames, kind, parent, latitude, longitude, accuracy, code
    """

  package static let selection = Reader.selection(Place.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    name = try columns.next()
    otherNames = try columns.list()
    kind = try columns.next(String.self).flatMap(PlaceKind.init)
    parent = try columns.next()
    let latitude = try columns.next(Double.self)
    let longitude = try columns.next(Double.self)
    let accuracy = try columns.next(Double.self)
    if let latitude, let longitude {
      location = Location(latitude: latitude, longitude: longitude, accuracy: accuracy)
    }
    code = try columns.next()
  }
}

extension Participant: RowRecord {
  package static let columns = "pseudonym, role"

  package static let selection = Reader.selection(Participant.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    pseudonym = try columns.next()
    role = try columns.next()
  }
}

extension Theme: RowRecord {
  package static let columns = "name, parent, definition, colour, mergedInto"

  package static let selection = Reader.selection(Theme.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    name = try columns.next()
    parent = try columns.next()
    definition = try columns.next()
    colour = try columns.next()
    mergedInto = try columns.next()
  }
}

extension Coding: RowRecord {
  package static let columns = """
    target, targetField, version, start, "end", quote, prefix, suffix, theme, coder, memo
    """

  package static let selection = Reader.selection(Coding.self)

  package init(_ columns: inout RowColumns) throws {
    id = try columns.id()
    target = try columns.next()
    targetField = UInt32(clamping: try columns.next(Int64.self) ?? 0)
    let version = try columns.version()
    let start = try columns.next(Int.self)
    let end = try columns.next(Int.self)
    let quote = try columns.next(String.self)
    let prefix = try columns.next(String.self)
    let suffix = try columns.next(String.self)
    if let start, let end, let quote {
      anchor = Anchor(
        version: version?.textWrites ?? [], start: start, end: end, quote: quote,
        prefix: prefix ?? "", suffix: suffix ?? "")
    }
    theme = try columns.next()
    coder = try columns.next()
    memo = try columns.next()
  }
}
