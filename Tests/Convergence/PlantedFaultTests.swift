import Foundation
import Testing

/// The faults that are planted to try the simulator: whether each still fits the code that it breaks.
@Suite struct PlantedFaultTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let patches =
    (try? FileManager.default.contentsOfDirectory(
      at: root.appendingPathComponent("Tests/Convergence/planted"),
      includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "patch" }.sorted { $0.path < $1.path }) ?? []

  @Test func `there are more than ten of them`() {
    #expect(Self.patches.count > 10)
  }

  @Test(arguments: patches)
  func `a planted fault fits the code that it breaks`(patch: URL) throws {
    let lines = try String(contentsOf: patch, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let path = try #require(lines.first { $0.hasPrefix("--- a/") }?.dropFirst(6))
    let source = try String(
      contentsOf: Self.root.appendingPathComponent(String(path)), encoding: .utf8)
    var before = [String]()
    for line in lines.drop(while: { !$0.hasPrefix("@@") }).dropFirst()
    where line.hasPrefix(" ") || line.hasPrefix("-") {
      before.append(String(line.dropFirst()))
    }

    // As often as once, since a fault in the wrong place would be another one.
    let name = patch.lastPathComponent
    #expect(
      source.components(separatedBy: before.joined(separator: "\n")).count == 2,
      "\(name): \(path) has moved on; make the patch again")
  }
}
