import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Reads the plain lines that programs make who know nothing of Cuaderno: places, themes,
/// interviews and codings with ids of their own.
///
/// The format is that of the bench's generator of test data; docs/guide/formats.md has it.
struct GeneratedLinesImport {
  static let kind = "kind"

  private let study: StudyID
  private var texts = CodedTexts()
  private var carriedAnchors = CarriedAnchors()
  private var regions: Set<RecordID> = []
  private(set) var tally = ImportTally()

  init(_ writer: Writer) {
    study = writer.reader.identity.study
  }

  mutating func read(_ line: LineObject, into writer: inout Writer) throws {
    var line = line
    let name = try line.requiredString(Self.kind)
    switch name {
    case "coding": try coding(&line, &writer)
    case "interview": try interview(&line, &writer)
    case "place": try place(&line, &writer)
    case "theme": try theme(&line, &writer)
    default:
      throw ExchangeError(
        line.place, .lines(.unknownKind(known: ["place", "theme", "interview", "coding"])))
    }
  }

  private func id(_ line: inout LineObject, _ name: String = "id") throws -> RecordID {
    guard let id = try optionalID(&line, name) else {
      throw ExchangeError(line.place, .lines(.missingField(name)))
    }
    return id
  }

  private func optionalID(_ line: inout LineObject, _ name: String) throws -> RecordID? {
    guard let member = line.take(name), member.value != .null else { return nil }
    guard case .string(let text) = member.value, let id = RecordID(text) else {
      throw line.wrongShape(member, "an id of 32 hexadecimal digits")
    }
    return id
  }

  // MARK: - Kinds

  private mutating func place(_ line: inout LineObject, _ writer: inout Writer) throws {
    let id = try id(&line)
    var edits = [FieldEdit(.Place.name, try line.requiredString("name"))]
    if let region = try line.string("region") {
      edits.append(
        FieldEdit(.Place.parent, value: .reference(try self.region(region, &writer).rawValue)))
    }
    let (latitude, longitude) = (try line.number("lat"), try line.number("lon"))
    if let latitude, let longitude {
      edits.append(
        FieldEdit(
          .Place.location, value: .location(Location(latitude: latitude, longitude: longitude))))
    }
    try line.refuseOthers(known: [Self.kind, "id", "name", "region", "lat", "lon"])
    tally.count(.place, try writer.enter(id, .place, edits))
  }

  /// The place of kind region with a name, made once. Its id follows from the study and the name,
  /// so that two notebooks that read the same lines make the same place.
  private mutating func region(_ name: String, _ writer: inout Writer) throws -> RecordID {
    let name = TextEntry.normalised(name)
    let digest = Digest(hashing: study.bytes + Array("region \(name)".utf8))
    guard let id = RecordID(bytes: digest.bytes.prefix(RecordID.byteCount)) else {
      preconditionFailure("a digest is longer than an id")
    }
    guard regions.insert(id).inserted else { return id }
    let edits = [
      FieldEdit(.Place.name, name), FieldEdit(.Place.kind, PlaceKind.region.rawValue),
    ]
    tally.count(.place, try writer.enter(id, .place, edits))
    return id
  }

  private mutating func theme(_ line: inout LineObject, _ writer: inout Writer) throws {
    let id = try id(&line)
    let edits = [
      FieldEdit(.Theme.name, try line.requiredString("name")),
      FieldEdit(.Theme.colour, try line.string("color")),
    ]
    try line.refuseOthers(known: [Self.kind, "id", "name", "color"])
    tally.count(.theme, try writer.enter(id, .theme, edits.filter { $0.value != nil }))
  }

  private mutating func interview(_ line: inout LineObject, _ writer: inout Writer) throws {
    let id = try id(&line)
    let body = try line.string("body").map { TextEntry.normalised($0) }
    let edits = [
      FieldEdit(.Interview.title, try line.string("title")),
      FieldEdit(.Interview.kind, InterviewKind.interview.rawValue),
      FieldEdit(.Interview.date, value: try line.date("date").map(Value.date)),
      FieldEdit(
        .Interview.place, value: try optionalID(&line, "place").map { .reference($0.rawValue) }),
      FieldEdit(.Interview.languages, value: try line.string("language").map { .list([$0]) }),
      FieldEdit(.Interview.text, body),
    ]
    try line.refuseOthers(
      known: [Self.kind, "id", "title", "date", "place", "language", "body"])
    texts.forget(id)
    carriedAnchors.forget(id)
    let outcome = try writer.enter(id, .interview, edits.filter { $0.value != nil })
    if outcome == .new, let body {
      texts.note(body, of: id, .Interview.text, TextVersion(writer.lastDot))
    }
    tally.count(.interview, outcome)
  }

  private mutating func coding(_ line: inout LineObject, _ writer: inout Writer) throws {
    let id = try id(&line)
    let target = try self.id(&line, "interview")
    let theme = try self.id(&line, "theme")
    let start = try line.requiredInteger("start")
    let end = try line.requiredInteger("end")
    try line.refuseOthers(known: [Self.kind, "id", "interview", "theme", "start", "end"])
    guard let text = try texts.entry(target, writer.reader) else {
      throw ExchangeError(line.place, .lines(.noText))
    }
    let anchor = CarriedAnchor(version: .present, span: try span(start, end, text.text))
    let edits = [
      FieldEdit(
        .Coding.target,
        value: .target(Target(record: target.rawValue, field: text.field.number))),
      FieldEdit(.Coding.anchor, value: .anchor(anchor.anchor(on: text.version))),
      FieldEdit(.Coding.theme, value: .reference(theme.rawValue)),
    ]
    let outcome = try writer.enter(id, .coding, edits) { reader in
      try carriedAnchors.shows(anchor, id, on: target, reader)
    }
    tally.count(.coding, outcome)
  }

  private func span(_ start: Int, _ end: Int, _ text: ScalarText) throws -> QuotedSpan {
    guard start < end else { throw Fault.emptySpan }
    guard start >= 0, let span = QuotedSpan(start..<end, of: text) else {
      throw Fault.spanOutsideText(start: start, end: end, length: text.scalarCount)
    }
    return span
  }
}
