package import CuadernoSchema
import CuadernoSync
package import Foundation

/// A bundle as it was found: whole, as its hash says, and nothing of what is in it believed yet.
package struct BundleFile: Sendable {
  package let header: BundleHeader
  package let byteCount: Int
  let file: OpenFile
  private let sectionsStart: Int

  /// Reads every byte once, against the hash at the end.
  ///
  /// - Throws: ``BundleFault``.
  package init(_ url: URL) throws(BundleFault) {
    file = try OpenFile.reading(url.path)
    byteCount = try file.length()
    let prologue = try file.read(BundleLayout.prologueBytes, at: 0)
    let headerBytes = try Self.check(prologue, byteCount)
    guard try Self.hash(file, upTo: byteCount - BundleLayout.hashBytes) == Self.lastHash(file)
    else { throw .damaged }
    // Every version has the length and the hash in these places, so that a flipped bit in the
    // version is not taken for news.
    guard prologue[BundleLayout.magic.count] == BundleLayout.version else {
      throw .newerVersion(Int(prologue[BundleLayout.magic.count]))
    }
    sectionsStart = BundleLayout.prologueBytes + headerBytes
    guard headerBytes <= BundleLayout.headerBytesMax,
      sectionsStart <= byteCount - BundleLayout.hashBytes
    else {
      throw .malformedHeader
    }
    header = try BundleHeader(
      bytes: try file.read(headerBytes, at: BundleLayout.prologueBytes))
  }

  private var endOfSections: Int { byteCount - BundleLayout.hashBytes }

  /// - Returns: how long the header says it is.
  private static func check(_ prologue: [UInt8], _ byteCount: Int) throws(BundleFault) -> Int {
    let magic = BundleLayout.magic
    guard !prologue.isEmpty, magic.starts(with: prologue.prefix(magic.count)) else {
      throw .notABundle
    }
    guard byteCount <= BundleLayout.fileBytesMax else { throw .tooLong(bytes: byteCount) }
    let least = BundleLayout.prologueBytes + 1 + BundleLayout.hashBytes
    guard prologue.count == BundleLayout.prologueBytes, byteCount >= least else {
      throw .cutShort(bytes: byteCount, length: UInt64(least))
    }
    let length = BundleLayout.integer(prologue[BundleLayout.lengthOffset..<17])
    guard length <= byteCount else { throw .cutShort(bytes: byteCount, length: length) }
    guard length == byteCount else { throw .bytesAfterEnd(byteCount - Int(length)) }
    return Int(BundleLayout.integer(prologue[17..<21]))
  }

  /// The hash of a file's first bytes, read in pieces.
  static func hash(_ file: OpenFile, upTo end: Int) throws(BundleFault) -> Digest {
    var digest = RunningDigest()
    var offset = 0
    while offset < end {
      let piece = try file.read(min(1 << 20, end - offset), at: offset)
      guard !piece.isEmpty else { throw .changedMeanwhile }
      digest.update(piece)
      offset += piece.count
    }
    return digest.finish()
  }

  private static func lastHash(_ file: OpenFile) throws(BundleFault) -> Digest? {
    let length = try file.length()
    return Digest(
      bytes: try file.read(BundleLayout.hashBytes, at: length - BundleLayout.hashBytes))
  }

  /// Where a page lies in the file.
  struct Section: Sendable {
    let offset: Int
    let frameBytes: Int
  }

  /// The pages' places, in their order, without reading them.
  func sections() throws(BundleFault) -> [Section] {
    var sections = [Section]()
    var offset = sectionsStart
    while true {
      let start = try file.read(min(BundleLayout.sectionBytes, endOfSections - offset), at: offset)
      switch start.first {
      case BundleLayout.Section.end where offset + 1 == endOfSections:
        return sections
      case BundleLayout.Section.page where start.count == BundleLayout.sectionBytes:
        let frameBytes = Int(BundleLayout.integer(start[1...]))
        offset += BundleLayout.sectionBytes
        guard frameBytes <= WireLimits.messageBytes, frameBytes <= endOfSections - offset else {
          throw .malformedSection(atByte: offset)
        }
        sections.append(Section(offset: offset, frameBytes: frameBytes))
        offset += frameBytes
      default:
        throw .malformedSection(atByte: offset)
      }
    }
  }

  /// - Parameter number: what an error calls the page, from 1.
  func page(
    _ section: Section, number: Int
  ) throws(BundleFault) -> (page: ChangePage, frame: Digest) {
    let frame = try file.read(section.frameBytes, at: section.offset)
    do {
      let message = try Compression.decompress(frame, limit: WireFormat.protobuf.messageBytes)
      return (try ChangePage(decoding: message, format: .protobuf), Digest(hashing: frame))
    } catch {
      throw .unreadablePage(number, error)
    }
  }
}
