import Foundation

@testable import CuadernoExchange

/// Archives of zip, as their bytes and as what stands in them.
extension ForeignReader {
  static let packed: [ForeignReader] = [
    ForeignReader(name: "archive") { input in
      let archive = try ArchiveReading(try Scratch.file(input))
      for entry in archive.entries {
        hold(!entry.name.split(separator: "/").contains(".."), "a name leads out of the archive")
        var count = 0
        try? archive.read(entry, pieceBytes: 4_096) { count += $0.count }
        hold(count <= entry.bytes, "an entry is longer than it says")
        hold(archive.entry(entry.name) != nil, "an entry is not found by its name")
      }
    },
    ForeignReader(name: "archived-template") { input in
      _ = try DOCXTemplate(at: try Scratch.file(input))
    },
    ForeignReader(name: "template") { input in
      let parts = input.parts(templateParts.count)
      var zip = RawZip()
      for (name, part) in zip2(templateParts, parts) where !part.isEmpty {
        zip.entries.append(RawZip.Entry(name: name, bytes: part))
      }
      let template = try DOCXTemplate(at: try Scratch.file(zip.bytes))
      hold((-31_680...31_680).contains(template.page.width), "a page is wider than a page")
      hold((1_440...31_680).contains(template.page.textWidth), "a page has no room")
    },
    ForeignReader(name: "hostile-archive") { input in
      // An archive whose directory says what the input wants it to say.
      var bytes = input
      let flags = UInt16(bytes.choice(of: 256)) << 8 | UInt16(bytes.choice(of: 256))
      let method = [0, 8, 12, 14, 93, 99][bytes.choice(of: 6)]
      let mode = UInt32(bytes.choice(of: 256)) << 8
      let claimed = UInt32(bytes.choice(of: 256)) << UInt32(bytes.choice(of: 24))
      var zip = RawZip()
      for part in bytes.parts(4) {
        let name = part.prefix { $0 != 0x0A }
        zip.entries.append(
          RawZip.Entry(
            name: String(decoding: name, as: UTF8.self),
            bytes: Array(part.dropFirst(name.count + 1)),
            claimedBytes: claimed, method: UInt16(method), mode: mode, flags: flags))
      }
      let archive = try ArchiveReading(try Scratch.file(zip.bytes))
      for entry in archive.entries { _ = try archive.bytes(of: entry, atMost: 1 << 20) }
    },
  ]

  /// The order of the parts in an input.
  private static let templateParts = [
    "[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels",
    "word/styles.xml", "word/header1.xml", "word/_rels/header1.xml.rels", "word/numbering.xml",
    "word/settings.xml", "word/theme/theme1.xml", "word/media/image1.png",
  ]

  private static func zip2<One, Other>(_ ones: [One], _ others: [Other]) -> [(One, Other)] {
    Array(Swift.zip(ones, others))
  }
}

/// A folder for the files that a reader wants to have on a disk; in memory where the script finds one.
enum Scratch {
  static let folder: String = {
    let given = ProcessInfo.processInfo.environment["CUADERNO_FUZZ_SCRATCH"]
    let folder = (given ?? NSTemporaryDirectory()) + "/fuzz-\(getpid())"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }()

  /// Writes the one file that there is at a time.
  static func file(_ bytes: [UInt8]) throws -> String {
    let path = folder + "/input"
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(file) }
    guard unsafe write(file, bytes, bytes.count) == bytes.count else {
      fatalError("there is no room for the files of the inputs")
    }
    return path
  }
}
