/// The 128 random bits that name a device, a record or a study.
///
/// Random rather than assigned, so that a laptop without a network can make one: two equal ones are
/// expected only after some 2^64 have been made.
package protocol Identifier: RawRepresentable<UInt128>, Hashable, Comparable, Sendable,
  CustomStringConvertible
{
  init(rawValue: UInt128)
}

/// One notebook of one person: a replica.
package struct DeviceID: Identifier {
  package let rawValue: UInt128

  package init(rawValue: UInt128) {
    self.rawValue = rawValue
  }
}

/// An interview, note, place, participant, theme, coding or the study itself.
package struct RecordID: Identifier {
  package let rawValue: UInt128

  package init(rawValue: UInt128) {
    self.rawValue = rawValue
  }
}

/// A research project; every request to a hub is for exactly one.
package struct StudyID: Identifier {
  package let rawValue: UInt128

  package init(rawValue: UInt128) {
    self.rawValue = rawValue
  }
}

extension Identifier {
  package static var byteCount: Int { 16 }

  package static func < (left: Self, right: Self) -> Bool {
    left.rawValue < right.rawValue
  }

  package init(using generator: inout some RandomNumberGenerator) {
    self.init(
      rawValue: UInt128(truncatingIfNeeded: generator.next() as UInt64) << 64
        | UInt128(truncatingIfNeeded: generator.next() as UInt64))
  }

  /// Reads sixteen bytes, most significant first; nil when there are not exactly sixteen.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.init(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) })
  }

  /// Reads 32 hexadecimal digits; hyphens are passed over, so the usual spelling of a UUID works.
  package init?(_ text: some StringProtocol) {
    var value: UInt128 = 0
    var digits = 0
    for unit in text.utf8 where unit != UInt8(ascii: "-") {
      guard let digit = hexDigitValue(unit), digits < 2 * Self.byteCount else { return nil }
      value = value << 4 | UInt128(digit)
      digits += 1
    }
    guard digits == 2 * Self.byteCount else { return nil }
    self.init(rawValue: value)
  }

  /// Sixteen bytes, most significant first, so that the order of the bytes is the order of `<`.
  package var bytes: [UInt8] {
    var result = [UInt8]()
    result.reserveCapacity(Self.byteCount)
    append(to: &result)
    return result
  }

  package func append(to bytes: inout [UInt8]) {
    appendFixed64(UInt64(truncatingIfNeeded: rawValue >> 64), to: &bytes)
    appendFixed64(UInt64(truncatingIfNeeded: rawValue), to: &bytes)
  }

  /// Thirty-two lower-case hexadecimal digits.
  package var description: String {
    hexadecimal(bytes)
  }
}

/// Lower-case hexadecimal digits, two a byte.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text = [UInt8]()
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

private func hexDigitValue(_ unit: UInt8) -> UInt8? {
  switch unit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): unit - UInt8(ascii: "A") + 10
  default: nil
  }
}
