/// Gives new stamps to changes that were written by a wrong clock and have left for nowhere yet.
///
/// It is fed the changes of a log in their order. Each new stamp exceeds all before it, as law 2 asks of
/// a stamp that is given when the change is written, so neither the order nor the causality of the
/// changes is another one afterwards.
package struct StampMending: Sendable {
  private let reading: ClockReading
  /// The greatest stamp so far.
  package private(set) var last: Stamp

  package init(_ reading: ClockReading) {
    self.reading = reading
    last = .zero
  }

  /// Passes a change that keeps its stamp.
  package mutating func keep(_ stamp: Stamp) {
    last = max(last, stamp)
  }

  /// The stamp that a change gets, which may be the one it has.
  ///
  /// - Parameter isByMachine: whether it was stamped by the machine's clock as it stood, so that one
  ///   behind the hub's has made it too early.
  package mutating func mend(
    _ stamp: Stamp, isByMachine: Bool
  ) throws(StampsExhausted) -> Stamp {
    let wanted = wanted(stamp, isByMachine)
    guard wanted <= last else {
      last = wanted
      return wanted
    }
    last = try last.next(milliseconds: 0)
    return last
  }

  /// When the change was written, if the machine's clock was then as wrong as it is now; never later
  /// than now. A stamp that can have come from a clock that was right is left alone.
  private func wanted(_ stamp: Stamp, _ isByMachine: Bool) -> Stamp {
    if isAhead(stamp) || isByMachine && isBehind(stamp) {
      return Stamp(milliseconds: min(stamp.milliseconds + reading.offset, reading.hub))
    }
    // Such a clock counted for nothing, so the first stamps were made of nothing.
    if isByMachine, reading.isMachineBeyondBelief,
      stamp.milliseconds < WireLimits.clockMillisecondsMin
    {
      return Stamp(milliseconds: reading.hub)
    }
    return stamp
  }

  /// What the machine's clock has not reached yet it cannot have made while it was behind.
  private func isBehind(_ stamp: Stamp) -> Bool {
    reading.offset > 0 && stamp.milliseconds <= max(reading.machine, 0) + reading.uncertainty
  }

  /// Whether some change with stamps up to this one may want another.
  package func concerns(_ greatest: Stamp) -> Bool {
    reading.offset > 0 || reading.isMachineBeyondBelief || isAhead(greatest)
  }

  private func isAhead(_ stamp: Stamp) -> Bool {
    stamp.milliseconds
      > reading.hub + reading.uncertainty + WireLimits.clockToleranceMilliseconds
  }
}
