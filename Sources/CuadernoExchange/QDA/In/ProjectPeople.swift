import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Cases as participants, and our own sets as places.
extension ProjectImport {
  mutating func cases(_ writer: inout Writer) throws {
    for (index, element) in (root.child("cases")?.children("case") ?? []).enumerated() {
      let sources = element.children("sourceref").compactMap { QDAFile.guid($0, "targetguid") }
      file.report.count(
        .caseParts, element.children.count { $0.name == "coderef" || $0.name == "selectionref" },
        at: file.place(element))
      if isCaseOfSource(element) { continue }
      let id = file.id(of: element, within: nil, ordinal: index)
      if let guid = QDAFile.guid(element), records[guid] == nil { records[guid] = id }
      let renamed = DescribedLines(file.description(of: element), .renamed)
      let name =
        renamed.map { $0.value("Name") } ?? file.line(element.attribute("name")) ?? "participant"
      var edits = try edits(
        of: variables.values(of: element), .participant, .Participant.attributes, from: element,
        writer)
      if let name { edits.append(FieldEdit(.Participant.pseudonym, name)) }
      let outcome = try file.enter(id, .participant, edits, at: element, &writer)
      file.report.tally.count(.participant, outcome)
      if renamed == nil, let text = file.description(of: element) {
        try keep(text, about: id, from: element, &writer)
      }
      try keepSpareValues(about: id, from: element, &writer)
      for source in sources { participantsOf[source, default: []].append(id) }
    }
  }

  // MARK: - Places

  mutating func places(_ sets: [XMLNode], _ writer: inout Writer) throws {
    var found = [(id: RecordID, node: XMLNode, lines: DescribedLines)]()
    for (index, set) in sets.enumerated() {
      guard let lines = DescribedLines(file.description(of: set), .place) else { continue }
      let id = file.id(of: set, within: nil, ordinal: index)
      if let guid = QDAFile.guid(set) { records[guid] = records[guid] ?? id }
      for member in SetReading.members(of: set, "membersource") { placeOf[member] = id }
      found.append((id, set, lines))
    }
    guard !found.isEmpty else { return }
    let there = Set(found.map(\.id))
    for (id, node, lines) in found {
      let outcome = try file.enter(
        id, .place, try Self.edits(lines, writer), at: node, &writer)
      file.report.tally.count(.place, outcome)
    }
    // After all places are there, those that lie within another are put there.
    for link in root.child("links")?.children("link") ?? [] {
      guard let name = link.attribute("name").flatMap(ProjectExport.LinkName.init),
        let origin = QDAFile.guid(link, "originguid").flatMap({ records[$0] }),
        let target = QDAFile.guid(link, "targetguid").flatMap({ records[$0] }),
        there.contains(origin), there.contains(target)
      else { continue }
      let edit =
        name == .partOf
        ? FieldEdit(.Place.parent, value: .reference(target.rawValue))
        : FieldEdit(
          .Place.within, key: writer.keys.key(target.rawValue),
          value: .membership(target.rawValue, isMember: true))
      _ = try file.enter(origin, .place, [edit], at: link, &writer)
    }
  }

  private static func edits(_ lines: DescribedLines, _ writer: Writer) throws -> [FieldEdit] {
    let names = lines.values("Also called")
    var edits = [
      FieldEdit(.Place.name, lines.value("Name")), FieldEdit(.Place.kind, lines.value("Kind")),
      FieldEdit(.Place.code, lines.value("Code")),
      FieldEdit(.Place.otherNames, value: names.isEmpty ? nil : .list(names)),
    ]
    if let latitude = lines.value("Latitude").flatMap(Double.init),
      let longitude = lines.value("Longitude").flatMap(Double.init)
    {
      let accuracy = lines.value("Accuracy").flatMap(Double.init)
      edits.append(
        FieldEdit(
          .Place.location,
          value: .location(
            Location(latitude: latitude, longitude: longitude, accuracy: accuracy))))
    }
    edits += lines.named("Attribute").map { name, value in
      FieldEdit(
        .Place.attributes, key: writer.keys.key(named: name),
        value: .attribute(Attribute(name: name, value: value)))
    }
    return edits.filter { $0.value != nil }
  }
}
