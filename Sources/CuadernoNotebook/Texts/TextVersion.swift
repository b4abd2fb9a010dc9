package import CuadernoModel
package import CuadernoSync

/// Which text of a field is meant: the writes that were current then, one, or several shown merged.
package struct TextVersion: Hashable, Sendable {
  /// By device and number, each once, never empty.
  package let writes: [Dot]

  /// Nil when there is no write.
  package init?(_ writes: some Sequence<Dot>) {
    let given = Array(writes)
    guard !given.isEmpty else { return nil }
    self.writes = given.count == 1 ? given : Set(given).sorted()
  }

  package init(_ write: Dot) {
    writes = [write]
  }

  /// As it stands in the view: 24 bytes a write, device and number.
  var bytes: [UInt8] {
    writes.flatMap { dot in
      dot.device.bytes
        + (0..<8).reversed().map { UInt8(truncatingIfNeeded: dot.sequence >> ($0 * 8)) }
    }
  }

  init?(bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: 24) else { return nil }
    // Nearly all are of one write, and each coding has one.
    if bytes.count == 24 {
      func word(_ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in start..<start + 8 { word = word << 8 | UInt64(bytes[offset]) }
        return word
      }
      let device = DeviceID(rawValue: UInt128(word(0)) << 64 | UInt128(word(8)))
      self.init(Dot(device: device, sequence: word(16)))
      return
    }
    let dots = stride(from: 0, to: bytes.count, by: 24).compactMap { start -> Dot? in
      let sequence = bytes[start + 16..<start + 24].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return DeviceID(bytes: bytes[start..<start + 16]).map {
        Dot(device: $0, sequence: sequence)
      }
    }
    self.init(dots)
  }
}

extension Anchor {
  /// The version of the text on which it was made; nil for one that nobody knows.
  package var textVersion: TextVersion? {
    TextVersion(
      version.map { Dot(device: DeviceID(rawValue: $0.device), sequence: $0.sequence) })
  }
}

extension TextVersion {
  /// As an anchor names it.
  package var textWrites: [TextWrite] {
    writes.map { TextWrite(device: $0.device.rawValue, sequence: $0.sequence) }
  }
}
