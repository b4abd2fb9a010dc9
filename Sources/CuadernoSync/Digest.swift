package import Crypto

/// A SHA-256 value (FIPS 180-4).
package struct Digest: Hashable, Sendable {
  private var words: (UInt64, UInt64, UInt64, UInt64)

  package static let byteCount = 32

  /// Thirty-two zero bytes: what stands before a device's first change.
  package static let zero = Digest(words: (0, 0, 0, 0))

  private init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = words
  }

  package init(_ digest: SHA256Digest) {
    words = unsafe digest.withUnsafeBytes { bytes in
      let words = unsafe bytes.bindMemory(to: UInt64.self)
      return unsafe (
        words[0].bigEndian, words[1].bigEndian, words[2].bigEndian, words[3].bigEndian
      )
    }
  }

  /// Reads thirty-two bytes; nil when there are not exactly so many.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    // A digest is read for every row of a log, word by word where the bytes lie together.
    let read = bytes.withContiguousStorageIfAvailable { buffer in
      let raw = UnsafeRawBufferPointer(buffer)
      func word(_ index: Int) -> UInt64 {
        unsafe UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
      }
      return (word(0), word(1), word(2), word(3))
    }
    if let read {
      self.init(words: read)
    } else {
      self.init(bytes: Array(bytes))
    }
  }

  package init(hashing bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  package func append(to bytes: inout [UInt8]) {
    appendFixed64(words.0, to: &bytes)
    appendFixed64(words.1, to: &bytes)
    appendFixed64(words.2, to: &bytes)
    appendFixed64(words.3, to: &bytes)
  }

  package var bytes: [UInt8] {
    var result = [UInt8]()
    result.reserveCapacity(Self.byteCount)
    append(to: &result)
    return result
  }

  package static func == (left: Digest, right: Digest) -> Bool {
    left.words == right.words
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// The sum of two digests as integers of 256 bits, and the difference.
  ///
  /// A sum over a set does not depend on its order and can be kept up to date one member at a time
  /// (Bellare and Micciancio, "A New Paradigm for Collision-Free Hashing", 1997). At this size it
  /// finds faults; against somebody who chooses the members the chains stand guard, not the sum.
  package mutating func add(_ other: Digest) {
    var carry: UInt64 = 0
    words.3 = Self.sum(words.3, other.words.3, &carry)
    words.2 = Self.sum(words.2, other.words.2, &carry)
    words.1 = Self.sum(words.1, other.words.1, &carry)
    words.0 = Self.sum(words.0, other.words.0, &carry)
  }

  package mutating func subtract(_ other: Digest) {
    // a − b = a + (not b) + 1, in 256 bits.
    let complement = Digest(
      words: (~other.words.0, ~other.words.1, ~other.words.2, ~other.words.3))
    add(complement)
    add(Digest(words: (0, 0, 0, 1)))
  }

  private static func sum(_ left: UInt64, _ right: UInt64, _ carry: inout UInt64) -> UInt64 {
    let (first, firstOverflow) = left.addingReportingOverflow(right)
    let (second, secondOverflow) = first.addingReportingOverflow(carry)
    carry = firstOverflow || secondOverflow ? 1 : 0
    return second
  }
}

/// A SHA-256 over bytes that come piece by piece.
package struct RunningDigest: Sendable {
  private var hash = SHA256()

  package init() {}

  package mutating func update(_ bytes: [UInt8]) {
    hash.update(data: bytes)
  }

  package func finish() -> Digest { Digest(hash.finalize()) }
}

extension Digest: CustomStringConvertible {
  /// Sixty-four lower-case hexadecimal digits.
  package var description: String { hexadecimal(bytes) }
}
