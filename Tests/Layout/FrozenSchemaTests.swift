import Crypto
import Foundation
import Testing

/// Released SQL never changes: a database in the field was made with it.
@Suite struct FrozenSchemaTests {
  /// While version 1 is unreleased, a change of it is a change of the hash here too, so that it is
  /// never an accident.
  private static let hashes: [String: String] = [
    "changes-v1.sql": "13270791fd177a085a38dc12d1e36277bb85057a98fc20c71346a197ace1076d",
    "ledger-v1.sql": "85b0da7bba75ddc838dc4605b3b536e026a9af1d108a5dd1ca0c82f495547cb4",
    "log-v1.sql": "458d19de43a22365bb403fdb4141631b8b7ddebc966a09ce2865d25ae7d6e114",
    "view-v1.sql": "a265645762a995fe032202742b44b65fce322476b996757bc9660d938b3a178b",
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
