import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What a project is written of, without the texts and the codings: those are read one text at a time.
struct QDAStudy {
  struct Facts {
    var interview: InterviewFacts
    /// As it is called in the file.
    var name: String
  }

  let id: StudyID
  let header: Study
  let record: RecordID
  private(set) var interviews: [Facts] = []
  private(set) var unselectedInterviews = 0
  let notes: [Note]
  let places: [Place]
  let placePaths: Paths
  let within: [RecordID: [RecordID]]
  let participants: [Participant]
  /// Whom the interviews are with, the other way round.
  private(set) var interviewsOf: [RecordID: [RecordID]] = [:]
  let periods: [Period]
  let attributes: [Kind: [RecordID: [Attribute]]]
  private let definedTypes: [QDAVariables.Key: QDAVariableType]
  let codes: CodeTree
  let coders: [String]
  private(set) var variables = QDAVariables()
  /// The names of variables and sets, which some programs keep in one list.
  private(set) var names = UniqueNames()

  init(_ reader: Reader, _ codings: GatheredCodings, of part: StudyPart) throws {
    id = reader.identity.study
    header = try reader.studyHeader()
    record = reader.studyRecord
    notes = try reader.fetchAll(Note.self).filter { part.contains($0.id) }.sorted { $0.id < $1.id }
    places = try reader.fetchAll(Place.self).filter { part.contains($0.id) }
      .sorted { $0.id < $1.id }
    placePaths = try reader.placePaths()
    within = try reader.references(.Place.within)
    participants = try reader.fetchAll(Participant.self).filter { part.contains($0.id) }
      .sorted { ($0.pseudonym ?? "", $0.id) < ($1.pseudonym ?? "", $1.id) }
    periods = try reader.periods()
    attributes = try Dictionary(
      uniqueKeysWithValues: [Kind.interview, .participant, .place, .theme].map {
        ($0, try reader.attributes(of: $0))
      })
    codes = try CodeTree(reader)
    coders = codings.coders(where: part.contains)
    let definitions = try reader.attributeDefinitions()
    definedTypes = Dictionary(
      definitions.map { (.attribute($0.record, $0.name), QDAVariables.type($0.type)) },
      uniquingKeysWith: { first, _ in first })
    let participantsOf = try reader.references(.Interview.participants)
    try readInterviews(reader, part)
    for facts in interviews {
      for person in participantsOf[facts.interview.id] ?? [] {
        interviewsOf[person, default: []].append(facts.interview.id)
      }
    }
    noteVariables()
    variables.finish(definitions, id, &names)
  }

  private mutating func readInterviews(_ reader: Reader, _ part: StudyPart) throws {
    var found = [Facts]()
    try reader.forEach(InterviewFacts.self) { interview in
      guard part.contains(interview.id) else {
        unselectedInterviews += 1
        return
      }
      found.append(Facts(interview: interview, name: ""))
    }
    // By a few words of each: moving all that is known of an interview takes as long as reading it.
    let order = found.indices.map { index in
      (name: found[index].interview.name, id: found[index].interview.id, index: index)
    }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    var names = UniqueNames()
    interviews = order.map { name, _, index in
      var facts = found[index]
      facts.name = names.name(name.isEmpty ? "interview" : name)
      return facts
    }
  }

  // MARK: - Values

  typealias Value = (key: QDAVariables.Key, value: String, type: QDAVariableType)

  private mutating func noteVariables() {
    for facts in interviews {
      for (key, value, type) in values(of: facts.interview) { variables.note(key, value, as: type) }
    }
    for person in participants {
      for (key, value, type) in values(of: person) { variables.note(key, value, as: type) }
    }
    for note in notes {
      for (key, value, type) in values(of: note) { variables.note(key, value, as: type) }
    }
  }

  func values(of interview: InterviewFacts) -> [Value] {
    var values = [Value]()
    func add(
      _ key: QDAVariables.Key, _ value: String?, _ type: QDAVariableType = .text
    ) {
      if let value { values.append((key, value, type)) }
    }
    add(.field(.Interview.title), interview.title)
    add(.field(.Interview.kind), interview.kind?.rawValue)
    add(.field(.Interview.date), interview.date?.description, .date)
    let place = interview.place.map(placePaths.path) ?? ""
    add(.field(.Interview.place), place.isEmpty ? nil : place)
    add(.field(.Interview.interviewers), ListedText.text(interview.interviewers))
    add(.field(.Interview.languages), ListedText.text(interview.languages))
    if let consent = interview.consent {
      add(.field(.Interview.consent), consent.level.rawValue)
      add(.part(.Interview.consent, "consent form"), consent.form)
      add(.part(.Interview.consent, "consent date"), consent.date?.description, .date)
      add(.part(.Interview.consent, "embargo"), consent.embargo?.description, .date)
    }
    add(.field(.Interview.source), interview.source)
    return values + attributeValues(interview.id, .interview)
  }

  func values(of participant: Participant) -> [Value] {
    var values = [Value]()
    if let role = participant.role { values.append((.field(.Participant.role), role, .text)) }
    return values + attributeValues(participant.id, .participant)
  }

  func values(of note: Note) -> [Value] {
    note.at.map { [(.field(.Note.at), $0.description, .date)] } ?? []
  }

  private func attributeValues(_ record: RecordID, _ kind: Kind) -> [Value] {
    (attributes[kind]?[record] ?? []).compactMap { attribute in
      attribute.value.map { value in
        let key = QDAVariables.Key.attribute(kind, attribute.name)
        return (key, value, definedTypes[key] ?? .text)
      }
    }
  }
}
