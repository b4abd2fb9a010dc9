import CuadernoModel

/// Submissions as JSON: the OData of ODK Central (`value`), Kobo's API (`results`), or a bare list.
struct SubmissionJSON {
  private(set) var submissions: [Submission] = []
  /// Entries of a repeated group that came in a file of their own.
  private(set) var entries: [(parent: String, entry: Submission.Entry)] = []
  /// There are more submissions than this file has.
  private(set) var isPage = false

  /// - Throws: ``ExchangeError`` with the line and byte, or the submission and question.
  init(_ bytes: [UInt8], fileName: String) throws {
    let start = TextDecoding.markByteCount(bytes)
    let root: JSONValue
    do {
      root = try JSONReader.value(bytes, in: start..<bytes.count)
    } catch {
      throw ExchangeError(Self.place(of: error.offset, in: bytes), .form(.json(error.fault)))
    }
    let list: [JSONValue]
    switch root {
    case .array(let elements): list = elements
    case .object(let members):
      guard
        case .array(let elements) = members.first(where: {
          $0.key == "value" || $0.key == "results"
        })?.value
      else { throw ExchangeError(.file, .form(.notSubmissions)) }
      list = elements
      isPage = members.contains {
        ["next", "previous", "@odata.nextLink"].contains($0.key) && $0.value != .null
      }
    default: throw ExchangeError(.file, .form(.notSubmissions))
    }
    try read(list, fileName)
  }

  private static func place(of offset: Int, in bytes: [UInt8]) -> ExchangeError.Place {
    let before = bytes[..<min(offset, bytes.count)]
    let start = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return .lineByte(line: 1 + before.count { $0 == 0x0A }, byte: before.count - start + 1)
  }

  private mutating func read(_ list: [JSONValue], _ fileName: String) throws {
    var seen = Set<String>()
    var counts = [String: Int]()
    let stem = fileName.split(separator: "/").last.map(String.init) ?? fileName
    let group = stem.split(separator: ".").first.map(String.init) ?? "group"
    for (index, value) in list.enumerated() {
      let place = ExchangeError.Place.submission(number: index + 1, question: nil)
      guard case .object(let members) = value else {
        throw ExchangeError(place, .form(.notASubmission))
      }
      var reading = Reading(number: index + 1)
      if let parent = members.first(where: { $0.key.hasPrefix("__Submissions") }) {
        guard parent.key == "__Submissions-id", case .string(let id) = parent.value else {
          throw ExchangeError(place, .form(.deepRepeat))
        }
        try reading.take(members, below: "", isOData: true)
        counts[id, default: 0] += 1
        let entry = Submission.Entry(
          group: group, number: String(counts[id] ?? 1),
          answers: reading.answers + reading.points.map(Self.answer))
        entries.append((Submission.key(id), entry))
        continue
      }
      let submission = try Self.submission(members, reading, place)
      guard seen.insert(submission.key).inserted else {
        throw ExchangeError(place, .form(.repeatedKey))
      }
      submissions.append(submission)
    }
  }

  fileprivate static func answer(_ point: Submission.Point) -> Submission.Answer {
    Submission.Answer(
      question: point.question, value: PointText.text(point.location), place: point.place)
  }

  private static func submission(
    _ members: [JSONValue.Member], _ reading: Reading, _ place: ExchangeError.Place
  ) throws -> Submission {
    var reading = reading
    let isOData = members.contains { $0.key == "__id" }
    try reading.take(members, below: "", isOData: isOData)
    func text(_ names: [String]) -> String? {
      names.lazy.compactMap { name in
        reading.answers.first { $0.question.lowercased() == name }?.value.trimmed
      }.first { !$0.isEmpty }
    }
    let ids = ["__id"] + FormColumn.keys
    let keys = ids.compactMap { text([$0]) }.map(Submission.key)
    guard let key = keys.first else { throw ExchangeError(place, .form(.emptyKey)) }
    var submission = Submission(key: key, otherKeys: keys, place: place)
    submission.name = text(FormColumn.names)
    submission.day = text(FormColumn.days)
    submission.isClosed = text(["status"]).map(FormColumn.isClosed) ?? false
    submission.attachments = reading.attachments
    submission.answers = reading.answers
    submission.points = reading.points
    submission.entries = reading.entries
    guard reading.entries.count <= Submission.entriesMax else {
      throw ExchangeError(place, .form(.tooManyEntries(reading.entries.count)))
    }
    return submission
  }
}

/// Takes the members of one submission apart.
private struct Reading {
  let number: Int
  var answers: [Submission.Answer] = []
  var points: [Submission.Point] = []
  var entries: [Submission.Entry] = []
  var attachments = 0

  init(number: Int) {
    self.number = number
  }

  /// - Parameters:
  ///   - path: of the group that they are in, empty at the top.
  ///   - isOData: groups are objects; in Kobo's JSON each name is a whole path.
  mutating func take(
    _ members: [JSONValue.Member], below path: String, isOData: Bool, in entry: String = ""
  ) throws {
    for member in members {
      // The names are those that the same questions have as columns of a table.
      let question = path.isEmpty ? member.key : path + "-" + member.key
      switch member.value {
      case .null: continue
      case .bool(let value): add(question, value ? "true" : "false")
      case .integer(let value): add(question, String(value))
      case .number(let value): add(question, String(value))
      case .string(let value): add(question, value)
      case .object(let inner):
        try takeObject(inner, member.key, question, isOData: isOData, in: entry)
      case .array(let elements):
        try takeArray(elements, member.key, question, isOData: isOData, in: entry)
      }
    }
  }

  private func place(_ question: String) -> ExchangeError.Place {
    .submission(number: number, question: KeptLine(question).text)
  }

  private mutating func add(_ question: String, _ value: String) {
    guard !value.isEmpty else { return }
    if let location = FormPoint.openRosa(value) ?? FormPoint.wellKnownText(value) {
      points.append(
        Submission.Point(question: question, location: location, place: place(question)))
    } else {
      answers.append(Submission.Answer(question: question, value: value, place: place(question)))
    }
  }

  private mutating func takeObject(
    _ members: [JSONValue.Member], _ key: String, _ question: String, isOData: Bool,
    in entry: String
  ) throws {
    if key == "__system" { return takeSystem(members) }
    // What the team made of the submission on Kobo's server.
    if key == "_validation_status" { return }
    guard case .string(let type) = members.first(where: { $0.key == "type" })?.value,
      case .array(let coordinates) = members.first(where: { $0.key == "coordinates" })?.value
    else { return try take(members, below: question, isOData: isOData, in: entry) }
    guard type == "Point" else { return add(question, Self.line(coordinates)) }
    let numbers = coordinates.compactMap(Self.number)
    var accuracy: Double?
    if case .object(let properties) = members.first(where: { $0.key == "properties" })?.value {
      accuracy = properties.first { $0.key == "accuracy" }.flatMap { Self.number($0.value) }
    }
    guard numbers.count >= 2, let location = FormPoint.location(numbers[1], numbers[0], accuracy)
    else { return add(question, Self.line(coordinates)) }
    points.append(
      Submission.Point(question: question, location: location, place: place(question)))
  }

  private mutating func takeSystem(_ members: [JSONValue.Member]) {
    for member in members {
      switch (member.key, member.value) {
      case ("attachmentsPresent", .integer(let count)): attachments = Int(clamping: count)
      case ("status", .string(let status)): add("status", status)
      case ("reviewState", .string(let state)): add("ReviewState", state)
      case ("submissionDate", .string(let date)): add("SubmissionDate", date)
      case ("submitterName", .string(let name)): add("SubmitterName", name)
      default: continue
      }
    }
  }

  private mutating func takeArray(
    _ elements: [JSONValue], _ key: String, _ question: String, isOData: Bool, in entry: String
  ) throws {
    if key == "_attachments" {
      attachments = elements.count
      return
    }
    guard !FormColumn.isSystem(key) else { return }
    let objects = elements.compactMap { element -> [JSONValue.Member]? in
      if case .object(let members) = element { return members }
      return nil
    }
    guard !objects.isEmpty else {
      return add(question, elements.map(Self.line).filter { !$0.isEmpty }.joined(separator: "; "))
    }
    for (index, members) in objects.enumerated() {
      let numbers = (entry.isEmpty ? "" : entry + ".") + String(index + 1)
      var inner = Reading(number: number)
      let names = members.map { member in
        // Kobo repeats the group's path in every name of it.
        let isBelow = member.key.hasPrefix(key + "/")
        return isBelow
          ? JSONValue.Member(String(member.key.dropFirst(key.count + 1)), member.value) : member
      }
      try inner.take(names, below: "", isOData: isOData, in: numbers)
      entries.append(
        Submission.Entry(
          group: question, number: numbers,
          answers: inner.answers + inner.points.map(SubmissionJSON.answer)))
      entries += inner.entries.map { below in
        Submission.Entry(
          group: question + "/" + below.group, number: below.number, answers: below.answers)
      }
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  /// Lists of lists of numbers, as lines and shapes are, in one line.
  private static func line(_ value: JSONValue) -> String {
    switch value {
    case .null, .object: ""
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let value): value
    case .array(let elements): line(elements)
    }
  }

  private static func line(_ elements: [JSONValue]) -> String {
    elements.map { line($0) }.joined(separator: " ")
  }
}
