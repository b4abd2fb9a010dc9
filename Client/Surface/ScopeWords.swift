import CuadernoAnalysis
import CuadernoModel
import CuadernoSync

/// What a report says of how it was cut, without the name of anything that it names nowhere else: interviews are
/// counted, and so are places that are finer than the report tells.
struct ScopeWords {
  private let language: ReportLanguage
  private let level: PlaceKind
  private let data: StudyData

  init(_ language: ReportLanguage, _ level: PlaceKind, _ data: StudyData) {
    self.language = language
    self.level = level
    self.data = data
  }

  /// Nil where nothing is left out.
  func asked(_ selection: Selection) -> String? {
    var parts = [places(selection.places), interviews(selection.interviews)]
    let isCoder = { (criterion: Selection.Criterion) in criterion.dimension == .coder }
    parts += selection.criteria.filter { !isCoder($0) }.map(words)
    if let from = selection.dates?.from { parts.append("\(say("from", "desde")) \(year(from))") }
    if let to = selection.dates?.to { parts.append("\(say("to", "hasta")) \(year(to))") }
    parts += selection.criteria.filter(isCoder).map(words)
    let asked = parts.compactMap(\.self)
    return asked.isEmpty ? nil : asked.joined(separator: "; ")
  }

  private func say(_ english: String, _ spanish: String) -> String {
    language == .es ? spanish : english
  }

  /// No more of a date than attributions say.
  private func year(_ date: PartialDate) -> String {
    date.month == nil
      ? "\(date.year)" : say("a day in \(date.year)", "un día de \(date.year)")
  }

  private func words(_ criterion: Selection.Criterion) -> String {
    let values = data.ordered(criterion.values, criterion.dimension)
    switch criterion.dimension {
    case .interviewKind:
      let names = values.map { value in InterviewKind(rawValue: value).map(language.name) ?? value }
      return "\(say("kind", "tipo")) \(language.alternatives(names))"
    case .consent:
      return "\(say("consent", "consentimiento")) \(language.alternatives(values.map(consent)))"
    case .attribute(.place, _):
      // Which may be that of one place that is finer than the report tells.
      return "\(say("attribute", "atributo")) \(criterion.dimension.word)"
    case .attribute:
      let name = "\(say("attribute", "atributo")) \(criterion.dimension.word)"
      return "\(name)=\(language.alternatives(values))"
    case .place, .period, .role, .coder, .interview, .participant:
      return "\(language.heading(criterion.dimension.word)) \(language.alternatives(values))"
    }
  }

  private func consent(_ level: String) -> String {
    guard language == .es else { return level }
    return switch ConsentLevel(rawValue: level) {
    case .mayQuote: "para citar"
    case .mayParaphrase: "para parafrasear"
    case .mayArchive: "para archivar"
    case .withdrawn: "retirado"
    case nil: "ninguno"
    }
  }

  private func interviews(_ chosen: [RecordID]) -> String? {
    switch Set(chosen).count {
    case 0: nil
    case 1: say("one chosen interview", "una entrevista elegida")
    case let count: say("\(count) chosen interviews", "\(count) entrevistas elegidas")
    }
  }

  /// Places that the report may tell by their names, and how many there are that it may not.
  private func places(_ chosen: [RecordID]) -> String? {
    let chosen = Set(chosen)
    guard !chosen.isEmpty else { return nil }
    let told = chosen.filter {
      PlaceKind.fineness(data.placeKinds[$0]) <= PlaceKind.fineness(level)
    }
    let names = told.map { data.placeNames[$0] ?? "" }.sorted()
    let finer = chosen.count - told.count
    let kind = say(level.rawValue, language.aPlace(level))
    guard !names.isEmpty else {
      return finer == 1
        ? say("one place finer than \(kind)", "un lugar más pequeño que \(kind)")
        : say("\(finer) places finer than \(kind)", "\(finer) lugares más pequeños que \(kind)")
    }
    let others =
      switch finer {
      case 0: [String]()
      case 1: [say("one finer than \(kind)", "uno más pequeño que \(kind)")]
      default: [say("\(finer) finer than \(kind)", "\(finer) más pequeños que \(kind)")]
      }
    return "\(say("place", "lugar")) \(language.alternatives(names + others))"
  }
}

extension ReportLanguage {
  /// Values of which one is enough.
  fileprivate func alternatives(_ values: [String]) -> String {
    values.dropFirst().reduce(values.first ?? "") { text, value in
      guard self == .es else { return "\(text) or \(value)" }
      let start = value.lowercased().drop { $0 == "h" }.first
      return "\(text) \(start == "o" || start == "ó" ? "u" : "o") \(value)"
    }
  }

  /// A place of a kind in Spanish, with its article.
  fileprivate func aPlace(_ kind: PlaceKind) -> String {
    switch kind {
    case .country: "un país"
    case .region: "una región"
    case .province: "una provincia"
    case .district: "un distrito"
    case .town: "un pueblo"
    case .valley: "un valle"
    case .other: "otro lugar"
    }
  }
}
