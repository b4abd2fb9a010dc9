/// A text that converts between scalar positions and UTF-8 offsets without walking from its start.
///
/// Positions in Cuaderno count Unicode scalars, the unit of REFI-QDA and of the W3C annotation
/// model, while `String` finds the nth scalar only by walking. Every 64th scalar's UTF-8 offset is
/// noted once, so a conversion walks at most 63 scalars; a text of ASCII alone needs no notes.
///
/// Equality is equality of bytes. `String`'s own `==` follows canonical equivalence, under which
/// two texts of different lengths can be equal, and a position in one means nothing in the other.
package struct ScalarText: Sendable {
  package let utf8: [UInt8]
  package let scalarCount: Int

  /// Made of the bytes each time: to keep it too would take the memory of the text twice.
  package var string: String { String(decoding: utf8, as: UTF8.self) }

  /// The scalars from one note to the next: 64 keep the notes, of four bytes each, at a sixteenth of the
  /// text.
  private static let stride = 64

  /// The UTF-8 offsets of scalars 0, 64, 128 and so on; empty when every scalar is one byte.
  private let notes: [UInt32]

  package init(_ string: String) {
    self.init(wellFormed: Array(string.utf8))
  }

  /// Takes the bytes of a text as they came, and what is not UTF-8 in them as `String` does: each piece
  /// of it becomes U+FFFD.
  package init(repairing utf8: [UInt8]) {
    if UTF8Check.firstFault(in: utf8.span) == nil {
      self.init(wellFormed: utf8)
    } else {
      self.init(String(decoding: utf8, as: UTF8.self))
    }
  }

  private init(wellFormed utf8: [UInt8]) {
    self.utf8 = utf8
    (notes, scalarCount) = Self.notes(of: utf8.span)
  }

  init(decoding utf8: some Collection<UInt8>) {
    self.init(String(decoding: utf8, as: UTF8.self))
  }

  private static func notes(of utf8: borrowing Span<UInt8>) -> (notes: [UInt32], scalars: Int) {
    let ascii = utf8.asciiPrefixCount
    guard ascii < utf8.count else { return ([], ascii) }
    var notes: [UInt32] = []
    notes.reserveCapacity(utf8.count / stride + 1)
    for offset in Swift.stride(from: 0, through: ascii, by: stride) { notes.append(UInt32(offset)) }
    var scalar = ascii
    var offset = ascii
    while offset < utf8.count {
      // Eight bytes with no note among them are counted at once.
      if let starts = utf8.scalarStarts(inEightAt: offset),
        scalar + starts <= notes.count * stride
      {
        scalar += starts
        offset += 8
        continue
      }
      if !utf8[offset].continuesScalar {
        if scalar == notes.count * stride { notes.append(UInt32(offset)) }
        scalar += 1
      }
      offset += 1
    }
    if scalar == notes.count * stride { notes.append(UInt32(utf8.count)) }
    return (notes, scalar)
  }

  /// The UTF-8 offset where a scalar starts, or nil outside the text; the end is inside.
  package func utf8Offset(ofScalar scalar: Int) -> Int? {
    guard scalar >= 0, scalar <= scalarCount else { return nil }
    if notes.isEmpty { return scalar }
    var offset = Int(notes[scalar / Self.stride])
    var rest = scalar % Self.stride
    let bytes = utf8.span
    while let starts = bytes.scalarStarts(inEightAt: offset), starts <= rest {
      rest -= starts
      offset += 8
    }
    while offset < bytes.count {
      if !bytes[offset].continuesScalar {
        if rest == 0 { break }
        rest -= 1
      }
      offset += 1
    }
    return offset
  }

  /// The scalar that starts at a UTF-8 offset, or nil outside the text and inside a scalar.
  package func scalarOffset(ofUTF8 offset: Int) -> Int? {
    guard offset >= 0, offset <= utf8.count else { return nil }
    if notes.isEmpty { return offset }
    if offset < utf8.count, utf8[offset].continuesScalar { return nil }
    let note = notes.partitioningIndex { $0 > offset } - 1
    return note * Self.stride + utf8.scalarCount(in: Int(notes[note])..<offset)
  }

  /// The scalars in a range, or nil when the range is not inside the text.
  package func substring(_ range: Range<Int>) -> String? {
    utf8Range(of: range).map { String(decoding: utf8[$0], as: UTF8.self) }
  }

  /// Where a quote stands in the bytes, when it stands at a range of scalars; nil when it does not.
  ///
  /// - Parameter quote: its bytes in UTF-8.
  package func utf8Range(of quote: borrowing Span<UInt8>, at scalars: Range<Int>) -> Range<Int>? {
    guard !scalars.isEmpty, let range = utf8Range(of: scalars),
      utf8.span.extracting(range).hasSameBytes(as: quote)
    else { return nil }
    return range
  }

  func utf8Range(of scalars: Range<Int>) -> Range<Int>? {
    guard
      let start = utf8Offset(ofScalar: scalars.lowerBound),
      let end = utf8Offset(ofScalar: scalars.upperBound)
    else { return nil }
    return start..<end
  }

  func scalarRange(ofUTF8 bytes: Range<Int>) -> Range<Int>? {
    guard
      let start = scalarOffset(ofUTF8: bytes.lowerBound),
      let end = scalarOffset(ofUTF8: bytes.upperBound)
    else { return nil }
    return start..<end
  }
}

extension ScalarText: Hashable {
  package static func == (left: ScalarText, right: ScalarText) -> Bool {
    left.utf8 == right.utf8
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(utf8)
  }
}
