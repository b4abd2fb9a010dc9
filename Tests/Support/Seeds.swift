import Foundation

/// The seeds of a seeded test: its own number of them, unless the environment says otherwise.
///
/// `CUADERNO_SEED=17` runs that one alone, to replay a failure; `CUADERNO_SEEDS=5000` runs so many.
package enum Seeds {
  package static func upTo(_ count: Int) -> [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["CUADERNO_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    let wanted = environment["CUADERNO_SEEDS"].flatMap { UInt64($0) } ?? UInt64(count)
    return Array(0..<wanted)
  }

  /// What to put before `swift test` to see a failing seed again.
  package static func replay(_ seed: UInt64) -> String {
    "CUADERNO_SEED=\(seed)"
  }
}
