import CuadernoModel
import CuadernoNotebook
import CuadernoSync

extension Reader {
  /// A value as it is told.
  func json(_ value: Value) throws -> JSON {
    switch value {
    case .text(let text): .string(text)
    case .list(let entries): .array(entries.map { .string($0) })
    case .date(let date): .string(date.description)
    case .consent(let consent): .string(Self.text(consent))
    case .location(let location):
      .string(
        "\(location.latitude), \(location.longitude)"
          + (location.accuracy.map { ", within \($0) m" } ?? ""))
    case .reference(let id): try named(id)
    case .membership(let id, let isMember):
      .string((isMember ? "" : "not ") + (try named(id)).cell)
    case .target(let target): try named(target.record)
    case .anchor(let anchor): .string(anchor.quote)
    case .attribute(let attribute): .string("\(attribute.name) = \(attribute.value ?? "")")
    case .attributeDefinition(let definition): .string(Self.text(definition))
    case .period(let period): .string(Self.text(period))
    case .member(let member): .string(member.name)
    }
  }

  private static func text(_ consent: Consent) -> String {
    var parts = [consent.form, consent.level.rawValue]
    if let date = consent.date { parts.append("given \(date)") }
    if let embargo = consent.embargo { parts.append("embargo until \(embargo)") }
    return parts.joined(separator: "; ")
  }

  private static func text(_ definition: AttributeDefinition) -> String {
    let choices =
      definition.choices.isEmpty ? "" : " (\(definition.choices.joined(separator: ", ")))"
    let description = definition.description.isEmpty ? "" : "; \(definition.description)"
    return "\(definition.name): \(definition.type.rawValue)\(choices)\(description)"
  }

  private static func text(_ period: Period) -> String {
    guard period.from != nil || period.to != nil else { return period.name }
    let description = period.description.isEmpty ? "" : "; \(period.description)"
    return "\(period.name): \(period.from?.description ?? "…") to "
      + "\(period.to?.description ?? "…")\(description)"
  }

  private func named(_ reference: Reference) throws -> JSON {
    let id = RecordID(rawValue: reference)
    let name = try match(id)?.name ?? ""
    return .string(name.isEmpty ? id.short : name)
  }

  /// What a record is called in a sentence: its kind, and its name or the beginning of its id.
  func called(_ id: RecordID, _ kind: Kind?, _ name: String) -> String {
    if kind == .study { return "the study" }
    let name = name.isEmpty ? id.short : name
    return "\(kind?.name ?? "record of a newer version") \(Terminal.harmless(name))"
  }
}
