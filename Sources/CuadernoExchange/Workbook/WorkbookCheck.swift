/// Reads a workbook that was written, before it takes the place of another: every part against its
/// checksum, and every sheet against the rows and cells that were given.
///
/// The library does not look whether a full disk took what it wrote; here it shows.
enum WorkbookCheck {
  static func check(_ path: String, _ written: [(rows: Int, cells: Int)]) throws {
    let archive: ArchiveReading
    do {
      archive = try ArchiveReading(path, isOurs: true)
    } catch {
      throw WorkbookFault.notAsWritten
    }
    var sheets = 0
    for entry in archive.entries {
      var count = TagCount()
      do {
        try archive.read(entry, pieceBytes: 1 << 18) { count.add($0) }
      } catch {
        throw WorkbookFault.notAsWritten
      }
      guard let number = number(entry.name) else { continue }
      sheets += 1
      guard number <= written.count, count.rows == written[number - 1].rows,
        count.cells == written[number - 1].cells, count.endsWell
      else { throw WorkbookFault.notAsWritten }
    }
    guard sheets == written.count else { throw WorkbookFault.notAsWritten }
  }

  /// Of the sheet that an entry is.
  private static func number(_ name: String) -> Int? {
    let (before, after) = ("xl/worksheets/sheet", ".xml")
    guard name.hasPrefix(before), name.hasSuffix(after) else { return nil }
    return Int(name.dropFirst(before.count).dropLast(after.count))
  }

  /// Counts `<row ` and `<c `; people's words have no `<` in XML.
  private struct TagCount {
    private static let end = Array("</worksheet>".utf8)

    private(set) var rows = 0
    private(set) var cells = 0
    /// The last bytes of what came before.
    private var tail: [UInt8] = []

    var endsWell: Bool { tail.suffix(Self.end.count).elementsEqual(Self.end) }

    mutating func add(_ piece: [UInt8]) {
      let bytes = tail + piece
      // Five bytes, "<row ", must lie together; a tag of the tail was counted when it came.
      let first = max(0, tail.count - 4)
      var index = first
      while index + 2 < bytes.count {
        if bytes[index] == UInt8(ascii: "<") {
          if bytes[index + 1] == UInt8(ascii: "c"), bytes[index + 2] == UInt8(ascii: " ") {
            if index + 2 >= tail.count { cells += 1 }
          } else if bytes[index + 1] == UInt8(ascii: "r"), index + 4 < bytes.count,
            bytes[index + 2] == UInt8(ascii: "o"), bytes[index + 3] == UInt8(ascii: "w"),
            bytes[index + 4] == UInt8(ascii: " ")
          {
            if index + 4 >= tail.count { rows += 1 }
          }
        }
        index += 1
      }
      tail = Array(bytes.suffix(16))
    }
  }
}
