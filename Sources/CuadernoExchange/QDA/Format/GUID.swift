import CuadernoSync

/// The ids of REFI-QDA: a record's own 128 bits, so that exporting a study twice gives the same ids
/// and what was taken in is found again.
extension RecordID {
  /// In upper case, since some programs compare letter by letter.
  var guid: String {
    unsafe String(unsafeUninitializedCapacity: 36) { output in
      unsafe Hexadecimal.writeGUID(of: self, to: output)
      return 36
    }
  }

  /// Reads a GUID in any case, with or without braces; nil when it is none.
  init?(guid text: String) {
    var units = text.utf8[...]
    while let first = units.first, first == 0x20 || first == 0x0A || first == 0x09 {
      units.removeFirst()
    }
    while let last = units.last, last == 0x20 || last == 0x0A || last == 0x09 {
      units.removeLast()
    }
    if units.first == UInt8(ascii: "{"), units.last == UInt8(ascii: "}") {
      units = units.dropFirst().dropLast()
    }
    guard units.count == 36,
      units.enumerated().allSatisfy({ index, unit in
        (unit == UInt8(ascii: "-")) == [8, 13, 18, 23].contains(index)
      })
    else { return nil }
    self.init(String(Substring(units)))
  }

  /// An id for what has none of its own: the same whenever it is made of the same parts.
  init(madeOf parts: [String], _ scope: [UInt8]) {
    var bytes = scope
    for part in parts {
      bytes += Array(part.utf8)
      // Between parts, since ("a", "bc") and ("ab", "c") are two things.
      bytes.append(0)
    }
    guard let id = RecordID(bytes: Digest(hashing: bytes).bytes.prefix(RecordID.byteCount)) else {
      preconditionFailure("a digest is longer than an id")
    }
    self = id
  }
}
