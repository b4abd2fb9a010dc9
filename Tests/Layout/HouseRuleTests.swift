import Foundation
import Testing

/// How the sources look, where a test can say it.
@Suite struct HouseRuleTests {
  private static let folders = ["Sources", "Schema", "Client", "Server"]

  private func sources() throws -> [SourceTree.File] {
    try Self.folders.flatMap { try SourceTree.swiftFiles(in: $0) }.filter { !$0.isGenerated }
  }

  @Test func `a file holds one idea, in at most 400 lines`() throws {
    for file in try sources() {
      #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test(arguments: [
    "Manager", "Helper", "Util", "Utils", "Handler", "Base", "Common", "Misc", "Info", "Impl",
    "Wrapper", "Service",
  ])
  func `no type, file or folder has a name that says nothing`(word: String) throws {
    for file in try sources() {
      for part in file.path.split(separator: "/") {
        let stem = part.split(separator: ".").first.map(String.init) ?? ""
        #expect(!stem.hasSuffix(word), "\(file.path)")
      }
      for line in file.lines {
        let words = line.split { !$0.isLetter && !$0.isNumber }
        guard let index = words.firstIndex(where: { declares($0) }), index + 1 < words.count else {
          continue
        }
        #expect(!words[index + 1].hasSuffix(word), "\(file.path): \(line)")
      }
    }
  }

  private func declares(_ word: Substring) -> Bool {
    ["struct", "class", "enum", "protocol", "actor", "typealias"].contains(word)
  }

  @Test(arguments: [
    "@unchecked Sendable", "nonisolated(unsafe)", "try!", "Task.detached", "TODO", "FIXME",
    "fatalError(",
  ])
  func `the sources do without`(words: String) throws {
    for file in try sources() {
      #expect(!file.text.contains(words), "\(file.path) has \(words)")
    }
  }

  @Test func `nothing is public`() throws {
    for file in try sources() {
      for line in file.lines {
        #expect(!line.split(separator: " ").contains("public"), "\(file.path): \(line)")
      }
    }
  }

  @Test func `files end with one line feed and have no spaces at the end of a line`() throws {
    for file in try sources() {
      #expect(file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"), "\(file.path)")
      #expect(!file.text.utf8.contains(UInt8(ascii: "\r")), "\(file.path)")
      for line in file.lines { #expect(line.last != " ", "\(file.path): \(line)") }
    }
  }

  /// A new dependency is a decision: it is named here, and in the design.
  @Test func `the package depends on these and no others`() throws {
    let manifest = try SourceTree.text("Package.swift")
    let names = manifest.split(separator: "\n").compactMap { line -> String? in
      guard line.contains(".package(url:") else { return nil }
      return line.split(separator: "\"").dropFirst().first?.split(separator: "/").last
        .map(String.init)
    }
    #expect(
      names.sorted() == [
        "GRDB.swift", "async-http-client", "hummingbird", "swift-argument-parser", "swift-asn1",
        "swift-certificates", "swift-crypto", "swift-http-types", "swift-log", "swift-nio",
        "swift-nio-extras", "swift-nio-ssl", "swift-protobuf", "swift-service-lifecycle",
      ])
  }
}
