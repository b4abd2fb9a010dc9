import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// Places and periods as sets of interviews, and what lies within what as links.
extension ProjectExport {
  enum LinkName: String {
    case about, partOf = "part of", within
  }

  mutating func links() throws {
    var links = [(name: LinkName, origin: RecordID, target: RecordID)]()
    // Sets come after the links.
    let places = Set(study.places.map(\.id))
    func isThere(_ record: RecordID) -> Bool { writer.has(record) || places.contains(record) }
    for note in study.notes {
      guard let about = note.about, about != study.record else { continue }
      let isTheme = study.codes.ids.contains(study.codes.merged[about] ?? about)
      // The code itself refers to it.
      if isTheme { continue }
      if isThere(about) {
        links.append((.about, note.id, about))
      } else {
        report.count(.looseNotes)
      }
    }
    for place in study.places {
      if let parent = study.placePaths.tree.parent(of: place.id.rawValue) {
        links.append((.partOf, place.id, RecordID(rawValue: parent)))
      }
      for other in study.within[place.id] ?? [] where isThere(other) {
        links.append((.within, place.id, other))
      }
    }
    try part(.links, links) { link in
      try writer.open(.link)
      try writer.attribute(
        .guid,
        RecordID(
          madeOf: ["link", link.name.rawValue, link.origin.guid, link.target.guid],
          study.id.bytes))
      try writer.attribute(.name, link.name.rawValue)
      try writer.attribute(.direction, "OneWay")
      try writer.attribute(.originGUID, link.origin)
      try writer.attribute(.targetGUID, link.target)
      try writer.close()
    }
  }

  mutating func sets() throws {
    guard !study.places.isEmpty || !study.periods.isEmpty else { return }
    report.count(.places, study.places.count)
    report.count(.periods, study.periods.count)
    var names = study.names
    var interviewsAt = [RecordID: [RecordID]]()
    for facts in study.interviews {
      if let place = facts.interview.place {
        interviewsAt[place, default: []].append(facts.interview.id)
      }
    }
    let places = study.places.map { (path: study.placePaths.path(to: $0.id), place: $0) }
      .sorted { ($0.path, $0.place.id) < ($1.path, $1.place.id) }
    try writer.open(.sets)
    for (path, place) in places {
      try set(
        place.id, names.name(path.isEmpty ? "place" : path), described(place),
        interviewsAt[place.id] ?? [])
    }
    for period in study.periods {
      let members = study.interviews.filter { facts in
        facts.interview.date.map(period.contains) ?? false
      }
      try set(
        RecordID(madeOf: ["period", period.name], study.id.bytes), names.name(period.name),
        described(period), members.map(\.interview.id))
    }
    try writer.close()
  }

  private func set(
    _ id: RecordID, _ name: String, _ description: DescribedLines, _ members: [RecordID]
  ) throws {
    try writer.open(.set)
    try writer.attribute(.guid, id)
    try writer.attribute(.name, name)
    try writer.element(.description, description.written)
    for member in members { try writer.reference(.memberSource, member) }
    try writer.close()
  }

  private func described(_ place: Place) -> DescribedLines {
    var lines = DescribedLines(.place)
    lines.add("Name", place.name)
    lines.add("Kind", place.kind?.rawValue)
    for name in place.otherNames { lines.add("Also called", name) }
    lines.add("Code", place.code)
    if let location = place.location {
      lines.add("Latitude", Decimal.text(location.latitude))
      lines.add("Longitude", Decimal.text(location.longitude))
      lines.add("Accuracy", location.accuracy.map(Decimal.text))
    }
    for attribute in study.attributes[.place]?[place.id] ?? [] {
      if let value = attribute.value {
        lines.add("Attribute", named: attribute.name, value)
      }
    }
    return lines
  }

  private func described(_ period: Period) -> DescribedLines {
    var lines = DescribedLines(.period)
    lines.add("Name", period.name)
    lines.add("From", period.from?.description)
    lines.add("To", period.to?.description)
    lines.text = period.description
    return lines
  }
}
