import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Sources as interviews and documents, notes as notes, and what has no other place as notes too.
extension ProjectImport {
  mutating func source(_ source: XMLNode, _ ordinal: Int, _ writer: inout Writer) throws {
    guard
      ["textsource", "picturesource", "pdfsource", "audiosource", "videosource"]
        .contains(source.name)
    else { return }
    let isText = source.name == "textsource"
    let guid = QDAFile.guid(source)
    let id = file.id(of: source, within: nil, ordinal: ordinal)
    if let guid, records[guid] == nil { records[guid] = id }
    let element = Self.textElement(of: source)
    let text = try element.flatMap { try archive.text(of: $0, as: encoding) }
    if text == nil, isText { file.count(.missingTexts, source) }
    if !isText { file.count(.mediaSources, source) }
    let incoming = text.flatMap { $0.isEmpty ? nil : IncomingText($0) }
    file.report.count(
      .controlCharacters, incoming?.controlCharacters ?? 0, at: file.place(source))
    var edits = try headEdits(source, isText, writer)
    edits += try valueEdits(source, guid, writer)
    if let incoming { edits.append(FieldEdit(.Interview.text, incoming.kept)) }
    let outcome = try ExchangeError.at(file.place(source)) {
      try codings.enter(id, .interview, edits, text: incoming?.kept, &writer)
    }
    file.report.tally.count(.interview, outcome)
    labelOf[id] = file.line(source.attribute("name"))
    collectNotes(of: source, id)
    if let element, element !== source { collectNotes(of: element, id) }
    try selections(of: source, element, on: id, incoming, &writer)
  }

  private mutating func headEdits(
    _ source: XMLNode, _ isText: Bool, _ writer: Writer
  ) throws -> [FieldEdit] {
    let description = file.description(of: source)
    if let renamed = DescribedLines(description, .renamed) {
      let label = renamed.value("Label")
      return [
        label.map { FieldEdit(.Interview.label, $0) },
        renamed.text.isEmpty ? nil : FieldEdit(.Interview.summary, renamed.text),
      ].compactMap { $0 }
    }
    let path = file.line(source.attribute("path") ?? source.attribute("currentpath"))
    let name =
      file.line(source.attribute("name")) ?? (isText ? nil : path)
      ?? file.line(source.attribute("guid")) ?? "source"
    var edits = [FieldEdit(.Interview.label, labels.name(name))]
    if let description { edits.append(FieldEdit(.Interview.summary, description)) }
    if !isText {
      edits.append(FieldEdit(.Interview.kind, InterviewKind.document.rawValue))
      if let path { edits.append(FieldEdit(.Interview.source, path)) }
    }
    return edits
  }

  private mutating func valueEdits(
    _ source: XMLNode, _ guid: RecordID?, _ writer: Writer
  ) throws -> [FieldEdit] {
    var values = variables.values(of: source, &file)
    if let guid { values += valuesOf[guid] ?? [] }
    var edits = try edits(
      of: values, .interview, .Interview.attributes, at: file.place(source), writer
    ).filter { $0.field != .Interview.place }
    guard let guid else { return edits }
    if let place = placeOf[guid] {
      edits.append(FieldEdit(.Interview.place, value: .reference(place.rawValue)))
    }
    edits += (participantsOf[guid] ?? []).map { person in
      FieldEdit(
        .Interview.participants, key: writer.keys.key(person.rawValue),
        value: .membership(person.rawValue, isMember: true))
    }
    edits += (marksOf[guid] ?? []).map { name in
      FieldEdit(
        .Interview.attributes, key: writer.keys.key(named: name),
        value: .attribute(Attribute(name: name, value: "true")))
    }
    return edits
  }

  // MARK: - Notes

  mutating func collectNotes(of element: XMLNode, _ record: RecordID) {
    for reference in element.children("noteref") {
      if let note = QDAFile.guid(reference, "targetguid") {
        noteTargets[note, default: []].append(record)
      }
    }
  }

  mutating func notes(_ writer: inout Writer) throws {
    let notes = root.child("notes")?.children("note") ?? []
    var ids = [RecordID]()
    for (index, note) in notes.enumerated() {
      let id = file.id(of: note, within: nil, ordinal: index)
      if let guid = QDAFile.guid(note), records[guid] == nil { records[guid] = id }
      ids.append(id)
    }
    if file.isOwn { registerCodings(on: notes) }
    for (note, theme, _) in codes.noteReferences { noteTargets[note, default: []].append(theme) }
    let noteGUIDs = Set(notes.compactMap { QDAFile.guid($0) })
    try links(noteGUIDs, &writer)
    let dangling = noteTargets.keys.filter { !noteGUIDs.contains($0) }
    file.report.count(.danglingReferences, dangling.count)
    for (note, id) in zip(notes, ids) { try self.note(note, id, &writer) }
  }

  /// The codings on notes, which other notes may be about, before the notes are taken in.
  private mutating func registerCodings(on notes: [XMLNode]) {
    for selection in notes.flatMap({ $0.children("plaintextselection") }) {
      for guid in selection.children("coding").compactMap({ QDAFile.guid($0) }) {
        records[guid] = records[guid] ?? guid
      }
    }
  }

  private mutating func note(_ note: XMLNode, _ id: RecordID, _ writer: inout Writer) throws {
    let incoming = try noteText(note)
    file.report.count(
      .controlCharacters, incoming?.controlCharacters ?? 0, at: file.place(note))
    let targets = QDAFile.guid(note).flatMap { noteTargets[$0] } ?? []
    if Set(targets).count > 1 { file.count(.noteReferences, note) }
    var edits = try edits(of: note, .note, nil, writer)
    if let about = targets.first {
      edits.append(FieldEdit(.Note.about, value: .reference(about.rawValue)))
    }
    if !file.isOwn, let at = Self.date(of: note) {
      edits.append(FieldEdit(.Note.at, value: .date(at)))
    }
    if let incoming { edits.append(FieldEdit(.Note.text, incoming.kept)) }
    let outcome = try ExchangeError.at(file.place(note)) {
      try codings.enter(id, .note, edits, text: incoming?.kept, &writer)
    }
    file.report.tally.count(.note, outcome)
    try selections(of: note, note, on: id, incoming, &writer)
  }

  /// The note's text; for another program's also its title, which a note here has not, where the
  /// text has no positions that would move.
  private mutating func noteText(_ note: XMLNode) throws -> IncomingText? {
    let text = try archive.text(of: note, as: encoding) ?? note.child("description")?.text ?? ""
    guard !file.isOwn, note.child("plaintextselection") == nil,
      let name = file.line(note.attribute("name")), !text.hasPrefix(name)
    else { return text.isEmpty ? nil : IncomingText(text) }
    return IncomingText(text.isEmpty ? name : name + "\n\n" + text)
  }

  private static func date(of note: XMLNode) -> PartialDate? {
    guard
      let text = note.attribute("creationdatetime") ?? note.attribute("modifieddatetime")
    else { return nil }
    if let date = try? PartialDate(text, isKnownZone: { _ in false }) { return date }
    // Fractions of a second, which some programs write, and dates of their own making.
    return try? PartialDate(String(text.unicodeScalars.prefix(10)), isKnownZone: { _ in false })
  }

  // MARK: - Links

  private mutating func links(_ notes: Set<RecordID>, _ writer: inout Writer) throws {
    for link in root.child("links")?.children("link") ?? [] {
      let origin = QDAFile.guid(link, "originguid")
      let target = QDAFile.guid(link, "targetguid")
      if let origin, notes.contains(origin), let target, let record = records[target] {
        noteTargets[origin, default: []].append(record)
      } else if let target, notes.contains(target), let origin, let record = records[origin] {
        noteTargets[target, default: []].append(record)
      } else if let name = link.attribute("name").flatMap(ProjectExport.LinkName.init),
        file.isOwn, name != .about
      {
        continue
      } else {
        try keepLink(link, origin, target, &writer)
      }
    }
  }

  private mutating func keepLink(
    _ link: XMLNode, _ origin: RecordID?, _ target: RecordID?, _ writer: inout Writer
  ) throws {
    guard let origin, let record = records[origin], let target, let other = records[target] else {
      return file.count(.danglingReferences, link)
    }
    file.count(.links, link)
    let name = file.line(link.attribute("name")) ?? "link"
    let end = codes.names[other] ?? labelOf[other] ?? other.guid
    try keep("\(name) → \(end)", about: record, from: link, &writer)
  }

  /// Keeps words of the project as a note, with an id that follows from where they stand.
  mutating func keep(
    _ text: String, about record: RecordID, from node: XMLNode, _ writer: inout Writer
  ) throws {
    keptNotes += 1
    let id = RecordID(
      madeOf: [
        "refi-qda kept", root.attribute("name") ?? "", record.guid,
        QDAFile.guid(node)?.guid ?? String(keptNotes), node.name,
      ], [])
    guard let kept = file.text(text) else { return }
    let outcome = try ExchangeError.at(file.place(node)) {
      try writer.enter(
        id, .note,
        [
          FieldEdit(.Note.about, value: .reference(record.rawValue)), FieldEdit(.Note.text, kept),
        ])
    }
    file.report.tally.count(.note, outcome)
  }
}
