/// What a hub's answer says of a machine's clock.
package struct ClockReading: Hashable, Sendable {
  /// Milliseconds since 1970 on the hub's clock.
  package let hub: Int64

  /// Milliseconds since 1970 on the machine's clock at the same moment, as far as can be told.
  package let machine: Int64

  /// How far off that may be: half of the time that the answer took.
  package let uncertainty: Int64

  /// - Parameters:
  ///   - sent: the machine's clock when it asked.
  ///   - received: the machine's clock when the answer was there.
  /// - Returns: nil when nothing can be learnt: the hub's clock cannot be right either, or the machine's
  ///   was set while the answer was on its way.
  package init?(sent: Int64, hub: Int64, received: Int64) {
    guard (WireLimits.clockMillisecondsMin...WireLimits.clockMillisecondsMax).contains(hub)
    else { return nil }
    let (sent, received) = (Self.held(sent), Self.held(received))
    guard received >= sent, received - sent <= Self.answerMillisecondsMax else { return nil }
    self.hub = hub
    uncertainty = (received - sent) / 2
    machine = sent + uncertainty
  }

  /// What the machine's clock lacks of the hub's; zero when the two agree as far as it matters.
  package var offset: Int64 {
    let offset = hub - machine
    let agrees = abs(offset) <= WireLimits.clockToleranceMilliseconds + uncertainty
    return agrees ? 0 : offset
  }

  /// Whether the machine shows a time that no stamp is made of.
  package var isMachineBeyondBelief: Bool { machine > WireLimits.clockMillisecondsMax }

  /// What took longer says too little: the machine slept, or its clock was set.
  private static let answerMillisecondsMax: Int64 = 600_000

  /// A clock may say anything; sums of what it says must not overflow.
  static func held(_ milliseconds: Int64) -> Int64 {
    min(max(milliseconds, -Stamp.millisecondsMax), Stamp.millisecondsMax)
  }
}

/// The time as a notebook knows it, between one sync with a server and the next.
package struct LearntClock: Hashable, Sendable {
  /// What the machine's clock lacked of the hub's; zero when it did not matter.
  package var offset: Int64

  /// The hub's time when that was learnt.
  package var hub: Int64

  package init(offset: Int64, hub: Int64) {
    self.offset = offset
    self.hub = hub
  }

  package init(_ reading: ClockReading) {
    self.init(offset: reading.offset, hub: reading.hub)
  }

  /// What a change that is written now is stamped by.
  ///
  /// A clock that was wrong may have been set right since, or have fallen back further. Time does not
  /// run backwards, so of the machine's time as it is and as it was to be corrected, the earliest counts
  /// that is not before the moment of learning; and that moment, when both are.
  package func milliseconds(machine: Int64) -> Int64 {
    guard offset != 0 else { return machine }
    let corrected = ClockReading.held(machine) + offset
    return [machine, corrected].filter { $0 >= hub }.min() ?? hub
  }
}

extension Stamp {
  /// Whether it is further in the future of a hub than a hub takes unasked. Nothing is ahead of a clock
  /// that cannot be right: a hub that woke up in 1970 must not shut a team out.
  package func isAhead(ofHub milliseconds: Int64) -> Bool {
    (WireLimits.clockMillisecondsMin...WireLimits.clockMillisecondsMax).contains(milliseconds)
      && self.milliseconds - milliseconds > WireLimits.stampAheadMillisecondsMax
  }
}
