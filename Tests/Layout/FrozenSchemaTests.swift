import Crypto
import Foundation
import Testing

/// Released SQL never changes: a database in the field was made with it.
@Suite struct FrozenSchemaTests {
  /// While version 1 is unreleased, a change of it is a change of the hash here too, so that it is
  /// never an accident.
  private static let hashes: [String: String] = [
    "changes-v1.sql": "c056891dc2125965b8021a7371dcf6e4871a2bb71314273da3823ddde5dfe622",
    "ledger-postgresql-v1.sql": "8b9c43b79cf864477e959df7826aafd6e592d0179abf4b2756be7f6668ad1791",
    "ledger-v1.sql": "081062f1b43f5b4e488726e30d7f6ff6b08ab578e60185d56cebb9dfdbffe1c8",
    "log-v1.sql": "f138105f7b20e7f24e2e6a75ae2e9bd0b2ab11b466df688ee6bfe192a5521a87",
    "view-v1.sql": "faf9aa789c7950a8d72197f95412a87dad3a4a479e610283e2e809e44870b3b5",
  ]

  @Test func `every file of SQL is as it was`() throws {
    let folder = SourceTree.root.appendingPathComponent("Schema/sql")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)

    #expect(names.sorted() == Self.hashes.keys.sorted())
    for name in names {
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      let hash = SHA256.hash(data: data).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }.joined()
      #expect(hash == Self.hashes[name], "\(name) has changed: \(hash)")
    }
  }

  @Test(arguments: [
    ("Schema/sync.proto", "Schema/sync.pb.swift"),
    (
      "Sources/CuadernoNotebook/Payload/payload.proto",
      "Sources/CuadernoNotebook/Payload/payload.pb.swift"
    ),
  ])
  func `the generated Swift is that of its messages`(proto: String, swift: String) throws {
    let hash = SHA256.hash(data: Data(try SourceTree.text(proto).utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()

    #expect(try SourceTree.text(swift).contains("SHA-256: \(hash)"), "run `make proto`")
  }
}
