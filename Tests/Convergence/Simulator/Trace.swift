package import CuadernoSync

/// What has happened in a world, line by line: the same for the same seed on every machine.
package struct Trace: Sendable {
  package private(set) var lines: [String]

  package init(_ lines: [String] = []) {
    self.lines = lines
  }

  package mutating func add(_ line: String) {
    lines.append(line)
  }

  package var hash: Digest {
    Digest(hashing: Array(lines.joined(separator: "\n").utf8))
  }
}

/// A promise that did not hold.
package struct Broken: Error, Sendable, CustomStringConvertible {
  /// Which promise, in words that are the same however it was broken: a smaller schedule fails in the
  /// same way when it breaks the same one.
  package let promise: String
  package let details: String

  package init(_ promise: String, _ details: String = "") {
    self.promise = promise
    self.details = details
  }

  package var description: String { details.isEmpty ? promise : "\(promise): \(details)" }
}

/// What a world has seen, for the figures.
package struct Tally: Sendable {
  package var steps = 0
  package var changes = 0
  package var records = 0
  package var devices = 0
  /// Where the texts that were acknowledged are now.
  package var shown = 0
  package var overruled = 0
  package var inHistory = 0
  package var erased = 0
  /// Texts that were only on a disk that was set back.
  package var lostWithDisk = 0
  /// How often each thing came about that a world must see to prove anything.
  package var events: [String: Int] = [:]

  package init() {}

  package mutating func count(_ event: String, _ number: Int = 1) {
    events[event, default: 0] += number
  }

  package mutating func add(_ other: Tally) {
    steps += other.steps
    changes += other.changes
    records += other.records
    devices += other.devices
    shown += other.shown
    overruled += other.overruled
    inHistory += other.inHistory
    erased += other.erased
    lostWithDisk += other.lostWithDisk
    for (event, number) in other.events { count(event, number) }
  }
}
