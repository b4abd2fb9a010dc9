import Foundation

/// The repository's own files, found from where this one lies.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct File {
    /// Below the root, such as `Sources/CuadernoSync/Clock.swift`.
    let path: String
    let text: String

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    /// What a generator made, which keeps no rule of the house.
    var isGenerated: Bool { path.hasSuffix(".pb.swift") }
  }

  static func swiftFiles(in folder: String) throws -> [File] {
    let url = root.appendingPathComponent(folder)
    let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
      File(
        path: "\(folder)/\(name)",
        text: try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8))
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}

/// The module that a line imports; nil when it imports none.
func importedModule(_ line: Substring) -> String? {
  var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
  while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) {
    words.removeFirst()
  }
  guard words.first == "import" else { return nil }
  words.removeFirst()
  // `import struct Foundation.Data` names a declaration of a module.
  if let word = words.first, declarationKinds.contains(String(word)) { words.removeFirst() }
  return words.first.flatMap { $0.split(separator: ".").first }.map(String.init)
}

private let accessLevels: Set = [
  "public", "package", "internal", "fileprivate", "private",
]
private let declarationKinds: Set = [
  "struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor",
]
