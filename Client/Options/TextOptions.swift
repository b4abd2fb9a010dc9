import ArgumentParser
import CuadernoExchange
import CuadernoNotebook
import Foundation

/// Where a text comes from: the command line, a file, standard input, or an editor.
struct TextOptions: ParsableArguments {
  @Option(name: .long, help: "The text itself.")
  var text: String?

  @Option(
    name: .long, help: ArgumentHelp("A file with the text; - is standard input.", valueName: "file")
  )
  var file: String?

  @Flag(name: .long, help: "Write the text in $EDITOR.")
  var editor = false

  func validate() throws {
    if [text != nil, file != nil, editor].filter({ $0 }).count > 1 {
      throw ValidationError("give the text once: with --text, --file or --editor")
    }
  }

  var isGiven: Bool { text != nil || file != nil || editor }

  /// The text that was given, with the draft that holds it until it is saved; nil when none was.
  func read(
    current: String?, named name: String, in folder: NotebookFolder
  ) throws -> (text: String, draft: URL?)? {
    if let text { return (text, nil) }
    if let file { return (try Self.decoded(file), nil) }
    guard editor else { return nil }
    let editor = Editor(drafts: folder.drafts, environment: ProcessInfo.processInfo.environment)
    let written = try editor.edit(current ?? "", named: name)
    return (written.text, written.draft)
  }

  private static func decoded(_ file: String) throws -> String {
    let data =
      file == "-"
      ? FileHandle.standardInput.readDataToEndOfFile()
      : try InputFile.data(at: file)
    return try TextFile.text([UInt8](data))
  }
}

/// A file with one text, as `--file` takes it.
enum TextFile {
  enum Failure: Error, Equatable, CustomStringConvertible {
    case empty
    case document
    case otherEncoding

    var description: String {
      switch self {
      case .empty:
        "there is no text in the file, so nothing was written; --text '' empties a text on purpose"
      case .document:
        "file is a document and no text; `cuaderno interview import FILE` brings it in"
      case .otherEncoding:
        "file is not UTF-8; save it as UTF-8, or bring it in with `cuaderno interview import FILE "
          + "--encoding windows-1252`"
      }
    }
  }

  /// How zipped documents (DOCX, ODT), PDF, RTF, and the DOC of old begin.
  private static let documents: [[UInt8]] = [
    [0x50, 0x4B, 0x03, 0x04], Array("%PDF-".utf8), Array("{\\rtf".utf8),
    [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
  ]

  static func text(_ bytes: [UInt8]) throws -> String {
    guard !documents.contains(where: { bytes.starts(with: $0) }) else { throw Failure.document }
    let text: String
    do {
      text = try TextDecoding.text(bytes)
    } catch let error as ExchangeError {
      guard case .bytes = error.reason else { throw error }
      throw Failure.otherEncoding
    }
    guard !text.allSatisfy(\.isWhitespace) else { throw Failure.empty }
    return text
  }
}

/// Files that a person names on the command line.
enum InputFile {
  enum Failure: Error, CustomStringConvertible {
    case unreadable
    case tooLarge(bytes: Int, limit: Int)

    var description: String {
      switch self {
      case .unreadable: "file cannot be read; check its name and its permissions"
      case .tooLarge(let bytes, let limit): "file is \(bytes) bytes; the limit is \(limit)"
      }
    }
  }

  static func data(at path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else { throw Failure.unreadable }
    return data
  }

  /// How long the file is; zero for what has no length, such as a pipe.
  static func bytes(at path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
  }

  /// The file a piece at a time.
  static func source(at path: String) throws -> Source {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw Failure.unreadable }
    return { bytesMax in
      do {
        return try handle.read(upToCount: bytesMax).map { [UInt8]($0) } ?? []
      } catch {
        throw Failure.unreadable
      }
    }
  }
}
