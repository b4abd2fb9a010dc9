import CuadernoNotebook
import CuadernoSync
import Synchronization

/// Keeps what one sync found of the machine's clock.
final class ClockNote: Sendable {
  private let note = Mutex(ClockMending())

  func add(_ new: ClockMending) {
    note.withLock { $0 = ClockMending(offset: new.offset, restamped: $0.restamped + new.restamped) }
  }

  var mending: ClockMending { note.withLock { $0 } }
}

/// What a person is told of a wrong clock.
struct ClockWords: Equatable {
  /// Milliseconds that this machine's clock lacks of the server's.
  private let offset: Int64
  private let restamped: Int

  /// Nil when there is nothing to tell.
  init?(_ mending: ClockMending) {
    guard mending.offset != 0 || mending.restamped > 0 else { return nil }
    offset = mending.offset
    restamped = mending.restamped
  }

  /// Nil when the clock is not corrected now.
  init?(_ clock: LearntClock?, machine: Int64) {
    guard let clock, clock.milliseconds(machine: machine) != machine else { return nil }
    offset = clock.offset
    restamped = 0
  }

  var sentence: String {
    guard offset != 0 else {
      return "The clock of this laptop was wrong and has been set right; "
        + "\(counted(restamped, "change")) got the time of the server."
    }
    let now =
      restamped > 0
      ? "\(counted(restamped, "change")) got the time of the server."
      : "new changes carry the server's time."
    return "The clock of this laptop is \(Self.span(offset.magnitude)) "
      + "\(offset < 0 ? "ahead of" : "behind") the server's; \(now)"
  }

  /// A length of time, in milliseconds, in its largest unit.
  private static func span(_ milliseconds: UInt64) -> String {
    let minutes = milliseconds / 60_000
    let units: [(name: String, minutes: UInt64)] = [
      ("year", 525_960), ("month", 43_830), ("day", 1_440), ("hour", 60),
    ]
    // From twice the unit on, so that "1 year" is not said of twenty months.
    guard let unit = units.first(where: { minutes >= 2 * $0.minutes }) else {
      return counted(Int(clamping: minutes), "minute")
    }
    return counted(Int(clamping: (minutes + unit.minutes / 2) / unit.minutes), unit.name)
  }
}
