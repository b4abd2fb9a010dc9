import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Takes in a project of REFI-QDA, `.qdpx`, as this or another program wrote it.
///
/// It runs in its caller's one transaction, so a project is taken in whole or, when something in it is
/// refused, not at all. Records get the ids that the project has, so one taken in again changes nothing.
package struct ProjectImport {
  let archive: ProjectArchive
  let encoding: TextEncoding?
  var file: QDAFile
  var codes = CodeReading()
  var variables: VariableReading
  var users: [RecordID: String] = [:]
  /// What each GUID of the project became here, and of which kind.
  var records: [RecordID: RecordID] = [:]
  var codings = CodingWriting(keepsEdits: true)
  /// The notes of the project by GUID, with what refers to each, in the order of the file.
  var noteTargets: [RecordID: [RecordID]] = [:]
  /// Whom an interview is with and where, from cases and sets, by the GUID of its source.
  var participantsOf: [RecordID: [RecordID]] = [:]
  var placeOf: [RecordID: RecordID] = [:]
  var marksOf: [RecordID: [String]] = [:]
  /// The variables that a source has through a case of its own.
  var valuesOf: [RecordID: [VariableReading.Value]] = [:]
  /// Further values of fields that have one alone, of the record that is being taken in.
  var spareValues: [String] = []
  /// The sets that become attributes, with the names of these.
  var namedSets: [(name: String, node: XMLNode)] = []
  /// What sources are called, for notes that name them.
  var labelOf: [RecordID: String] = [:]
  var labels = UniqueNames()
  /// Made here out of what has no other place.
  var keptNotes = 0

  /// - Parameter encoding: of the texts, when they are neither UTF-8 nor UTF-16.
  /// - Throws: ``ExchangeError`` with the entry and line of what was refused.
  package static func read(
    _ path: String, as encoding: TextEncoding? = nil, into writer: inout Writer
  ) throws -> QDAImportReport {
    let archive = try ProjectArchive(path)
    var project = try ProjectImport(archive, encoding)
    try project.read(into: &writer)
    return project.file.report
  }

  private init(_ archive: ProjectArchive, _ encoding: TextEncoding?) throws {
    self.archive = archive
    self.encoding = encoding
    file = QDAFile(try archive.root(), archive.project)
    variables = VariableReading(file.root, &file)
  }

  var root: XMLNode { file.root }

  private mutating func read(into writer: inout Writer) throws {
    for user in root.child("users")?.children("user") ?? [] {
      if let guid = QDAFile.guid(user), let name = file.line(user.attribute("name")) {
        users[guid] = users[guid] ?? name
      }
    }
    codings.unit = try unit()
    file.report.unit = codings.unit
    noteValues()
    nameSets()
    try study(&writer)
    try codes.read(root.child("codebook")?.child("codes"), &file, into: &writer)
    records.merge(codes.themes, uniquingKeysWith: { first, _ in first })
    try sets(&writer)
    try cases(&writer)
    for (index, source) in (root.child("sources")?.children ?? []).enumerated() {
      try self.source(source, index, &writer)
    }
    try notes(&writer)
    file.report.count(.graphs, root.child("graphs")?.children("graph").count ?? 0)
    if let kept = codings.kept { file.report.take(kept) }
  }

  /// The elements of all texts, those of pictures, recordings and PDFs too.
  func textElements() -> [XMLNode] {
    let sources = root.child("sources")?.children ?? []
    return sources.flatMap(Self.textElements) + (root.child("notes")?.children("note") ?? [])
  }

  /// The texts of a source: itself, or what there is in words of a picture, a PDF or a recording.
  static func textElements(of source: XMLNode) -> [XMLNode] {
    if source.name == "textsource" { return [source] }
    return source.children.filter {
      ["representation", "transcript", "textdescription"].contains($0.name)
    }
  }

  // MARK: - What is needed before anything is written

  private mutating func unit() throws -> PositionUnit? {
    if file.isOwn {
      // What we wrote ourselves says what it counts.
      return root.attribute("origin") == QDANamespace.originUTF16
        ? PositionUnit(counted: .utf16, lineEnd: .asWritten) : .standard
    }
    var search = UnitSearch(origin: root.attribute("origin"))
    for element in textElements() {
      let selections = element.children("plaintextselection").compactMap { node in
        Self.positions(of: node).map {
          UnitSearch.Selection(
            start: $0.start, end: $0.end, name: node.attribute("name"), place: file.place(node))
        }
      }
      guard !selections.isEmpty, let text = try archive.text(of: element, as: encoding) else {
        continue
      }
      search.look(at: IncomingText(text), selections)
    }
    let result = search.result
    file.report.count(.doubtfulUnit, result?.doubtful ?? 0, at: result?.doubtfulPlaces ?? [])
    return result?.unit
  }

  static func positions(of selection: XMLNode) -> (start: Int, end: Int)? {
    guard let start = selection.attribute("startposition").flatMap({ Int($0.trimmed) }),
      let end = selection.attribute("endposition").flatMap({ Int($0.trimmed) })
    else { return nil }
    return (start, end)
  }

  // MARK: - The study

  private mutating func study(_ writer: inout Writer) throws {
    let reader = writer.reader
    var edits = [FieldEdit]()
    // The study that is here keeps its title; a project brings its own only where there is none.
    let header = try reader.studyHeader()
    if header.title == nil, let name = file.line(root.attribute("name")) {
      edits.append(FieldEdit(.Study.title, name))
    }
    if header.description == nil, let text = file.description(of: root) {
      edits.append(FieldEdit(.Study.description, text))
    }
    for definition in variables.definitions(
      try reader.attributeDefinitions(), taken: Set(namedSets.map(\.name)), &file)
    {
      edits.append(
        FieldEdit(
          .Study.attributeDefinitions,
          key: writer.keys.key(definitionNamed: definition.name, of: definition.record),
          value: .attributeDefinition(definition)))
    }
    for set in root.child("sets")?.children("set") ?? [] {
      guard let period = try period(set) else { continue }
      edits.append(
        FieldEdit(
          .Study.periods, key: writer.keys.key(named: period.name), value: .period(period)))
    }
    for reference in root.children("noteref") {
      if let note = QDAFile.guid(reference, "targetguid") {
        noteTargets[note, default: []].append(reader.studyRecord)
      }
    }
    guard !edits.isEmpty else { return }
    let outcome = try file.enter(reader.studyRecord, .study, edits, at: root, &writer)
    file.report.tally.count(.study, outcome)
  }

  private mutating func period(_ set: XMLNode) throws -> Period? {
    guard let lines = DescribedLines(file.description(of: set), .period),
      let name = lines.value("Name")
    else { return nil }
    return try ExchangeError.at(file.place(set)) {
      Period(
        name: name, from: try Self.date(lines.value("From"), "from"),
        to: try Self.date(lines.value("To"), "to"), description: lines.text)
    }
  }
}
