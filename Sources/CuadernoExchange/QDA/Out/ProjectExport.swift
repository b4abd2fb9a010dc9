import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes the study as a project of REFI-QDA, `.qdpx`.
///
/// The project file is written first and checked as a whole, while the texts are packed on another core;
/// then it is packed too, and all of them are put into the archive. The codings and the packed texts are
/// in memory, the texts themselves one by one. What is written depends on the
/// study, the program that it is for and the time that is handed in, and on nothing else.
package struct ProjectExport {
  let reader: Reader
  let study: QDAStudy
  let part: StudyPart
  let tool: QDATool?
  let milliseconds: Int64
  /// Told and not decided: whoever exports has the study before them, and an export of part of it
  /// would be no copy.
  var consents: ConsentCounter
  let writer: QDAWriter
  var report = QDAExportReport()
  /// The texts that the project names, by the record that has each.
  var texts: [RecordID] = []
  let packed = PackedTexts()
  private let userIDs: [String: RecordID]
  /// Makes the id of a selection of that of its first coding, and another one of each.
  let selectionMask: UInt128
  private let notesAbout: [RecordID: [RecordID]]
  /// Read at once, which takes a third of the time of a query for each text.
  let codings: GatheredCodings

  /// - Parameters:
  ///   - part: what is in it; what is named by nothing in it is left out.
  ///   - path: a file that is there; what it holds is replaced.
  ///   - tool: the program that it is for; nil when it is for any.
  ///   - milliseconds: since 1970, the time to write into it.
  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, for tool: QDATool? = nil,
    milliseconds: Int64, to path: String
  ) throws -> QDAExportReport {
    let spool = try SpoolFile(beside: path)
    var export = unsafe try ProjectExport(
      reader, part, tool, milliseconds,
      QDAWriter(spool.file, root: .project, namespace: QDANamespace.project))
    try export.project()
    let archive = try ArchiveWriting(path, milliseconds: milliseconds)
    try archive.add("project.qde", spool)
    let packed = export.packed.all()
    for record in export.texts {
      if let packed = packed[record] {
        try archive.add(Self.path(record), packed)
      } else {
        try archive.add(Self.path(record)) {
          Array((try reader.codedText(of: record)?.text ?? "").utf8)
        }
      }
    }
    try archive.close()
    return export.report
  }

  private init(
    _ reader: Reader, _ part: StudyPart, _ tool: QDATool?, _ milliseconds: Int64,
    _ writer: QDAWriter
  ) throws {
    self.reader = reader
    self.part = part
    self.tool = tool
    self.milliseconds = milliseconds
    consents = try ConsentCounter(reader, milliseconds: milliseconds)
    self.writer = writer
    codings = try reader.gatheredCodings()
    let study = try QDAStudy(reader, codings, of: part)
    self.study = study
    selectionMask = RecordID(madeOf: ["selection"], study.id.bytes).rawValue
    userIDs = Dictionary(
      study.coders.map { ($0, RecordID(madeOf: ["user", $0], study.id.bytes)) },
      uniquingKeysWith: { first, _ in first })
    var notesAbout = [RecordID: [RecordID]]()
    for note in study.notes {
      guard let about = note.about else { continue }
      notesAbout[study.codes.merged[about] ?? about, default: []].append(note.id)
    }
    self.notesAbout = notesAbout
    // A selection and a coding each, at most.
    writer.expect(ids: 2 * codings.count + study.interviews.count)
  }

  static func path(_ record: RecordID) -> String { "sources/\(record.guid).txt" }

  private mutating func project() throws {
    try writer.attribute(.name, study.header.title ?? "")
    try writer.attribute(
      .origin, tool?.unit == .utf16 ? QDANamespace.originUTF16 : QDANamespace.origin)
    try writer.attribute(.creationDateTime, Moment(milliseconds: milliseconds).description)
    try users()
    try codeBook()
    try variables()
    try cases()
    try sources()
    try notes()
    try links()
    try sets()
    if let description = study.header.description, !description.isEmpty {
      try writer.element(.description, description)
    }
    for note in notesAbout[study.record] ?? [] { try writer.reference(.noteRef, note) }
    try writer.finish()
    if texts.count > ArchiveLimits.entries - 1 { report.count(.manyTexts, texts.count) }
  }

  /// A part that is left out where there is nothing in it, since an empty one is against the schema.
  func part<Items: Collection>(
    _ element: QDAElement, _ items: Items, _ body: (Items.Element) throws -> Void
  ) throws {
    guard !items.isEmpty else { return }
    try writer.open(element)
    for item in items { try body(item) }
    try writer.close()
  }

  // MARK: - Users, codes and variables

  func userID(_ name: String) -> RecordID {
    userIDs[name] ?? RecordID(madeOf: ["user", name], study.id.bytes)
  }

  private mutating func users() throws {
    report.count(.coders, study.coders.count)
    try part(.users, study.coders) { name in
      try writer.open(.user)
      try writer.attribute(.guid, userID(name))
      try writer.attribute(.name, name)
      try writer.close()
    }
  }

  private mutating func codeBook() throws {
    let codes = study.codes
    report.count(.themes, codes.ids.count)
    report.count(.mergedThemes, codes.merged.count)
    report.count(.renamed, codes.renamed)
    for id in codes.ids {
      report.count(.themeAttributes, study.attributes[.theme]?[id]?.count ?? 0)
    }
    guard !codes.roots.isEmpty else { return }
    try writer.open(.codeBook)
    try codes.write(to: writer, notes: notesAbout)
    try writer.close()
  }

  private func variables() throws {
    try part(.variables, study.variables.list) { variable in
      try writer.open(.variable)
      try writer.attribute(.guid, variable.id)
      try writer.attribute(.name, variable.name)
      try writer.attribute(.typeOfVariable, variable.type.rawValue)
      try writer.element(.description, variable.description.written)
      try writer.close()
    }
  }

  func write(_ values: [QDAStudy.Value]) throws {
    for (key, value, _) in values {
      guard let variable = study.variables[key] else { continue }
      try writer.open(.variableValue)
      try writer.reference(.variableRef, variable.id)
      try writer.element(variable.type.element, value)
      try writer.close()
    }
  }

  // MARK: - Participants

  private mutating func cases() throws {
    report.count(.participants, study.participants.count)
    var names = UniqueNames()
    var renamed = 0
    try part(.cases, study.participants) { person in
      let name = names.name(person.pseudonym ?? "participant")
      if name != person.pseudonym { renamed += 1 }
      try writer.open(.oneCase)
      try writer.attribute(.guid, person.id)
      try writer.attribute(.name, name)
      let description = Renaming.description(
        nil, name: person.pseudonym, written: name, key: "Name")
      if let description { try writer.element(.description, description) }
      try write(study.values(of: person))
      for interview in study.interviewsOf[person.id] ?? [] {
        try writer.reference(.sourceRef, interview)
      }
      try writer.close()
    }
    report.count(.renamed, renamed)
  }
}
