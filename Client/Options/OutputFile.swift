import ArgumentParser
import CuadernoExchange
import CuadernoNotebook
import Foundation

/// Where an export goes: a file that appears whole or not at all, or standard output.
///
/// Every export and report takes its file after its name or with `--output`, so that nobody has to know
/// which of them can write to standard output.
struct OutputFile: ParsableArguments, ExportDestination {
  @Argument(help: "The file to write; without it, standard output.", completion: .file())
  var file: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("The same.", valueName: "file"), completion: .file())
  var output: String?

  var path: String? { file ?? output }

  func validate() throws { try OutputFault.refuseTwo(file, output) }
}

/// Where an export goes whose words are taken for something else.
struct OutputOption: ParsableArguments, ExportDestination {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The file to write; without it, standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  var path: String? { output }
}

/// Where an export goes that no terminal could show.
struct NamedFile: ParsableArguments {
  @Argument(help: "The file to write.", completion: .file())
  var file: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("The same.", valueName: "file"), completion: .file())
  var output: String?

  /// Never empty in a command that has been validated.
  var path: String { file ?? output ?? "" }

  func validate() throws {
    try OutputFault.refuseTwo(file, output)
    guard !path.isEmpty else {
      throw ValidationError("name the file to write, after the other words or with --output")
    }
  }
}

protocol ExportDestination {
  /// Nil for standard output.
  var path: String? { get }
}

extension ExportDestination {
  /// Runs a body that writes to a sink, and answers how many bytes it wrote.
  func write(_ body: (@escaping Sink) throws -> Void) throws -> Int {
    guard let path else { return try StandardOutput.stream(body) }
    var written = 0
    try WholeFile.write(path) { part in
      guard let handle = FileHandle(forWritingAtPath: part) else { throw OutputFault.cannotWrite }
      try body { bytes in
        written += bytes.count
        try handle.write(contentsOf: bytes)
      }
      try handle.close()
    }
    return written
  }
}

/// What is printed while it is read.
enum StandardOutput {
  /// Runs a body that writes to a sink, and answers how many bytes it wrote.
  ///
  /// - Throws: ``Notebook/CutShort`` when something went out before the body failed: to begin again would
  ///   say the first part twice.
  @discardableResult
  static func stream(_ body: (@escaping Sink) throws -> Void) throws -> Int {
    var written = 0
    do {
      try body { bytes in
        written += bytes.count
        try FileHandle.standardOutput.write(contentsOf: bytes)
      }
    } catch {
      throw written > 0 ? Notebook.CutShort(error) : error
    }
    return written
  }
}

/// A file that appears whole or not at all, and that nobody else can read.
enum WholeFile {
  /// - Parameter body: writes to the path that it is given, where an empty file lies.
  static func write<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
    let part = path + ".part"
    guard
      FileManager.default.createFile(
        atPath: part, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw OutputFault.cannotWrite }
    do {
      let result = try body(part)
      guard let handle = FileHandle(forUpdatingAtPath: part) else { throw OutputFault.cannotWrite }
      try handle.synchronize()
      try handle.close()
      guard unsafe rename(part, path) == 0 else { throw OutputFault.cannotWrite }
      return result
    } catch {
      try? FileManager.default.removeItem(atPath: part)
      throw error
    }
  }

  static func bytes(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}

enum OutputFault: Error, CustomStringConvertible {
  case cannotWrite

  static func refuseTwo(_ file: String?, _ output: String?) throws {
    guard file == nil || output == nil else {
      throw ValidationError("two files are named; leave out --output or the other")
    }
  }

  /// Whether two paths lead to one file that is there.
  static func isSameFile(_ left: String, _ right: String) -> Bool {
    var (one, other) = (stat(), stat())
    guard unsafe stat(left, &one) == 0, unsafe stat(right, &other) == 0 else { return false }
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
  }

  var description: String {
    "file cannot be written there; check the folder, its permissions and the space left"
  }
}
