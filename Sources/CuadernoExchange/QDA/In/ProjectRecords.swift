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
    let texts = Self.textElements(of: source)
    let incoming = try text(of: texts.first)
    if incoming == nil, isText, try archive.text(of: source, as: encoding) == nil {
      file.count(.missingTexts, source)
    }
    if !isText { file.count(.mediaSources, source) }
    var edits = try headEdits(source, isText ? nil : texts.first, writer)
    edits += try valueEdits(source, guid, writer)
    if let incoming { edits.append(FieldEdit(.Interview.text, incoming.kept)) }
    let outcome = try ExchangeError.at(file.place(source)) {
      try codings.enter(id, .interview, edits, text: incoming?.kept, &writer)
    }
    file.report.tally.count(.interview, outcome)
    labelOf[id] = file.line(source.attribute("name"))
    try keepSpareValues(about: id, from: source, &writer)
    collectNotes(of: source, id)
    if let element = texts.first, element !== source { collectNotes(of: element, id) }
    try selections(of: source, texts.first, on: id, incoming, &writer)
    for (index, element) in texts.enumerated().dropFirst() {
      try further(element, index, of: source, id, &writer)
    }
  }

  /// A second transcript, say, with what is known of its source.
  private mutating func further(
    _ element: XMLNode, _ ordinal: Int, of source: XMLNode, _ first: RecordID,
    _ writer: inout Writer
  ) throws {
    file.count(.furtherTexts, element)
    let id = file.id(of: element, within: first, ordinal: ordinal)
    if let guid = QDAFile.guid(element), records[guid] == nil { records[guid] = id }
    let incoming = try text(of: element)
    let name = file.line(element.attribute("name"))
    let label = labels.name(labelOf[first] ?? "source", name ?? String(ordinal + 1))
    var edits = [
      FieldEdit(.Interview.label, label), FieldEdit(.Interview.title, name),
      FieldEdit(.Interview.summary, file.description(of: element)),
      FieldEdit(.Interview.kind, InterviewKind.document.rawValue),
      FieldEdit(
        .Interview.source, file.line(source.attribute("path") ?? source.attribute("currentpath"))),
      FieldEdit(.Interview.text, incoming?.kept),
    ].filter { $0.value != nil }
    edits += try valueEdits(source, QDAFile.guid(source), writer)
    spareValues = []
    let outcome = try ExchangeError.at(file.place(element)) {
      try codings.enter(id, .interview, edits, text: incoming?.kept, &writer)
    }
    file.report.tally.count(.interview, outcome)
    labelOf[id] = label
    collectNotes(of: element, id)
    try selections(of: element, element, on: id, incoming, &writer)
  }

  /// Nil where there is none, or nothing in it.
  private mutating func text(of element: XMLNode?) throws -> IncomingText? {
    guard let element, let text = try archive.text(of: element, as: encoding), !text.isEmpty
    else { return nil }
    let incoming = IncomingText(text)
    file.report.count(.controlCharacters, incoming.controlCharacters, at: file.place(element))
    return incoming
  }

  /// - Parameter element: that has the text of a picture, a PDF or a recording; nil for a text.
  private mutating func headEdits(
    _ source: XMLNode, _ element: XMLNode?, _ writer: Writer
  ) throws -> [FieldEdit] {
    let isText = source.name == "textsource"
    var description = file.description(of: source)
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
    if let element {
      if let title = file.line(element.attribute("name")), title != name {
        edits.append(FieldEdit(.Interview.title, title))
      }
      let more = file.description(of: element).map { [$0] } ?? []
      let all = (description.map { [$0] } ?? []) + more
      description = all.isEmpty ? nil : all.joined(separator: "\n\n")
    }
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
    var edits = try edits(
      of: values(of: source), .interview, .Interview.attributes, from: source, writer
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
    var edits = try edits(of: variables.values(of: note), .note, nil, from: note, writer)
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
    try keepSpareValues(about: id, from: note, &writer)
    try selections(of: note, note, on: id, incoming, &writer)
  }

  /// The note's text; for another program's also its title and its description, which a note here has
  /// not, before it.
  private mutating func noteText(_ note: XMLNode) throws -> IncomingText? {
    let text = try archive.text(of: note, as: encoding) ?? ""
    let description = note.child("description")?.text ?? ""
    guard !file.isOwn else {
      let own = text.isEmpty ? description : text
      return own.isEmpty ? nil : IncomingText(own)
    }
    var head = [String]()
    if !text.hasPrefix(description) { head.append(description) }
    if let name = file.line(note.attribute("name")),
      !text.hasPrefix(name), !(head.first ?? "").hasPrefix(name)
    {
      head.insert(name, at: 0)
    }
    let heading = head.joined(separator: "\n\n")
    guard !text.isEmpty else {
      return heading.isEmpty ? nil : IncomingText("", below: heading)
    }
    return IncomingText(text, below: heading.isEmpty ? "" : heading + "\n\n")
  }

  private static func date(of note: XMLNode) -> PartialDate? {
    guard
      let text = note.attribute("creationdatetime") ?? note.attribute("modifieddatetime")
    else { return nil }
    // Some programs write fractions of a second, and dates of their own making.
    let candidates = [text, withoutFraction(text), String(text.unicodeScalars.prefix(10))]
    return candidates.lazy.compactMap { try? PartialDate($0, isKnownZone: { _ in false }) }.first
  }

  private static func withoutFraction(_ text: String) -> String {
    guard let point = text.unicodeScalars.firstIndex(of: ".") else { return text }
    let rest = text.unicodeScalars[point...].dropFirst().drop { ("0"..."9").contains($0) }
    return String(text.unicodeScalars[..<point]) + String(rest)
  }

  // MARK: - Links

  private mutating func links(_ notes: Set<RecordID>, _ writer: inout Writer) throws {
    for link in root.child("links")?.children("link") ?? [] {
      let origin = QDAFile.guid(link, "originguid")
      let target = QDAFile.guid(link, "targetguid")
      let ends = [origin, target].compactMap { $0 }.filter { !notes.contains($0) }
      if let end = ends.compactMap({ records[$0] }).first { collectNotes(of: link, end) }
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
    let id = file.madeID([
      "refi-qda kept", root.attribute("name") ?? "", record.guid,
      QDAFile.guid(node)?.guid ?? String(keptNotes), node.name,
    ])
    guard let kept = file.text(text) else { return }
    let edits = [
      FieldEdit(.Note.about, value: .reference(record.rawValue)), FieldEdit(.Note.text, kept),
    ]
    file.report.tally.count(.note, try file.enter(id, .note, edits, at: node, &writer))
  }
}
