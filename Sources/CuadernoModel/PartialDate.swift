/// A date as precisely as it is known: a year, a month, a day, or a time of day in a zone.
///
/// Written like ISO 8601 and RFC 3339, with the IANA name of the zone after a space when it is
/// known: `2017`, `2017-05`, `2017-05-12`, `2017-05-12T09:30`, `2017-05-12T09:30-05:00`,
/// `2017-05-12T09:30 America/Lima`.
package struct PartialDate: Hashable, Sendable {
  package let year: Int
  package let month: Int?
  package let day: Int?
  package let time: Time?

  package struct Time: Hashable, Sendable {
    package let hour: Int
    package let minute: Int
    package let second: Int?
    package let zone: Zone?
  }

  package enum Zone: Hashable, Sendable {
    /// Minutes east of UTC.
    case offset(minutes: Int)
    /// A name of the IANA time zone database.
    case named(String)
  }

  package enum Fault: Error, Hashable, Sendable {
    case unreadable
    case noSuchMonth(Int)
    case noSuchDay(Int, daysInMonth: Int)
    case noSuchTime
    case unknownZone
  }

  /// - Parameter isKnownZone: whether the system's time zone database has a name.
  package init(
    _ text: String, isKnownZone: (String) -> Bool
  ) throws(Fault) {
    var scanner = Scanner(text)
    guard let year = scanner.digits(4), year > 0 else { throw .unreadable }
    self.year = year
    guard scanner.skip("-") else {
      guard scanner.isAtEnd else { throw .unreadable }
      (month, day, time) = (nil, nil, nil)
      return
    }
    guard let month = scanner.digits(2) else { throw .unreadable }
    guard (1...12).contains(month) else { throw .noSuchMonth(month) }
    self.month = month
    guard scanner.skip("-") else {
      guard scanner.isAtEnd else { throw .unreadable }
      (day, time) = (nil, nil)
      return
    }
    guard let day = scanner.digits(2) else { throw .unreadable }
    let days = Self.days(inMonth: month, of: year)
    guard (1...days).contains(day) else { throw .noSuchDay(day, daysInMonth: days) }
    self.day = day
    if scanner.isAtEnd {
      time = nil
    } else {
      time = try Self.time(&scanner, isKnownZone: isKnownZone)
    }
  }

  private static func time(
    _ scanner: inout Scanner, isKnownZone: (String) -> Bool
  ) throws(Fault) -> Time {
    guard scanner.skip("T"), let hour = scanner.digits(2), scanner.skip(":"),
      let minute = scanner.digits(2)
    else { throw .unreadable }
    var second: Int?
    if scanner.skip(":") {
      guard let value = scanner.digits(2) else { throw .unreadable }
      second = value
    }
    guard hour < 24, minute < 60, second ?? 0 < 60 else { throw .noSuchTime }
    return Time(
      hour: hour, minute: minute, second: second,
      zone: try zone(&scanner, isKnownZone: isKnownZone))
  }

  private static func zone(
    _ scanner: inout Scanner, isKnownZone: (String) -> Bool
  ) throws(Fault) -> Zone? {
    if scanner.isAtEnd { return nil }
    if scanner.skip("Z") {
      guard scanner.isAtEnd else { throw .unreadable }
      return .offset(minutes: 0)
    }
    if scanner.skip(" ") {
      let name = scanner.rest
      guard isKnownZone(name) else { throw .unknownZone }
      return .named(name)
    }
    let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
    guard sign != 0, let hours = scanner.digits(2), scanner.skip(":"),
      let minutes = scanner.digits(2), scanner.isAtEnd
    else { throw .unreadable }
    guard hours < 24, minutes < 60 else { throw .noSuchTime }
    return .offset(minutes: sign * (hours * 60 + minutes))
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Year, month and day as one number, for comparing: the first day that the date may mean.
  package var firstDay: Int { (year * 100 + (month ?? 1)) * 100 + (day ?? 1) }

  /// The last day that the date may mean.
  package var lastDay: Int {
    let month = month ?? 12
    return (year * 100 + month) * 100 + (day ?? Self.days(inMonth: month, of: year))
  }
}

extension PartialDate: CustomStringConvertible {
  /// The spelling that is stored; reading it gives the same date.
  package var description: String {
    var text = padded(year, 4)
    if let month { text += "-" + padded(month, 2) }
    if let day { text += "-" + padded(day, 2) }
    guard let time else { return text }
    text += "T" + padded(time.hour, 2) + ":" + padded(time.minute, 2)
    if let second = time.second { text += ":" + padded(second, 2) }
    if case .named = time.zone { text += " " }
    return text + (time.zone?.description ?? "")
  }
}

extension PartialDate.Zone: CustomStringConvertible {
  /// `America/Lima`, `Z` or `-05:00`.
  package var description: String {
    switch self {
    case .named(let name): return name
    case .offset(0): return "Z"
    case .offset(let minutes):
      let size = abs(minutes)
      return (minutes < 0 ? "-" : "+") + padded(size / 60, 2) + ":" + padded(size % 60, 2)
    }
  }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension PartialDate.Fault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable:
      "date is not written as 2017, 2017-05, 2017-05-12 or 2017-05-12T09:30 America/Lima"
    case .noSuchMonth(let month): "date has month \(month); months are 1 to 12"
    case .noSuchDay(let day, let days): "date has day \(day); that month has \(days) days"
    case .noSuchTime: "time of day is outside 00:00 to 23:59"
    case .unknownZone:
      "time zone is not known; use a name such as America/Lima, or an offset such as -05:00"
    }
  }
}

/// Reads ASCII forms from the front of a text.
private struct Scanner {
  private var units: Substring.UTF8View

  init(_ text: String) {
    units = text[...].utf8
  }

  var isAtEnd: Bool { units.isEmpty }

  var rest: String { String(Substring(units)) }

  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    var remaining = units
    for _ in 0..<count {
      guard let unit = remaining.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit)
      else { return nil }
      value = value * 10 + Int(unit - UInt8(ascii: "0"))
    }
    units = remaining
    return value
  }

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard units.first == UInt8(ascii: scalar) else { return false }
    units.removeFirst()
    return true
  }
}
