/// Why a value may not be stored: the fact, the number and the limit, and never the value itself.
package enum Fault: Error, Hashable, Sendable {
  case empty(field: String)
  case lineTooLong(field: String, bytes: Int)
  case textTooLong(field: String, bytes: Int)
  case lineBreak(field: String)
  case controlCharacter(field: String, code: UInt32, position: Int)
  case tooManyEntries(field: String, count: Int)
  case duplicateEntry(field: String)
  case notAChoice(field: String, choices: [String])
  case latitude(Double)
  case longitude(Double)
  case accuracy(Double)
  case colour
  case languageTag(field: String)
  case date(field: String, PartialDate.Fault)
  case periodEndsBeforeItBegins
  case wrongType(field: String, expected: String)
  case attributeType(AttributeDefinition.ValueType, choices: [String])
  case emptySpan
  case spanOutsideText(start: Int, end: Int, length: Int)
  case quoteDiffers(start: Int, end: Int)
  case quoteNotFound
  case quoteAmbiguous(positions: [Int], total: Int)
  case notCodable
  case ownParent(field: String)
  case cycle(field: String)
  case tooDeep
}

extension Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty(let field): "\(field) is empty"
    case .lineTooLong(let field, let bytes):
      "\(field) is \(bytes) bytes; the limit is \(Limits.lineBytes)"
    case .textTooLong(let field, let bytes):
      "\(field) is \(bytes) bytes; the limit is \(Limits.textBytes); split it into two"
    case .lineBreak(let field): "\(field) has a line break; it must be one line"
    case .controlCharacter(let field, let code, let position):
      "\(field) has the control character \(Self.codePoint(code)) at position \(position); "
        + "only tab and line break may stand in a text"
    case .tooManyEntries(let field, let count):
      "\(field) has \(count) entries; the limit is \(Limits.listEntries)"
    case .duplicateEntry(let field): "\(field) names the same entry twice"
    case .notAChoice(let field, let choices):
      "\(field) must be one of: \(choices.joined(separator: ", "))"
    case .latitude(let value): "latitude is \(value); it must lie from -90 to 90"
    case .longitude(let value): "longitude is \(value); it must lie from -180 to 180"
    case .accuracy(let value): "accuracy is \(value) metres; it must be zero or more"
    case .colour: "colour is not written as #rrggbb, such as #1b9e77"
    case .languageTag(let field):
      "\(field) has an entry that is no BCP 47 language tag, such as es, qu or es-PE"
    case .date(let field, let fault): "\(field): \(fault)"
    case .periodEndsBeforeItBegins: "period ends before it begins"
    case .wrongType(let field, let expected): "\(field) must be \(expected)"
    case .attributeType(.choice, let choices):
      "attribute must be one of: \(choices.joined(separator: ", "))"
    case .attributeType(let type, _):
      "attribute is defined as \(type.rawValue), and the value is not \(Self.example(of: type))"
    case .emptySpan: "span is empty; it must hold at least one character"
    case .spanOutsideText(let start, let end, let length):
      "span \(start):\(end) is outside the text, which has \(length) characters"
    case .quoteDiffers(let start, let end):
      "text at \(start):\(end) is not the quote given with it"
    case .quoteNotFound:
      "quote is not in the text; copy it exactly, with its accents and punctuation"
    case .quoteAmbiguous(let positions, let total):
      "quote is \(total) times in the text, at \(positions.map(String.init).joined(separator: ", "))"
        + "; quote more of it, or give --span START:END"
    case .notCodable: "only the text of an interview or a note can be coded"
    case .ownParent(let field): "\(field) names the record itself"
    case .cycle(let field): "\(field) names a record below this one, which would make a circle"
    case .tooDeep: "tree would be more than \(Limits.treeDepth) levels deep"
    }
  }

  private static func codePoint(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  private static func example(of type: AttributeDefinition.ValueType) -> String {
    switch type {
    case .text: "text"
    case .integer: "a whole number, such as 42"
    case .number: "a number, such as 3.5"
    case .boolean: "true or false"
    case .date: "a date, such as 2017-05-12"
    case .choice: "one of the choices"
    }
  }
}
