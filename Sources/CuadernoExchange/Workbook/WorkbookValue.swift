import CuadernoModel

/// An attribute's value in Excel's types, where it is one of them.
enum WorkbookValue: Hashable {
  case number(Double)
  case flag(Bool)
  case date(PartialDate)
  case text

  init(_ text: String, _ type: AttributeDefinition.ValueType) {
    switch type {
    case .integer, .number:
      // Excel keeps fifteen digits; more of them are a code, and written as one.
      let digits = text.utf8.count { (0x30...0x39).contains($0) }
      guard digits <= 15, let number = Double(text), number.isFinite,
        text.utf8.allSatisfy({ (0x2B...0x39).contains($0) || $0 == 0x45 || $0 == 0x65 })
      else {
        self = .text
        return
      }
      self = .number(number)
    case .boolean: self = text == "true" ? .flag(true) : text == "false" ? .flag(false) : .text
    case .date:
      self = (try? PartialDate(text, isKnownZone: { _ in true })).map(Self.date) ?? .text
    case .text, .choice: self = .text
    }
  }
}
