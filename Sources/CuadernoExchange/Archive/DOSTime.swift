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
