import CuadernoModel
import Testing

@Suite struct DateTests {
  /// Every spelling that is stored as it was written.
  static let spellings = [
    "0001", "2017", "9999", "2017-05", "2017-05-12", "2017-05-12T09:30", "2017-05-12T09:30:15",
    "2017-05-12T09:30Z", "2017-05-12T09:30-05:00", "2017-05-12T09:30:59+05:45",
    "2017-05-12T00:00 America/Lima", "2017-05-12T23:59:59 America/Argentina/Buenos_Aires",
  ]

  @Test(arguments: spellings)
  func `a date is written as it was read`(text: String) throws {
    #expect(try date(text).description == text)
  }

  @Test(arguments: ["2017-05-12T09:30+00:00", "2017-05-12T09:30-00:00"])
  func `an offset of nothing has one spelling`(text: String) throws {
    #expect(try date(text).description == "2017-05-12T09:30Z")
  }

  @Test func `of every truncation of a full form only the shorter forms are dates`() {
    for form in ["2017-05-12T09:30:15-05:00", "2017-05-12T09:30:15 America/Lima"] {
      let accepted = (0...form.utf8.count).map { String(form.prefix($0)) }.filter { prefix in
        (try? date(prefix)) != nil
      }

      #expect(
        accepted == [
          "2017", "2017-05", "2017-05-12", "2017-05-12T09:30", "2017-05-12T09:30:15", form,
        ]
      )
    }
  }

  @Test func `whatever is accepted after a byte was changed reads back as itself`() throws {
    let forms = ["2017-02-28T09:30:15-05:00", "2016-02-29T19:30 America/Lima"]
    for form in forms {
      for index in form.utf8.indices.map({ form.utf8.distance(from: form.startIndex, to: $0) }) {
        for byte in UInt8(0x20)..<0x7F {
          var bytes = Array(form.utf8)
          bytes[index] = byte
          guard
            let read = try? PartialDate(
              String(decoding: bytes, as: UTF8.self), isKnownZone: { _ in true })
          else { continue }
          let again = try PartialDate(read.description, isKnownZone: { _ in true })
          #expect(again == read)
        }
      }
    }
  }

  @Test(arguments: [
    "", " ", "17", "201", "20170512", "+2017", "-2017", "0000", "２０１７", "٢٠١٧", "2017-", "2017-5",
    "2017-5-12", "2017/05/12", "2017-05-1", "2017-05-12 09:30", "2017-05-12t09:30",
    "2017-05-12T9:30", "2017-05-12T0930", "2017-05-12T09:30:1", "2017-05-12T09:30-0500",
    "2017-05-12T09:30-05", "2017-05-12T09:30ZZ", "2017-05-12T09:30+05:00x", " 2017", "2017 ",
    "2017\n", "2017-05-12T09:30:15.5", "2017-05\u{301}",
  ])
  func `what is no date is refused`(text: String) {
    #expect(
      fault(text)
        == "date is not written as 2017, 2017-05, 2017-05-12 or 2017-05-12T09:30 America/Lima")
  }

  @Test func `a month or a time of day that does not exist is refused`() {
    #expect(fault("2017-00") == "date has month 0; months are 1 to 12")
    #expect(fault("2017-13-01") == "date has month 13; months are 1 to 12")
    for time in ["24:00", "23:60", "23:59:60", "09:30+24:00", "09:30-05:60"] {
      #expect(fault("2017-05-12T" + time) == "time of day is outside 00:00 to 23:59")
    }
  }

  @Test func `a day that its month does not have is refused with how many it has`() {
    #expect(fault("2017-02-29") == "date has day 29; that month has 28 days")
    #expect(fault("1900-02-29") == "date has day 29; that month has 28 days")
    #expect(fault("2016-02-30") == "date has day 30; that month has 29 days")
    #expect(fault("2017-04-31") == "date has day 31; that month has 30 days")
    #expect(fault("2017-12-32") == "date has day 32; that month has 31 days")
    #expect(fault("2017-05-00") == "date has day 0; that month has 31 days")
    #expect(fault("2000-02-29") == nil)
  }

  @Test func `every day from 1890 to 2110 is a date, and no other is`() {
    for year in 1890...2110 {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      for (month, length) in zip(1..., lengths) {
        let prefix = "\(year)-" + (month < 10 ? "0" : "") + "\(month)-"
        for day in 28...31 where (fault(prefix + "\(day)") == nil) != (day <= length) {
          Issue.record("\(prefix)\(day)")
        }
      }
    }
  }

  @Test func `an unknown time zone is refused`() {
    let words =
      "time zone is not known; use a name such as America/Lima, or an offset such as -05:00"

    #expect(fault("2017-05-12T09:30 America/Tocache") == words)
    #expect(fault("2017-05-12T09:30 ") == words)
    #expect(fault("2017-05-12T09:30 America/Lima ") == words)
  }

  @Test func `a date stands for its first day to its last`() throws {
    #expect(try date("2017").firstDay == 2017_01_01)
    #expect(try date("2017").lastDay == 2017_12_31)
    #expect(try date("2016-02").lastDay == 2016_02_29)
    #expect(try date("2016-02-03").firstDay == 2016_02_03)
    #expect(try date("2016-02-03T10:00").lastDay == 2016_02_03)
  }

  private func fault(_ text: String) -> String? {
    do {
      _ = try PartialDate(text, isKnownZone: isKnownZone)
      return nil
    } catch {
      return error.description
    }
  }
}

private func isKnownZone(_ name: String) -> Bool {
  ["America/Lima", "America/Argentina/Buenos_Aires"].contains(name)
}

/// A date that the test knows to be one.
func date(_ text: String) throws -> PartialDate {
  try PartialDate(text, isKnownZone: isKnownZone)
}
