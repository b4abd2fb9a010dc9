import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoNotebook

/// Lists as a view holds them.
@Suite struct ColumnListTests {
  private static let pieces = [
    "es", "qu", "", "ñ", "\"", "\\", "/", "\u{1}", "\n", "[", "]", ",", "🌱",
  ]

  @Test(arguments: Seeds.upTo(200))
  func `a list of any entries is read as it was written`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let entries = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Self.pieces.randomElement(using: &random) ?? ""
      }.joined()
    }
    #expect(Columns.list(Columns.list(entries)) == entries, "\(Seeds.replay(seed))")
  }

  @Test(arguments: [
    "", "[", "[\"", "[\"]", "[\"a", "\"a\"", "[\"a\" , \"b\"]", "[\"a\nb\"]", "[\"\\u00e9\"]",
  ])
  func `what is no list, or is written in another way, is read as a decoder reads it`(json: String)
  {
    let decoded = (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    #expect(Columns.list(json) == decoded)
  }
}
