/// Hybrid logical time: 48 bits of milliseconds since 1970 UTC and a counter of 16 bits, as one integer.
///
/// After Kulkarni, Demirbas, Madappa, Avva and Leone, "Logical Physical Clocks" (2014), in the form
/// of one number: `max(now, last + 1)` lets the counter overflow into the milliseconds, so there is
/// no case of a full counter and the order is the order of integers.
package struct Stamp: RawRepresentable, Hashable, Comparable, Sendable {
  package var rawValue: UInt64

  package init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// A moment on some device's clock; a time before 1970 or past the year 10889 is held at the end.
  package init(milliseconds: Int64) {
    rawValue = UInt64(min(max(milliseconds, 0), Self.millisecondsMax)) << 16
  }

  package static let zero = Stamp(rawValue: 0)

  /// The greatest stamp that a store admits.
  package static let latest = Stamp(milliseconds: WireLimits.stampMillisecondsMax)

  /// The greatest number of milliseconds that 48 bits hold.
  package static let millisecondsMax: Int64 = 1 << 48 - 1

  package var milliseconds: Int64 { Int64(rawValue >> 16) }

  package var counter: UInt16 { UInt16(truncatingIfNeeded: rawValue) }

  package static func < (left: Stamp, right: Stamp) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The stamp of a change written now by a device that has seen stamps up to this one.
  ///
  /// It exceeds every stamp seen, whatever the clock says, so a value that somebody read and
  /// replaced is never shown again in its place. A clock past ``WireLimits/clockMillisecondsMax`` is
  /// certainly wrong and counts for nothing: what was stamped with it no store would take.
  ///
  /// - Throws: ``StampsExhausted`` when no store would admit a later one, which only a peer that makes
  ///   up a stamp a hundred years beyond every clock that is believed can bring about.
  package func next(milliseconds now: Int64) throws(StampsExhausted) -> Stamp {
    guard self < Self.latest else { throw StampsExhausted() }
    let believed = now <= WireLimits.clockMillisecondsMax ? now : 0
    return max(Stamp(milliseconds: believed), Stamp(rawValue: rawValue + 1))
  }
}

package struct StampsExhausted: Error, Equatable, CustomStringConvertible {
  package init() {}

  package var description: String {
    "a change with the last possible time stamp was received, so no later one can be written; "
      + "restore a backup from before that sync"
  }
}
