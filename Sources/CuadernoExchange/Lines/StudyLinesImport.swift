import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Reads the lines that LinesExport writes.
///
/// What a line does not name is left alone, and a record without a line too: absence never means
/// deletion. Records keep their ids. A coding is put on the text as it is here, since the change
/// that wrote that text has a name of its own in every notebook.
struct StudyLinesImport {
  private let reading: FieldReading
  private let studyRecord: RecordID
  private var texts = CodedTexts()
  private var earlier = EarlierTexts()
  private var carriedAnchors = CarriedAnchors()
  private var references = LineReferences()
  private(set) var report = IntakeReport()

  init(_ header: LineObject, _ writer: Writer) throws {
    var header = header
    guard try header.requiredString(LinesFormat.header) == LinesFormat.name else {
      throw ExchangeError(header.place, .lines(.otherFormat))
    }
    let version = Int64(try header.requiredInteger("version"))
    guard (1...LinesFormat.version).contains(version) else {
      throw ExchangeError(
        header.place, .lines(.newerVersion(found: version, known: LinesFormat.version)))
    }
    try header.refuseOthers(known: [LinesFormat.header, "version"])
    studyRecord = writer.reader.studyRecord
    reading = FieldReading(studyRecord: studyRecord, keys: writer.keys)
  }

  mutating func read(_ line: LineObject, into writer: inout Writer) throws {
    var line = line
    if line.has(LinesFormat.header) { throw ExchangeError(line.place, .lines(.repeatedHeader)) }
    let kind = try kind(&line)
    let id = try id(&line, kind)
    try references.begin(id, kind, line: line.line)
    let outcome = try ExchangeError.at(line.place) {
      switch kind {
      case .coding: try coding(id, &line, &writer)
      case .interview, .note: try coded(id, kind, &line, &writer)
      case .study, .place, .participant, .theme:
        try writer.enter(id, kind, try edits(id, &line, kind))
      }
    }
    report.tally.count(kind, outcome)
  }

  /// To be called after the last line.
  mutating func end(_ reader: Reader) throws {
    try references.end(reader, &report)
  }

  private func kind(_ line: inout LineObject) throws -> Kind {
    let name = try line.requiredString(LinesFormat.record)
    guard let kind = Kind(name: name) else {
      throw ExchangeError(line.place, .lines(.unknownKind(known: Kind.allCases.map(\.name))))
    }
    return kind
  }

  private func id(_ line: inout LineObject, _ kind: Kind) throws -> RecordID {
    guard kind != .study else { return studyRecord }
    guard let member = line.take(LinesFormat.id) else {
      throw ExchangeError(line.place, .lines(.missingField(LinesFormat.id)))
    }
    return try reading.id(member, line)
  }

  private mutating func edits(
    _ id: RecordID, _ line: inout LineObject, _ kind: Kind
  ) throws -> [FieldEdit] {
    let edits = try reading.edits(&line, kind)
    try line.refuseOthers(known: LinesFormat.known(kind))
    try references.note(edits, of: id, line: line.line)
    return edits
  }

  // MARK: - Texts and codings

  private mutating func coded(
    _ id: RecordID, _ kind: Kind, _ line: inout LineObject, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    let given = try line.strings(LinesFormat.earlierTexts)?.map { TextEntry.normalised($0) } ?? []
    let edits = try edits(id, &line, kind)
    texts.forget(id)
    carriedAnchors.forget(id)
    let outcome = try writer.enter(id, kind, edits)
    if !given.isEmpty { earlier.give(given, of: id) }
    let text = edits.first { $0.field.canBeCoded }
    guard outcome == .new, let text, case .text(let present) = text.value else { return outcome }
    if !given.isEmpty { try earlier.write(id, text.field, present: text.value, &writer) }
    texts.note(TextEntry.normalised(present), of: id, text.field, TextVersion(writer.lastDot))
    return outcome
  }

  private mutating func coding(
    _ id: RecordID, _ line: inout LineObject, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    let parts = try anchorParts(&line)
    _ = try line.string(LinesFormat.status)
    _ = line.take(LinesFormat.now)
    var edits = try edits(id, &line, .coding)
    guard let parts else { return try writer.enter(id, .coding, edits) }
    let target = try target(of: id, edits, writer)
    let present = try target.flatMap { try texts.entry($0, writer.reader) }
    let carried = try carried(parts, target, present)
    if let anchor = try anchor(carried, id, target, present, &writer) {
      edits.append(FieldEdit(.Coding.anchor, value: .anchor(anchor)))
    }
    return try writer.enter(id, .coding, edits) { reader in
      try carriedAnchors.shows(carried, id, on: target, reader)
    }
  }

  private func anchorParts(_ line: inout LineObject) throws -> AnchorJSON.Parts? {
    guard let member = line.take(Field.Coding.anchor.name), member.value != .null else {
      return nil
    }
    var object = try line.object(member, "an object with start and end, or quote")
    return try ExchangeError.at(line.place(of: member)) { try AnchorJSON.Parts(&object) }
  }

  private func target(
    of coding: RecordID, _ edits: [FieldEdit], _ writer: Writer
  ) throws -> RecordID? {
    for edit in edits where edit.field == .Coding.target {
      if case .target(let target) = edit.value { return RecordID(rawValue: target.record) }
    }
    return try writer.reader.fetch(Coding.self, coding)?.target
  }

  /// The anchor to write; nil when the coding lies already where the line says.
  private mutating func anchor(
    _ carried: CarriedAnchor, _ coding: RecordID, _ target: RecordID?,
    _ present: CodedTexts.Entry?, _ writer: inout Writer
  ) throws -> Anchor? {
    switch carried.version {
    case .unknown:
      return carried.anchor(on: nil)
    case .present:
      return present.map { carried.anchor(on: $0.version) }
    case .earlier(let text):
      // Asked first: to name an earlier text it may have to be written once more.
      guard let target, let field = present?.field,
        try !carriedAnchors.shows(carried, coding, on: target, writer.reader)
      else { return nil }
      let version = try earlier.version(of: text, target, field, &writer)
      texts.forget(target)
      return carried.anchor(on: version)
    }
  }

  private func carried(
    _ parts: AnchorJSON.Parts, _ target: RecordID?, _ present: CodedTexts.Entry?
  ) throws -> CarriedAnchor {
    if parts.version == .unknown, let span = try parts.unboundSpan() {
      return CarriedAnchor(version: .unknown, span: span)
    }
    guard let target, let present else { throw ExchangeError(.file, .lines(.noText)) }
    if case .earlier(let number) = parts.version {
      let text = try earlier.text(number, of: target)
      return CarriedAnchor(
        version: .earlier(text), span: try parts.span(on: ScalarText(text)))
    }
    return CarriedAnchor(version: .present, span: try parts.span(on: present.text))
  }
}
