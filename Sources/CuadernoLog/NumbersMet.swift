import CuadernoSync

/// Which numbers a reading in the order of arrival has met.
///
/// No hash covers the column that says whose study a row is of, and a query passes over a row in which it
/// was hit without a word. Numbers have no gaps, so what was passed over is the number that is missing.
struct NumbersMet {
  /// Whether a device's first number is met, and not what follows an earlier reading.
  let startsAtFirst: Bool
  private var last: [DeviceID: UInt64] = [:]

  /// More are not told one by one.
  private static let toldMax: UInt64 = 1_000

  init(startsAtFirst: Bool) {
    self.startsAtFirst = startsAtFirst
  }

  /// The numbers that were passed over before a change that was met.
  mutating func missing(before dot: Dot) -> [Dot] {
    let before = last[dot.device] ?? (startsAtFirst ? 0 : dot.sequence - 1)
    last[dot.device] = max(before, dot.sequence)
    return Self.dots(of: dot.device, after: before, before: dot.sequence)
  }

  /// Those that were not met when the reading came to its end.
  func missing(upTo frontier: VectorClock) -> [Dot] {
    frontier.entries.flatMap { end in
      Self.dots(
        of: end.device, after: last[end.device] ?? (startsAtFirst ? 0 : end.sequence),
        before: end.sequence + 1)
    }
  }

  private static func dots(
    of device: DeviceID, after last: UInt64, before next: UInt64
  ) -> [Dot] {
    guard next > last + 1 else { return [] }
    return (last + 1..<min(next, last + 1 + toldMax)).map { Dot(device: device, sequence: $0) }
  }
}
