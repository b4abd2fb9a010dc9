import CuadernoTestSupport
import Foundation
import Testing

/// The session by hand of WIRE.md, typed as it stands there.
@Suite struct CurlExampleTests {
  private struct Example {
    let commands: String
    let answer: String
  }

  private static let schema = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Schema")

  private static let hasCurl = ["curl", "basenc"].allSatisfy { name in
    ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  @Test(.enabled(if: hasCurl, "curl is not installed, so the examples of WIRE.md were not run"))
  func `the curl examples of WIRE.md are answered as they say`() throws {
    let scratch = try ScratchFolder()
    let server = try TeamServer(in: scratch)
    try server.administer("study", "create", "Huallaga")
    let invite = try server.invite("Ana", to: "Huallaga", as: "owner")
    let examples = try Self.examples()
    try #require(examples.count > 6)

    let answers = try run(examples.map(\.commands), hub: server.address, invite: invite, scratch)

    try #require(answers.count == examples.count)
    for (answer, example) in zip(answers, examples) {
      #expect(
        matches(answer, example.answer),
        "\(example.commands)is answered \(answer), and WIRE.md says \(example.answer)")
    }
    #expect(try server.changes(of: "Huallaga") == 4)
  }

  /// Each block of commands with the answer that stands after it.
  private static func examples() throws -> [Example] {
    let text = try String(contentsOf: schema.appendingPathComponent("WIRE.md"), encoding: .utf8)
    let blocks = text.split(separator: "\n```", omittingEmptySubsequences: false)
    let indexes = blocks.indices.filter { blocks[$0].hasPrefix("sh\n") }
    return try indexes.map { index in
      let answer = try #require(blocks.indices.contains(index + 2) ? blocks[index + 2] : nil)
      try #require(answer.hasPrefix("json\n"), "an answer in JSON follows each example in WIRE.md")
      return Example(
        commands: blocks[index].dropFirst(3) + "\n", answer: String(answer.dropFirst(5)))
    }
  }

  /// Runs the blocks one after the other in one shell, and answers what each printed.
  private func run(
    _ blocks: [String], hub: String, invite: String, _ scratch: ScratchFolder
  ) throws -> [String] {
    let folder = scratch.file("by-hand")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: Self.schema.appendingPathComponent("vectors").path, toPath: folder + "/vectors")
    let secret = invite.split(separator: "#").last.map { $0.prefix { $0 != "." } } ?? ""
    let output = Pipe()
    let shell = try ChildProgram(
      "/bin/bash", ["-eu", "-o", "pipefail", "-c", blocks.joined(separator: "printf '\\036'\n")],
      environment: ["PATH": "/usr/bin:/bin", "HUB": hub, "SECRET": String(secret)], in: folder,
      output: .handle(output.fileHandleForWriting), errors: .inherited)
    try output.fileHandleForWriting.close()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    #expect(shell.waitUntilExit() == 0)
    return bytes.split(separator: 0x1e, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether an answer is as expected, where `…` stands for anything.
  private func matches(_ answer: String, _ expected: String) -> Bool {
    let parts = expected.components(separatedBy: "…")
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return answer == expected
    }
    guard answer.hasPrefix(first), answer.hasSuffix(last) else { return false }
    var rest = Substring(answer.dropFirst(first.count))
    for part in parts.dropFirst() {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
