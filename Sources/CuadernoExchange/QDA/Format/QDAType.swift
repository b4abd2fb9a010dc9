import CuadernoModel
import CuadernoSync

/// The simple types of the schema, by what they look like.
enum QDAType: Sendable {
  case string, guid, boolean, integer, decimal, date, dateTime, colour, direction, variableType

  func accepts(_ text: String) -> Bool {
    switch self {
    case .string: true
    case .guid: RecordID(guid: text) != nil
    case .boolean: text == "true" || text == "false"
    case .integer: Self.isNumber(text, hasPoint: false)
    case .decimal: Self.isNumber(text, hasPoint: true)
    case .date: Self.isDate(text, hasTime: false)
    case .dateTime: Self.isDate(text, hasTime: true)
    case .colour: Self.isColour(text)
    case .direction: ["Associative", "OneWay", "Bidirectional"].contains(text)
    case .variableType: QDAVariableType(rawValue: text) != nil
    }
  }

  /// `xsd:integer` and `xsd:decimal`, which have neither exponents nor names for infinity.
  private static func isNumber(_ text: String, hasPoint: Bool) -> Bool {
    var units = text.utf8[...]
    if units.first == UInt8(ascii: "-") || units.first == UInt8(ascii: "+") { units.removeFirst() }
    let parts = units.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count <= (hasPoint ? 2 : 1), parts.contains(where: { !$0.isEmpty }) else {
      return false
    }
    return parts.allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
  }

  private static func isDate(_ text: String, hasTime: Bool) -> Bool {
    guard let date = try? PartialDate(text, isKnownZone: { _ in false }), date.day != nil else {
      return false
    }
    return hasTime ? date.time?.second != nil : date.time == nil
  }

  private static func isColour(_ text: String) -> Bool {
    let units = Array(text.utf8)
    return units.count == 7 && units[0] == UInt8(ascii: "#")
      && units.dropFirst().allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x46).contains($0 & 0xDF)
      }
  }
}

enum QDAVariableType: String {
  case text = "Text"
  case boolean = "Boolean"
  case integer = "Integer"
  case float = "Float"
  case date = "Date"
  case dateTime = "DateTime"

  /// The element that holds a value of the type.
  var element: QDAElement {
    switch self {
    case .text, .dateTime: .textValue
    case .boolean: .booleanValue
    case .integer: .integerValue
    case .float: .floatValue
    case .date: .dateValue
    }
  }

  var valueType: QDAType {
    switch self {
    case .text: .string
    case .boolean: .boolean
    case .integer: .integer
    case .float: .decimal
    case .date: .date
    case .dateTime: .dateTime
    }
  }
}
