import CuadernoModel
import CuadernoNotebook

/// Dates as programs and people write them in tables.
enum WrittenDate {
  /// What is sure: ISO 8601, with a space for its T as R, Excel and databases write it, and other signs
  /// between the numbers where the year comes first.
  ///
  /// - Returns: nil for what is not written so.
  static func yearFirst(_ text: String) throws(PartialDate.Fault) -> PartialDate? {
    guard let parts = Parts(text), parts.numbers[0].utf8.count == 4 else { return nil }
    return try parts.date(parts.numbers)
  }

  /// The numbers of a date, and the time of day as ISO 8601 writes it.
  struct Parts {
    let numbers: [String]
    private let time: String

    init?(_ text: String) {
      let halves = text.split(maxSplits: 1) { $0 == " " || $0 == "T" }
      guard let date = halves.first else { return nil }
      numbers = date.split(omittingEmptySubsequences: false) { "/-.".contains($0) }.map(String.init)
      guard (1...3).contains(numbers.count),
        numbers.allSatisfy({ number in
          (1...4).contains(number.utf8.count)
            && number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        })
      else { return nil }
      time = halves.count == 2 ? Self.time(String(halves[1]).trimmed) : ""
    }

    /// - Parameter numbers: the year first.
    func date(_ numbers: [String]) throws(PartialDate.Fault) -> PartialDate {
      let padded = numbers.map { $0.utf8.count == 1 ? "0" + $0 : $0 }
      return try PartialDate(
        padded.joined(separator: "-") + time, isKnownZone: Surroundings.isKnownTimeZone)
    }

    /// Phones write thousandths of a second, some an offset of hours alone, and R one without a colon.
    private static func time(_ text: String) -> String {
      var units = Array(text.utf8)
      if units.count > 1, units[1] == UInt8(ascii: ":") { units.insert(UInt8(ascii: "0"), at: 0) }
      guard units.count > 8 else { return "T" + String(decoding: units, as: UTF8.self) }
      var end = 8
      if units[8] == UInt8(ascii: ".") {
        end = 9
        while end < units.count, (0x30...0x39).contains(units[end]) { end += 1 }
      }
      var zone = Array(units[end...])
      let isOffset = zone.first == UInt8(ascii: "+") || zone.first == UInt8(ascii: "-")
      if isOffset, zone.count == 3 { zone += Array(":00".utf8) }
      if isOffset, zone.count == 5 { zone.insert(UInt8(ascii: ":"), at: 3) }
      return "T" + String(decoding: units[..<8] + zone, as: UTF8.self)
    }
  }
}

extension ColumnMapping {
  /// A date in the order that was said, or with the year first.
  func date(_ text: String, at place: ExchangeError.Place) throws -> PartialDate {
    do {
      if let date = try WrittenDate.yearFirst(text) { return date }
      guard let parts = WrittenDate.Parts(text), let year = parts.numbers.last,
        parts.numbers.count > 1
      else { throw PartialDate.Fault.unreadable }
      guard year.utf8.count == 4 else { throw ExchangeError(place, .table(.shortYear)) }
      // A month and a year are in no other order.
      guard parts.numbers.count == 3 else { return try parts.date(parts.numbers.reversed()) }
      let possible = Self.orders(parts.numbers)
      guard dates != .iso || possible.isEmpty else {
        throw ExchangeError(place, .table(.dateOrder(possible)))
      }
      let (first, second) = (parts.numbers[0], parts.numbers[1])
      return try parts.date(dates == .mdy ? [year, first, second] : [year, second, first])
    } catch let fault as PartialDate.Fault {
      throw ExchangeError(place, .fault(.date(field: "date", fault)))
    }
  }

  /// The orders that the first two numbers of a date can have.
  private static func orders(_ numbers: [String]) -> [DateOrder] {
    let (first, second) = (Int(numbers[0]) ?? 0, Int(numbers[1]) ?? 0)
    return [
      (DateOrder.dmy, first, second), (.mdy, second, first),
    ].filter { (1...31).contains($0.1) && (1...12).contains($0.2) }.map(\.0)
  }
}
