package import Foundation

/// The machine's own tools, which share no code with ours.
package enum UnzipProcess {
  /// - Parameter entry: its name; nil for all of them, one after the other.
  package static func text(of entry: String?, in archive: String) throws -> String {
    String(
      decoding: try ToolProcess.output(
        "/usr/bin/env", ["python3", "-c", Self.script, archive] + [entry].compactMap(\.self)
      ).0, as: UTF8.self)
  }

  private static let script = """
    import sys, zipfile
    archive = zipfile.ZipFile(sys.argv[1])
    for name in sys.argv[2:] or archive.namelist():
        sys.stdout.buffer.write(archive.read(name))
    """
}

package enum ToolProcess {
  package static func output(_ path: String, _ arguments: [String]) throws -> (Data, Int32) {
    let pipe = Pipe()
    let writing = ChildProgram.Stream.handle(pipe.fileHandleForWriting)
    let child = try ChildProgram(path, arguments, output: writing, errors: writing)
    try pipe.fileHandleForWriting.close()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    return (data, child.waitUntilExit())
  }
}
