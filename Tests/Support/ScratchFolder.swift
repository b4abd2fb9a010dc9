import Foundation

/// A folder of one test's own, which goes away with the last who holds it.
package final class ScratchFolder: Sendable {
  package let path: String

  /// - Parameter isInMemory: on a file system in memory where the machine has one: real files all the
  ///   same, without the waits for a disk that hundreds of notebooks would add up to.
  package init(isInMemory: Bool = false) throws {
    let memory = "/dev/shm"
    let isThere = FileManager.default.isWritableFile(atPath: memory)
    let parent =
      isInMemory && isThere
      ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
    let url = parent.appendingPathComponent("cuaderno-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  package func file(_ name: String) -> String {
    path + "/" + name
  }

  package func bytes(of name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
  }

  package func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
  }

  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: file(name))
  }

  /// The names in it, sorted.
  package func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

extension ScratchFolder {
  /// Writes a program for the shell and answers its path.
  ///
  /// Another program writes the file: a child that another test starts at this moment would hold it open for
  /// writing, were it open here, and nothing can run what somebody may still write (execve(2), ETXTBSY).
  package func writeProgram(_ script: String, to name: String) throws -> String {
    let source = name + ".txt"
    try write(Array("#!/bin/sh\n\(script)\n".utf8), to: source)
    let (said, status) = try ToolProcess.output(
      "/usr/bin/env", ["install", "-m", "755", file(source), file(name)])
    guard status == 0 else { throw NotInstalled(said: String(decoding: said, as: UTF8.self)) }
    try remove(source)
    return file(name)
  }

  private struct NotInstalled: Error {
    let said: String
  }

  package func permissions(of name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
    return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
  }
}
