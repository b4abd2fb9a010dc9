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
  private let halves: Halves

  package init(rawValue: UInt128) { halves = Halves(rawValue) }
  package var rawValue: UInt128 { halves.whole }
}

/// An interview, note, place, participant, theme, coding or the study itself.
package struct RecordID: Identifier {
  private let halves: Halves

  package init(rawValue: UInt128) { halves = Halves(rawValue) }
  package var rawValue: UInt128 { halves.whole }
}

/// A research project; every request to a hub is for exactly one.
package struct StudyID: Identifier {
  private let halves: Halves

  package init(rawValue: UInt128) { halves = Halves(rawValue) }
  package var rawValue: UInt128 { halves.whole }
}

/// What an identifier holds: two words and not one `UInt128`.
///
/// Swift 6.3.1 on x86-64 loses sixteen bytes of stack each time an async function is called with a
/// `UInt128` that no longer fits into registers, and the task crashes when it ends. Identifiers go
/// through async functions everywhere; `AsyncCallTests` holds this.
private struct Halves: Sendable {
  let high: UInt64
  let low: UInt64

  init(_ whole: UInt128) {
    high = UInt64(truncatingIfNeeded: whole >> 64)
    low = UInt64(truncatingIfNeeded: whole)
  }

  var whole: UInt128 { UInt128(high) << 64 | UInt128(low) }
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
    var (high, low): (UInt64, UInt64) = (0, 0)
    for byte in bytes {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
    self.init(rawValue: UInt128(high) << 64 | UInt128(low))
  }

  /// Reads 32 hexadecimal digits; hyphens are passed over, so the usual spelling of a UUID works.
  package init?(_ text: some StringProtocol) {
    guard let value = hexadecimalValue(Array(text.utf8)) else { return nil }
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
    var rest = rawValue
    return unsafe String(unsafeUninitializedCapacity: 32) { output in
      for place in (0..<32).reversed() {
        let digit = UInt8(truncatingIfNeeded: rest & 15)
        unsafe output[place] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
        rest >>= 4
      }
      return 32
    }
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

/// Exactly 32 digits, hyphens aside. Two words of 64 bits are several times as quick as one of 128.
private func hexadecimalValue(_ units: [UInt8]) -> UInt128? {
  var (high, low): (UInt64, UInt64) = (0, 0)
  var digits = 0
  for unit in units where unit != UInt8(ascii: "-") {
    guard let digit = hexDigitValue(unit), digits < 32 else { return nil }
    high = high << 4 | low >> 60
    low = low << 4 | UInt64(digit)
    digits += 1
  }
  return digits == 32 ? UInt128(high) << 64 | UInt128(low) : nil
}

private func hexDigitValue(_ unit: UInt8) -> UInt8? {
  switch unit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): unit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): unit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): unit - UInt8(ascii: "A") + 10
  default: nil
  }
}
