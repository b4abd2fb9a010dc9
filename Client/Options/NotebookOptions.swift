import ArgumentParser
import CuadernoNotebook
import Foundation

/// Which notebook a command works on, and how it answers.
struct NotebookOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The folder of the notebook.",
      discussion: "Without it, $CUADERNO_NOTEBOOK, or ~/.local/share/cuaderno.",
      valueName: "folder"))
  var notebook: String?

  @Flag(name: .long, help: "Print JSON for programs instead of tables for people.")
  var json = false

  var folder: NotebookFolder {
    let environment = Self.environment
    if let path = notebook ?? environment["CUADERNO_NOTEBOOK"], !path.isEmpty {
      return NotebookFolder(URL(fileURLWithPath: path))
    }
    return NotebookFolder(Self.dataFolder(environment).appendingPathComponent("cuaderno"))
  }

  /// What says where things lie: four names, for which Foundation would gather all there are.
  private static var environment: [String: String] {
    var found = [String: String]()
    for name in ["CUADERNO_NOTEBOOK", "HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
      if let value = unsafe getenv(name) { found[name] = unsafe String(cString: value) }
    }
    return found
  }

  /// Where the XDG Base Directory Specification puts a person's data.
  private static func dataFolder(_ environment: [String: String]) -> URL {
    if let path = environment["XDG_DATA_HOME"], path.hasPrefix("/") {
      return URL(fileURLWithPath: path)
    }
    return URL(fileURLWithPath: environment["HOME"] ?? "/").appendingPathComponent(".local/share")
  }

  var surroundings: Surroundings {
    .system(environment: Self.environment)
  }

  func open(for access: Notebook.Access) throws -> Notebook {
    try Notebook.open(folder, for: access, surroundings: surroundings)
  }

  func read<Result>(_ body: (Reader) throws -> Result) throws -> Result {
    try open(for: .reading).read(body)
  }

  /// - Parameter changes: how many changes are expected at the least.
  func write<Result>(
    expecting changes: Int = 1, _ body: (inout Writer) throws -> Result
  ) throws -> Result {
    let notebook = try open(for: .writing)
    let result = try notebook.write(expecting: changes, body)
    try notebook.close()
    return result
  }

  func show(_ output: Output) {
    output.print(asJSON: json)
  }
}
