import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// One record as it is shown whole.
extension Reader {
  func card(_ id: RecordID, _ kind: Kind) throws -> Card {
    var card: Card
    switch kind {
    case .study: card = try studyCard()
    case .interview: card = try interviewCard(id)
    case .note: card = try noteCard(id)
    case .place: card = try placeCard(id)
    case .participant: card = try participantCard(id)
    case .theme: card = try themeCard(id)
    case .coding: card = try codingCard(id)
    }
    let attributes = try attributes(of: id)
    if !attributes.isEmpty {
      card.fields += attributes.map { ($0.name, "", .string($0.value)) }
      card.fields.append(
        ("", "attributes", .object(attributes.map { ($0.name, .string($0.value)) })))
    }
    let merged = try mergedTexts(of: id).map { text -> JSON in
      let writes = text.writes.map { "\($0.dot.short) \($0.member ?? "unknown")" }
      return .string("\(text.field.name) of \(writes.joined(separator: ", "))")
    }
    if !merged.isEmpty { card.fields.append(("merged", "merged", .array(merged))) }
    let conflicts = try conflicts(of: id)
    if !conflicts.isEmpty {
      card.fields.append(
        ("conflicts", "conflicts", .array(conflicts.map { .string($0.field.name) })))
    }
    return card
  }

  private func start(_ id: RecordID, _ kind: Kind) -> [(label: String, key: String, value: JSON)] {
    [("", "id", .string(id.description)), ("", "kind", .string(kind.name))]
  }

  private func names(_ ids: [RecordID]) throws -> JSON {
    .array(try ids.map { .string(try match($0)?.name ?? $0.short) }.sorted { $0.cell < $1.cell })
  }

  private func interviewCard(_ id: RecordID) throws -> Card {
    guard let interview = try fetch(Interview.self, id) else { throw NotebookError.unknownRecord }
    let consent = interview.consent
    let themes = try codings(on: id).count
    return Card(
      title: [interview.label, interview.title].compactMap { $0 }.joined(separator: "  "),
      fields: start(id, .interview) + [
        ("", "label", .string(interview.label)), ("", "title", .string(interview.title)),
        ("kind", "interviewKind", .string(interview.kind?.rawValue)),
        ("date", "date", .string(interview.date?.description)),
        ("place", "place", .string(try interview.place.flatMap { try match($0)?.name })),
        ("participants", "participants", try names(references(.Interview.participants, of: id))),
        ("interviewers", "interviewers", .array(interview.interviewers.map { .string($0) })),
        ("languages", "languages", .array(interview.languages.map { .string($0) })),
        ("consent", "consentForm", .string(consent?.form)),
        ("allowed", "consentLevel", .string(consent?.level.rawValue)),
        ("given", "consentDate", .string(consent?.date?.description)),
        ("embargo until", "embargo", .string(consent?.embargo?.description)),
        ("source", "source", .string(interview.source)),
        ("summary", "summary", .string(interview.summary)),
        ("codings", "codings", .integer(themes)), ("id", "", .string(id.short)),
      ], body: interview.text)
  }

  private func noteCard(_ id: RecordID) throws -> Card {
    guard let note = try fetch(Note.self, id) else { throw NotebookError.unknownRecord }
    return Card(
      title: "Note",
      fields: start(id, .note) + [
        ("about", "about", .string(try note.about.flatMap { try match($0)?.name })),
        ("at", "at", .string(note.at?.description)),
      ], body: note.text)
  }

  private func placeCard(_ id: RecordID) throws -> Card {
    guard let place = try fetch(Place.self, id) else { throw NotebookError.unknownRecord }
    return Card(
      title: try name(of: id, .place),
      fields: start(id, .place) + [
        ("", "name", .string(place.name)),
        ("other names", "otherNames", .array(place.otherNames.map { .string($0) })),
        ("kind", "placeKind", .string(place.kind?.rawValue)),
        ("within", "within", try names(references(.Place.within, of: id))),
        ("latitude", "latitude", place.location.map { .number($0.latitude) } ?? .null),
        ("longitude", "longitude", place.location.map { .number($0.longitude) } ?? .null),
        ("accuracy (m)", "accuracy", place.location?.accuracy.map(JSON.number) ?? .null),
        ("code", "code", .string(place.code)),
      ])
  }

  private func participantCard(_ id: RecordID) throws -> Card {
    guard let participant = try fetch(Participant.self, id) else {
      throw NotebookError.unknownRecord
    }
    return Card(
      title: participant.pseudonym ?? "",
      fields: start(id, .participant) + [
        ("", "pseudonym", .string(participant.pseudonym)),
        ("role", "role", .string(participant.role)),
      ])
  }

  private func themeCard(_ id: RecordID) throws -> Card {
    guard let theme = try fetch(Theme.self, id) else { throw NotebookError.unknownRecord }
    let mergedInto = try mergedThemes()[id].flatMap { try match($0)?.name }
    let codings = try codingCounts()[id, default: 0]
    return Card(
      title: try name(of: id, .theme),
      fields: start(id, .theme) + [
        ("", "name", .string(theme.name)), ("colour", "colour", .string(theme.colour)),
        ("merged into", "mergedInto", .string(mergedInto)),
        ("codings", "codings", .integer(codings)),
        ("definition", "definition", .string(theme.definition)),
      ])
  }

  private func codingCard(_ id: RecordID) throws -> Card {
    guard let coding = try fetch(Coding.self, id) else { throw NotebookError.unknownRecord }
    let placed = try coding.target.flatMap { try self.placed([coding], on: $0).first }
    let interview = try coding.target.flatMap { try match($0)?.name }
    let theme = try coding.theme.flatMap { try match(mergedThemes()[$0] ?? $0)?.name }
    let start: JSON = placed?.span.map { .integer($0.lowerBound) } ?? .null
    let end: JSON = placed?.span.map { .integer($0.upperBound) } ?? .null
    return Card(
      title: "Coding",
      fields: self.start(id, .coding) + [
        ("interview", "interview", .string(interview)), ("theme", "theme", .string(theme)),
        ("coder", "coder", .string(coding.coder)),
        ("status", "status", .string(placed?.status.rawValue)),
        ("start", "start", start), ("end", "end", end),
        ("memo", "memo", .string(coding.memo)),
      ], body: placed?.quote ?? coding.anchor?.quote)
  }

  private func studyCard() throws -> Card {
    let study = try studyHeader()
    let periods = try periods().map { period -> JSON in
      .object([
        ("name", .string(period.name)), ("from", .string(period.from?.description)),
        ("to", .string(period.to?.description)),
      ])
    }
    let definitions = try attributeDefinitions().map { definition -> JSON in
      .object([
        ("name", .string(definition.name)), ("of", .string(definition.record.name)),
        ("type", .string(definition.type.rawValue)),
        ("choices", .array(definition.choices.map { .string($0) })),
      ])
    }
    let members = Set(try members().values.map(\.name)).sorted()
    var card = Card(
      title: study.title ?? "",
      fields: [
        ("", "title", .string(study.title)), ("", "id", .string(identity.study.description)),
        ("about", "description", .string(study.description)),
        ("members", "members", .array(members.map { .string($0) })),
        ("coding", "", .string(try blindCoding()?.sentence)),
        (
          "", "codingsOpenTo",
          try blindCoding().map { .array($0.openTo.map { .string($0) }) } ?? .null
        ),
        ("", "periods", .array(periods)), ("", "attributeDefinitions", .array(definitions)),
      ])
    for period in try self.periods() {
      let from = period.from?.description ?? "…"
      let to = period.to?.description ?? "…"
      card.fields.append(("period", "", .string("\(period.name): \(from) to \(to)")))
    }
    for definition in try attributeDefinitions() {
      let text = "\(definition.name) of \(definition.record.name): \(definition.type.rawValue)"
      card.fields.append(("attribute", "", .string(text)))
    }
    return card
  }
}
