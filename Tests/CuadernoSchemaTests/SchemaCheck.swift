/// Holds a value against a JSON Schema (2020-12), as much of it as `openapi.json` uses.
///
/// A keyword that is not known here is a fault too, so that no part of the description goes unread.
struct SchemaCheck {
  let document: JSONTree

  private static let wordsOfNoForce: Set<String> = [
    "description", "contentEncoding", "contentMediaType", "example",
  ]

  /// What is wrong with the value; empty when it is as the schema says.
  func faults(_ value: JSONTree, _ schema: JSONTree, at place: String = "$") -> [String] {
    schema.members.sorted { $0.key < $1.key }.flatMap { keyword, rule in
      faults(value, keyword, rule, schema, at: place)
    }
  }

  private func faults(
    _ value: JSONTree, _ keyword: String, _ rule: JSONTree, _ schema: JSONTree, at place: String
  ) -> [String] {
    switch keyword {
    case let word where Self.wordsOfNoForce.contains(word): return []
    case "$ref":
      guard let target = rule.text.flatMap({ document[path: $0] }) else {
        return ["\(place): \(rule) leads nowhere"]
      }
      return faults(value, target, at: place)
    case "allOf":
      return rule.items.flatMap { faults(value, $0, at: place) }
    case "oneOf":
      let fitting = rule.items.count { faults(value, $0, at: place).isEmpty }
      return fitting == 1 ? [] : ["\(place): \(fitting) of the alternatives fit"]
    case "properties":
      return value.members.flatMap { name, member in
        rule[name].map { faults(member, $0, at: "\(place).\(name)") } ?? []
      }
    case "items":
      return value.items.enumerated().flatMap { faults($1, rule, at: "\(place)[\($0)]") }
    default:
      return holds(value, keyword, rule, schema) ? [] : ["\(place): not as \(keyword) says"]
    }
  }

  private func holds(
    _ value: JSONTree, _ keyword: String, _ rule: JSONTree, _ schema: JSONTree
  ) -> Bool {
    switch keyword {
    case "type": value.type == rule.text
    case "enum": rule.items.contains(value)
    case "const": value == rule
    case "required": rule.items.allSatisfy { $0.text.map { value[$0] != nil } ?? false }
    case "additionalProperties":
      value.members.keys.allSatisfy { schema["properties"]?[$0] != nil }
    case "dependentRequired":
      rule.members.allSatisfy { name, needed in
        value[name] == nil || needed.items.allSatisfy { $0.text.map { value[$0] != nil } ?? false }
      }
    case "minimum": value.integer.map { $0 >= rule.integer ?? .max } ?? true
    case "maximum": value.integer.map { $0 <= rule.integer ?? .min } ?? true
    case "minItems": value.items.count >= rule.integer ?? .max
    case "maxItems": value.items.count <= rule.integer ?? -1
    case "minLength": value.text.map { $0.unicodeScalars.count >= rule.integer ?? .max } ?? true
    case "maxLength": value.text.map { $0.unicodeScalars.count <= rule.integer ?? -1 } ?? true
    case "pattern":
      value.text.map { text in
        guard let pattern = rule.text, let regex = try? Regex(pattern) else { return false }
        return text.contains(regex)
      } ?? true
    default: false
    }
  }
}

extension JSONTree {
  fileprivate var type: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .integer: "integer"
    case .number: "number"
    case .text: "string"
    case .list: "array"
    case .object: "object"
    }
  }
}
