package import CuadernoModel
package import CuadernoNotebook
import CuadernoSync

/// Writes what an archive asks for: a data list, as qualitative archives have it, and the study's
/// description in DDI Codebook and in Dublin Core, in one zip.
///
/// What may not be archived is not in it and is counted: the list has a row for each interview whose
/// consent is "may archive" and whose embargo is over, and for each document that nobody was asked for.
/// Participants are there by pseudonym and role, places at the level that was asked for; titles and
/// summaries, in which people name people, are left out except for documents.
package struct DepositExport {
  package struct Options: Sendable {
    package var creators: [String]
    package var rights: String?
    /// How exact places are.
    package var level: PlaceKind
    /// Attributes that go along, by what they are of and their names; no others do.
    package var attributes: [AttributeName]
    package var hasTexts: Bool
    package var language: StudyReport.Language
    /// Since 1970, the time by which embargoes end.
    package var milliseconds: Int64

    package init(
      creators: [String], rights: String?, level: PlaceKind, attributes: [AttributeName],
      hasTexts: Bool, language: StudyReport.Language, milliseconds: Int64
    ) {
      self.creators = creators
      self.rights = rights
      self.level = level
      self.attributes = attributes
      self.hasTexts = hasTexts
      self.language = language
      self.milliseconds = milliseconds
    }
  }

  package struct AttributeName: Hashable, Sendable {
    package var kind: Kind
    package var name: String

    package init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }
  }

  private let reader: Reader
  private let options: Options
  private let facts: StudyFacts
  private let placesWithin: [RecordID: [RecordID]]
  private let words: DepositWords
  private var report = DepositReport()
  private var interviews: [InterviewFacts] = []

  package static func write(
    _ reader: Reader, of part: StudyPart = .everything, options: Options, to path: String
  ) throws -> DepositReport {
    var export = try DepositExport(reader, options)
    try export.choose(part)
    let list = try export.dataList()
    let study = try export.description()
    let codeBook = DDICodebook.codeBook(study)
    try DDICodebook.check(codeBook)
    let (ddi, core) = (try codeBook.document(), try DublinCore.record(study).document())
    let archive = try ArchiveWriting(path, milliseconds: options.milliseconds)
    try archive.add("data-list.csv") { list }
    try archive.add("study.ddi.xml") { ddi }
    try archive.add("study.dublin-core.xml") { core }
    if options.hasTexts {
      for (index, interview) in export.interviews.enumerated() {
        try archive.add(Self.file(index)) {
          Array((try reader.codedText(of: interview.id)?.text ?? "").utf8)
        }
      }
    }
    try archive.close()
    return export.report
  }

  private init(_ reader: Reader, _ options: Options) throws {
    self.reader = reader
    self.options = options
    facts = try StudyFacts(reader)
    placesWithin = try reader.references(.Place.within)
    words = DepositWords(options.language)
  }

  /// A number and no label, which may be a person's name.
  private static func file(_ index: Int) -> String {
    let digits = String(index + 1)
    return "texts/" + String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits + ".txt"
  }

  private mutating func choose(_ part: StudyPart) throws {
    var chosen = [InterviewFacts]()
    var report = report
    let contested = try reader.contestedConsents()
    let today = try reader.embargoDay(options.milliseconds)
    try reader.forEach(InterviewFacts.self) { interview in
      guard part.contains(interview.id) else { return }
      if let reason = Self.reason(
        against: interview, isContested: contested.contains(interview.id), today: today)
      {
        report.leftOut[reason, default: 0] += 1
      } else {
        chosen.append(interview)
      }
    }
    chosen.sort { ($0.name, $0.id) < ($1.name, $1.id) }
    interviews = chosen
    report.texts = chosen.count
    let given = Set(options.attributes)
    let groups = [facts.interviewAttributes, facts.participantAttributes, facts.placeAttributes]
    report.attributes = groups.reduce(0) { sum, group in
      sum + group.names.count { !given.contains(AttributeName(group.kind, $0)) }
    }
    self.report = report
  }

  static func reason(
    against interview: InterviewFacts, isContested: Bool = false, today: Int
  ) -> DepositReport.Reason? {
    guard !isContested else { return .contestedConsent }
    guard let consent = interview.consent else {
      return interview.kind == .document ? nil : .noConsent
    }
    if consent.level == .withdrawn { return .withdrawn }
    guard consent.level == .mayArchive else { return .otherConsent }
    return consent.embargo.map { $0.lastDay >= today } ?? false ? .embargoed : nil
  }

  // MARK: - The list

  private func dataList() throws -> [UInt8] {
    var bytes = [UInt8]()
    let gathered = DepositBytes()
    var table = try CSVWriter(.init(hasByteOrderMark: true)) { gathered.bytes += $0 }
    let fixed = [
      "number", "interview", "file", "kind", "date", "place", "participants", "roles",
      "languages", "words", "characters", "title", "source",
    ]
    try table.row(
      fixed.map { .text(words.heading($0)) }
        + options.attributes.map { .text("\(words.heading($0.kind.name)).\($0.name)") })
    for (index, interview) in interviews.enumerated() {
      let text = try reader.codedText(of: interview.id)?.text ?? ""
      let people = facts.people(interview.id)
      let isDocument = interview.kind == .document
      let cells: [TableCell] =
        [
          .integer(index + 1), .init(interview.label),
          options.hasTexts ? .text(Self.file(index)) : .empty,
          .init(interview.kind.map(words.name)), .init(interview.date),
          .joined(places(interview.place)),
        ] + facts.peopleCells(people) + [
          .joined(interview.languages), .integer(Self.words(text)),
          .integer(text.unicodeScalars.count), isDocument ? .init(interview.title) : .empty,
          isDocument ? .init(interview.source) : .empty,
        ]
      try table.row((cells + attributes(interview, people)).map(\.csv))
    }
    try table.finish()
    bytes = gathered.bytes
    return bytes
  }

  private func attributes(
    _ interview: InterviewFacts, _ people: [Participant]
  ) -> [TableCell] {
    options.attributes.map { attribute in
      let (group, records) =
        switch attribute.kind {
        case .participant: (facts.participantAttributes, people.map(\.id))
        case .place: (facts.placeAttributes, interview.place.map { [$0] } ?? [])
        default: (facts.interviewAttributes, [interview.id])
        }
      return .joined(
        records.compactMap { record in
          group.values[record]?.first { $0.name == attribute.name }?.value
        })
    }
  }

  static func words(_ text: String) -> Int {
    text.unicodeScalars.split { $0.properties.isWhitespace }.count
  }

  /// The names of the places at the level that a place is, lies below or is within; of two of which one lies
  /// below the other the lower.
  private func places(_ place: RecordID?) -> [String] {
    guard let place else { return [] }
    let tree = facts.placePaths.tree
    let reached = tree.reach(of: place.rawValue) { step in
      (placesWithin[RecordID(rawValue: step)] ?? []).map(\.rawValue)
    }.filter { facts.places[RecordID(rawValue: $0)]?.kind == options.level }
    return tree.lowest(of: reached).compactMap { facts.places[RecordID(rawValue: $0)]?.name }
      .sorted()
  }

  // MARK: - The study

  private func description() throws -> DepositDescription {
    let header = try reader.studyHeader()
    let dates = interviews.compactMap(\.date)
    let first = dates.min { ($0.firstDay, $0.description) < ($1.firstDay, $1.description) }
    let last = dates.max { ($0.lastDay, $0.description) < ($1.lastDay, $1.description) }
    var countries = Set<String>()
    for interview in interviews {
      let chain = interview.place.map { facts.placePaths.tree.path(to: $0.rawValue) } ?? []
      let country = chain.lazy.compactMap { facts.places[RecordID(rawValue: $0)] }
        .first { $0.kind == .country }
      if let name = country?.name { countries.insert(name) }
    }
    let kinds = Dictionary(grouping: interviews.compactMap(\.kind), by: \.self)
    let themes = try reader.fetchAll(Theme.self).filter { facts.merged[$0.id] == nil }
    return DepositDescription(
      title: header.title.flatMap { $0.isEmpty ? nil : $0 } ?? words.untitled,
      description: header.description.flatMap { $0.isEmpty ? nil : $0 },
      identifier: "urn:uuid:"
        + RecordID(rawValue: reader.identity.study.rawValue).guid.lowercased(),
      written: String(Moment(milliseconds: options.milliseconds).description.prefix(10)),
      creators: options.creators, rights: options.rights,
      keywords: Set(themes.compactMap(\.name)).sorted(),
      periods: facts.periods.map { ($0.name, $0.from.map(Self.day), $0.to.map(Self.day)) },
      dates: first.flatMap { first in last.map { (Self.day(first), Self.day($0)) } },
      countries: countries.sorted(),
      places: Set(interviews.flatMap { places($0.place) }).sorted(),
      roles: Set(interviews.flatMap { facts.people($0.id).compactMap(\.role) }).sorted(),
      languages: Set(interviews.flatMap(\.languages)).sorted(),
      kinds: InterviewKind.allCases.compactMap { kind in
        kinds[kind].map { (words.name(kind), $0.count) }
      },
      texts: interviews.count, all: interviews.count + report.leftOut.values.reduce(0, +),
      hasTexts: options.hasTexts, words: words)
  }

  /// A date without a time of day, as exactly as it is known.
  private static func day(_ date: PartialDate) -> String { String(date.description.prefix(10)) }
}

/// Bytes that a table is written to.
private final class DepositBytes {
  var bytes: [UInt8] = []
}

/// What a deposit holds and what was left out of it, in numbers alone.
package struct DepositReport: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Sendable {
    case withdrawn, contestedConsent, embargoed, otherConsent, noConsent
  }

  package var texts = 0
  package var leftOut: [Reason: Int] = [:]
  /// Attributes of the study that were not asked for.
  package var attributes = 0
}

extension DepositReport.Reason {
  /// What a person is told before the number.
  package var words: String {
    switch self {
    case .withdrawn: "interviews left out, since their consent was withdrawn"
    case .contestedConsent:
      "interviews left out, since two people wrote their consent differently (cuaderno conflicts)"
    case .embargoed: "interviews left out, since they are under an embargo still"
    case .otherConsent: "interviews left out, since their consent does not allow archiving"
    case .noConsent: "interviews left out, since no consent is written down"
    }
  }
}
