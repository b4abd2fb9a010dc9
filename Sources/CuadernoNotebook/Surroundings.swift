package import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// What a notebook takes from the world: time, chance and the machine it lies on.
///
/// Handed in, so that tests and the simulator decide all of it.
package struct Surroundings: Sendable {
  /// Milliseconds since 1970 on this machine's clock.
  package var now: @Sendable () -> Int64

  /// Random bytes, as many as asked for.
  package var randomBytes: @Sendable (Int) -> [UInt8]

  /// What tells this machine from a copy of it; empty when nothing does.
  package var machine: String

  /// Where what must not travel with a copied notebook is remembered.
  package var stateFolder: URL

  package init(
    now: @escaping @Sendable () -> Int64, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    machine: String, stateFolder: URL
  ) {
    self.now = now
    self.randomBytes = randomBytes
    self.machine = machine
    self.stateFolder = stateFolder
  }

  /// The machine that this process runs on.
  ///
  /// The folder follows the XDG Base Directory Specification; the machine's id is the one of
  /// machine-id(5).
  package static func system(environment: [String: String]) -> Surroundings {
    let home = environment["HOME"].map { URL(fileURLWithPath: $0) } ?? URL(fileURLWithPath: "/")
    let state =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? URL(fileURLWithPath: $0) : nil }
      ?? home.appendingPathComponent(".local/state")
    return Surroundings(
      now: systemMilliseconds,
      randomBytes: systemRandomBytes,
      machine: (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)).map(trimmed) ?? "",
      stateFolder: state.appendingPathComponent("cuaderno"))
  }

  /// Foundation would look through all its character sets for two of them.
  private static func trimmed(_ text: String) -> String {
    let begun = text.drop(while: \.isWhitespace)
    guard let end = begun.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(begun[...end])
  }

  private static func systemMilliseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
  }

  private static func systemRandomBytes(_ count: Int) -> [UInt8] {
    // One call of the system for as many as getentropy(3) gives at once; a number of the generator, which
    // is what Swift has for it, is a call for eight bytes.
    unsafe [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      while filled < count {
        let piece = unsafe UnsafeMutableBufferPointer(
          rebasing: bytes[filled..<min(filled + 256, count)])
        guard unsafe getentropy(piece.baseAddress, piece.count) == 0 else {
          preconditionFailure("the system gives no random bytes: \(errno)")
        }
        filled += piece.count
      }
    }
  }

  /// Whether the system's time zone database has a name.
  package static func isKnownTimeZone(_ name: String) -> Bool {
    TimeZone(identifier: name) != nil
  }
}

extension Surroundings {
  var generator: some RandomNumberGenerator {
    RandomSource(bytes: randomBytes)
  }
}

private struct RandomSource: RandomNumberGenerator {
  let bytes: @Sendable (Int) -> [UInt8]

  mutating func next() -> UInt64 {
    bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
