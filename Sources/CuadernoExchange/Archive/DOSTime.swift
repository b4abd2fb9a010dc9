/// A moment as a zip archive has it, in UTC: two seconds exact, from 1980 to 2107 (APPNOTE.TXT, section
/// 4.4.6).
struct DOSTime {
  let date: UInt16
  let time: UInt16

  init(milliseconds: Int64) {
    let moment = Moment(milliseconds: milliseconds)
    guard (1980...2107).contains(moment.year) else {
      // 1 January 1980.
      (date, time) = (1 << 5 | 1, 0)
      return
    }
    date = UInt16(moment.year - 1980) << 9 | UInt16(moment.month) << 5 | UInt16(moment.day)
    time =
      UInt16(moment.hour) << 11 | UInt16(moment.minute) << 5 | UInt16(moment.second / 2)
  }
}

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
