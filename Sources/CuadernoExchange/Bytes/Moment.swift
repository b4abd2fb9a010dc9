import CuadernoModel
import Foundation

/// A moment in UTC by its parts.
struct Moment: CustomStringConvertible {
  var year: Int
  var month: Int
  var day: Int
  var hour: Int
  var minute: Int
  var second: Int

  /// - Parameter milliseconds: since 1970.
  init(milliseconds: Int64) {
    let seconds = milliseconds.quotientRoundedDown(by: 1_000)
    let days = seconds.quotientRoundedDown(by: 86_400)
    let rest = Int(seconds - days * 86_400)
    (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years that begin in March.
    let shifted = days + 719_468
    let era = shifted.quotientRoundedDown(by: 146_097)
    let dayOfEra = Int(shifted - era * 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
  }

  /// The beginning of what a date may mean, in its zone where it says one and in UTC where it does not.
  ///
  /// One that is in the year before the first or after the last by UTC is told by its own clock.
  init(_ date: PartialDate) {
    self.init(local: date)
    let utc = Moment(
      milliseconds: milliseconds - 1_000 * Int64(secondsEast(date.time?.zone)))
    if (1...9_999).contains(utc.year) { self = utc }
  }

  private init(local date: PartialDate) {
    self.init(milliseconds: 0)
    let day = date.firstDay
    (year, month, self.day) = (day / 10_000, day / 100 % 100, day % 100)
    guard let time = date.time else { return }
    (hour, minute, second) = (time.hour, time.minute, time.second ?? 0)
  }

  /// Of UTC, at this moment of the zone's own time.
  private func secondsEast(_ zone: PartialDate.Zone?) -> Int {
    switch zone {
    case nil: 0
    case .offset(let minutes): 60 * minutes
    case .named(let name):
      TimeZone(identifier: name).map { zone in
        // The offset by UTC's clock may be that of before a change of the zone's.
        let near = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
        return zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds - Double(near)))
      } ?? 0
    }
  }

  private var seconds: Double { Double(milliseconds / 1_000) }

  /// Since 1970.
  private var milliseconds: Int64 {
    // Howard Hinnant's `days_from_civil`, the way back from the above.
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = shiftedYear.quotientRoundedDown(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return 1_000 * (days * 86_400 + Int64(hour * 3_600 + minute * 60 + second))
  }

  /// As `xsd:dateTime` has it.
  var description: String {
    "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
      + "T\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Int64 {
  fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
