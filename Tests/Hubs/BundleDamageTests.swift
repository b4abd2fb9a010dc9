import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

/// Whatever a disk, a mail program or a person does to a bundle, nothing of it is taken in unless it is
/// whole.
@Suite struct BundleDamageTests {
  private let pair: Pair
  private let disk: ScratchFolder
  private let bundle: [UInt8]

  init() throws {
    pair = try Pair()
    disk = try ScratchFolder(isInMemory: true)
    try pair.ana.write { _ = try $0.create(.note, [.init(.Note.text, "una nota")]) }
    _ = try pair.ana.writeBundle(
      to: URL(fileURLWithPath: disk.file("good")), beyond: pair.luis.frontier())
    bundle = try disk.bytes(of: "good")
  }

  /// Why Luis's notebook refuses these bytes; nil when it takes them.
  private func fault(_ bytes: [UInt8]) throws -> BundleFault? {
    try disk.write(bytes, to: "bad")
    do {
      _ = try pair.luis.bundle(at: URL(fileURLWithPath: disk.file("bad")))
      return nil
    } catch let fault as BundleFault {
      return fault
    }
  }

  /// With the hash that the bytes have now: what no disk does, and somebody who means harm can.
  private func rehashed(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(32))
    return body + Digest(hashing: body).bytes
  }

  private func withLength(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for index in 0..<8 {
      bytes[9 + index] = UInt8(truncatingIfNeeded: bytes.count >> (56 - 8 * index))
    }
    return rehashed(bytes)
  }

  @Test func `every byte that is another one is noticed`() throws {
    #expect(try fault(bundle) == nil)
    for index in bundle.indices {
      for bit in [0, 7] as [UInt8] {
        var bytes = bundle
        bytes[index] ^= 1 << bit
        let found = try fault(bytes)
        switch index {
        case 0..<8: #expect(found == .notABundle, "byte \(index)")
        case 9..<17:
          // The length that it claims is not the file's.
          if case .cutShort = found { continue }
          if case .bytesAfterEnd = found { continue }
          Issue.record("byte \(index): \(String(describing: found))")
        default: #expect(found == .damaged, "byte \(index)")
        }
      }
    }
  }

  @Test func `a bundle cut at any byte is told as cut short`() throws {
    for length in 1..<bundle.count {
      guard case .cutShort(length, _) = try fault(Array(bundle[..<length])) else {
        Issue.record("cut after \(length) bytes")
        continue
      }
    }
    #expect(try fault([]) == .notABundle)
    #expect(try fault(bundle + [0]) == .bytesAfterEnd(1))
    #expect(try fault(bundle + bundle) == .bytesAfterEnd(bundle.count))
  }

  @Test func `other files are no bundles`() throws {
    #expect(try fault(Array("SQLite format 3\0".utf8)) == .notABundle)
    #expect(try fault([UInt8](repeating: 0, count: 500)) == .notABundle)
    // What a transfer that takes it for text makes of it.
    let text = bundle.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
    #expect(try fault(text) == .notABundle)
    #expect(
      BundleFault.notABundle.description
        == "file is no bundle; a bundle is made with `cuaderno bundle write`")
  }

  @Test func `a newer version is told as one, and not before it is known to be whole`() throws {
    var bytes = bundle
    bytes[8] = 2
    #expect(try fault(bytes) == .damaged)
    #expect(try fault(rehashed(bytes)) == .newerVersion(2))
    #expect(
      BundleFault.newerVersion(2).description
        == "bundle was written by a newer cuaderno (bundle version 2; this one knows 1); update "
        + "before reading it; nothing was changed")
  }

  @Test func `lengths that lie are refused before anything is allocated for them`() throws {
    for (offset, value) in [(17, 0xff), (17, 0x7f), (18, 0x01), (20, 0)] as [(Int, UInt8)] {
      var bytes = bundle
      bytes[offset] = value
      let found = try fault(rehashed(bytes))
      #expect(found == .malformedHeader, "header: \(offset)")
    }
    let header = Int(bundle[20]) | Int(bundle[19]) << 8
    let section = 21 + header
    #expect(bundle[section] == 1)
    for value in [0xff, 0x00] as [UInt8] {
      var bytes = bundle
      for index in 1...4 { bytes[section + index] = value }
      let found = try fault(rehashed(bytes))
      switch found {
      case .malformedSection, .unreadablePage: break
      default: Issue.record("section: \(String(describing: found))")
      }
    }
    var unknown = bundle
    unknown[section] = 7
    #expect(try fault(rehashed(unknown)) == .malformedSection(atByte: section))
  }

  @Test func `a page left out, twice, or swapped is refused`() throws {
    let header = Int(bundle[20]) | Int(bundle[19]) << 8
    let start = 21 + header
    let page = Array(bundle[start..<bundle.count - 33])
    let (head, tail) = (Array(bundle[..<start]), Array(bundle[(bundle.count - 33)...]))

    #expect(try fault(withLength(head + tail)) == .incomplete)
    #expect(try fault(withLength(head + page + page + tail)) == .repeatedChange(page: 2))
  }

  /// Nothing that can be spelled brings the reader down; what is taken is what a hash was made over.
  @Test func `bytes changed under a right hash end in a fault or in a bundle`() throws {
    let before = try pair.luis.summary()
    for seed in Seeds.upTo(600) {
      var random = SplitMix64(seed: seed)
      var bytes = bundle
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let index = Int.random(in: 17..<bundle.count - 32, using: &random)
        bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        _ = try fault(rehashed(bytes))
      } catch PageFault.forked {
        // A link that the header gives is not the one held here.
      } catch {
        Issue.record("\(Seeds.replay(seed)): \(error)")
      }
    }
    #expect(try pair.luis.summary() == before)
  }

  @Test func `a bundle that changes after it was checked is not taken further`() throws {
    let url = URL(fileURLWithPath: disk.file("good"))
    let checked = try pair.luis.bundle(at: url, keptBytesMax: 0)
    let header = Int(bundle[20]) | Int(bundle[19]) << 8
    var bytes = bundle
    bytes[21 + header + 40] ^= 1
    let file = try FileHandle(forWritingTo: url)
    try file.write(contentsOf: Data(bytes))
    try file.close()

    #expect(throws: Problem(.failed, BundleFault.changedMeanwhile.description)) {
      try checked.page(beyond: pair.luis.frontier(), bytesMax: .max)
    }
  }

  @Test func `what was checked is taken from memory, whatever becomes of the file`() throws {
    let url = URL(fileURLWithPath: disk.file("good"))
    let checked = try pair.luis.bundle(at: url)
    let held = try pair.luis.bundle(at: url, keptBytesMax: 0)
      .page(beyond: pair.luis.frontier(), bytesMax: .max)
    try FileManager.default.removeItem(at: url)

    #expect(try checked.page(beyond: pair.luis.frontier(), bytesMax: .max) == held)
  }

  @Test func `a page put in the place of the one that was checked is not taken`() throws {
    let url = URL(fileURLWithPath: disk.file("good"))
    let checked = try pair.luis.bundle(at: url, keptBytesMax: 0)
    let section = 21 + (Int(bundle[20]) | Int(bundle[19]) << 8)
    let frame = Array(bundle[(section + 5)..<(bundle.count - 33)])
    var message = try Compression.decompress(frame, limit: 1 << 20)
    // The last letter of the note, in a message that is as good as the one before.
    let letter = try #require(message.lastIndex(of: UInt8(ascii: "a")))
    message[letter] = UInt8(ascii: "o")
    let other = Compression.compress(message, level: 9)
    try #require(other.count == frame.count)
    let file = try FileHandle(forWritingTo: url)
    try file.seek(toOffset: UInt64(section + 5))
    try file.write(contentsOf: Data(other))
    try file.close()

    #expect(throws: Problem(.failed, BundleFault.changedMeanwhile.description)) {
      try checked.page(beyond: pair.luis.frontier(), bytesMax: .max)
    }
  }

  @Test func `each fault is one sentence that says what to do and that nothing was changed`() {
    let faults: [BundleFault] = [
      .notABundle, .newerVersion(2), .tooLong(bytes: 1), .cutShort(bytes: 3, length: 9),
      .bytesAfterEnd(4), .damaged, .malformedHeader, .malformedSection(atByte: 5),
      .unreadablePage(1, .damagedCompression), .faultyPage(2, .tooManyChanges(9)),
      .repeatedChange(page: 1), .incomplete, .otherStudy, .missing(changes: 1, devices: 2),
      .changedMeanwhile, .noFile, .isFolder, .exists, .readOnly, .diskFull, .inputOutput(code: 5),
    ]
    for fault in faults {
      let words = fault.description
      #expect(!words.hasSuffix(".") && !words.contains("\n") && words.count > 20, "\(words)")
    }
    #expect(
      BundleFault.cutShort(bytes: 812, length: 1_024).description
        == "bundle is cut short or damaged: 812 bytes are here of 1024; copy it again from where it "
        + "came from; nothing was changed")
    #expect(
      BundleFault.damaged.description
        == "bundle is damaged: its bytes do not match the hash at its end; copy it again from where "
        + "it came from; nothing was changed")
    #expect(
      BundleFault.otherStudy.description
        == "bundle is of another study than this notebook; nothing was mixed; name the notebook of "
        + "that study with --notebook, or a new folder with --notebook and --as")
  }
}
