import CuadernoTestSupport
import Foundation
import Testing

/// A person's laptop: the real program, with a folder for everything it keeps.
struct Laptop {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  let folder: String

  init(in scratch: ScratchFolder, named name: String) throws {
    try self.init(at: scratch.file(name))
  }

  init(at folder: String) throws {
    self.folder = folder
    notebook = folder + "/notebook"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  /// Where the notebook lies.
  var notebook: String

  var environment: [String: String] {
    ["HOME": folder, "CUADERNO_NOTEBOOK": notebook, "PATH": "/usr/bin:/bin", "TZ": "UTC"]
  }

  /// Runs `cuaderno` and waits for it.
  func run(
    _ arguments: String..., input: String = "", extra: [String: String] = [:]
  ) throws -> Result {
    try Program.run(
      "cuaderno", arguments, environment: environment.merging(extra) { $1 }, input: input)
  }

  /// Runs `cuaderno`, which must succeed, and answers what it printed.
  @discardableResult
  func succeed(
    _ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try succeed(arguments, input: input, sourceLocation: sourceLocation)
  }

  @discardableResult
  func succeed(
    _ arguments: [String], input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try Program.run(
      "cuaderno", arguments, environment: environment, input: input)
    #expect(
      result.status == 0, "\(arguments.first ?? ""): \(result.errors)",
      sourceLocation: sourceLocation)
    return result.output
  }

  /// What `status --json` says of the registers.
  func registers() throws -> String? { try status()?["registers"] as? String }

  /// How many changes `status --json` says there are.
  func changes() throws -> Int? { try status()?["changes"] as? Int }

  private func status() throws -> [String: Any]? {
    let output = try run("status", "--json").output
    return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
  }
}

/// The built programs, which lie beside the test bundle.
enum Program {
  static func url(_ name: String) -> URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent(name)
  }

  /// Starts one; what it says goes nowhere unless it is told where.
  static func start(
    _ name: String, _ arguments: [String], environment: [String: String],
    output: ChildProgram.Stream = .null, errors: ChildProgram.Stream = .null
  ) throws -> ChildProgram {
    try ChildProgram(
      url(name).path, arguments, environment: environment, output: output, errors: errors)
  }

  /// Starts one whose output can be read until its end.
  static func startTelling(
    _ name: String, _ arguments: [String], environment: [String: String]
  ) throws -> (child: ChildProgram, output: FileHandle) {
    let pipe = Pipe()
    let child = try start(
      name, arguments, environment: environment, output: .handle(pipe.fileHandleForWriting))
    try pipe.fileHandleForWriting.close()
    return (child, pipe.fileHandleForReading)
  }

  static func run(
    _ name: String, _ arguments: [String], environment: [String: String], input: String = ""
  ) throws -> Laptop.Result {
    // Files and not pipes: nothing can fill up while nobody reads.
    let folder = try ScratchFolder()
    try Data(input.utf8).write(to: URL(fileURLWithPath: folder.file("in")))
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: folder.file(name), contents: nil)
    }
    let reading = try #require(FileHandle(forReadingAtPath: folder.file("in")))
    let output = try #require(FileHandle(forWritingAtPath: folder.file("out")))
    let errors = try #require(FileHandle(forWritingAtPath: folder.file("err")))
    let child = try ChildProgram(
      url(name).path, arguments, environment: environment, input: .handle(reading),
      output: .handle(output), errors: .handle(errors))
    return Laptop.Result(
      status: child.waitUntilExit(),
      output: String(decoding: try folder.bytes(of: "out"), as: UTF8.self),
      errors: String(decoding: try folder.bytes(of: "err"), as: UTF8.self))
  }
}
