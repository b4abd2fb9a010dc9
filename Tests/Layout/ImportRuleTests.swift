import Testing

/// The architecture, as a test: what each room may import.
@Suite struct ImportRuleTests {
  private static let system: Set = ["Glibc", "Musl", "Darwin"]

  private static let rooms: [(folder: String, allowed: Set<String>)] = [
    ("Sources/CuadernoModel", []),
    ("Sources/CuadernoText", []),
    ("Sources/CuadernoSync", ["Crypto", "Synchronization"]),
    (
      "Schema",
      ["CuadernoSync", "CZstd", "SwiftProtobuf", "Foundation", "FoundationEssentials"]
    ),
    (
      "Sources/CuadernoLog",
      ["CuadernoSync", "CuadernoSchema", "CSQLite", "Foundation", "GRDB", "GRDBSQLite"]
    ),
    (
      "Sources/CuadernoNotebook",
      [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoSchema", "CuadernoLog", "Crypto",
        "Foundation", "Dispatch", "FoundationEssentials", "GRDB", "SwiftProtobuf",
        "Synchronization",
      ]
    ),
    (
      "Sources/CuadernoExchange",
      [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoNotebook", "CChild", "CSQLite",
        "CXML2", "CXlsxWriter", "CZip", "Crypto", "Foundation", "Synchronization", "Dispatch",
      ]
    ),
    (
      "Sources/CuadernoAnalysis",
      ["CuadernoModel", "CuadernoSync", "CuadernoNotebook", "Foundation"]
    ),
    (
      "Sources/CuadernoPostgreSQL",
      ["CuadernoSync", "CuadernoLog", "CPostgreSQL", "Dispatch", "Synchronization"]
    ),
    (
      "Sources/CuadernoLedger",
      [
        "CuadernoSync", "CuadernoSchema", "CuadernoLog", "CuadernoPostgreSQL", "Crypto",
        "Foundation", "GRDB", "Synchronization",
      ]
    ),
    (
      "Client",
      [
        "CuadernoModel", "CuadernoText", "CuadernoSync", "CuadernoSchema", "CuadernoNotebook",
        "CuadernoExchange", "CuadernoAnalysis", "CuadernoClient", "ArgumentParser",
        "AsyncHTTPClient", "Foundation", "NIOCore", "NIOFoundationCompat", "NIOHTTP1", "NIOPosix",
        "NIOSSL", "Synchronization",
      ]
    ),
    (
      "Server",
      [
        "CuadernoModel", "CuadernoSync", "CuadernoSchema", "CuadernoLedger", "CuadernoServer",
        "ArgumentParser", "Crypto", "Foundation", "HTTPTypes", "Hummingbird", "HummingbirdCore",
        "Logging", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
        "NIOSSL", "ServiceLifecycle", "SwiftASN1", "Synchronization", "UnixSignals", "X509",
      ]
    ),
  ]

  @Test(arguments: rooms.indices)
  func `a room imports only what it may`(index: Int) throws {
    let (folder, allowed) = Self.rooms[index]
    let files = try SourceTree.swiftFiles(in: folder)
    #expect(!files.isEmpty, "\(folder) has no source")
    for file in files {
      for (number, line) in file.lines.enumerated() {
        guard let module = importedModule(line) else { continue }
        #expect(
          allowed.union(Self.system).contains(module), "\(file.path):\(number + 1): \(line)")
      }
    }
  }

  @Test func `every folder with sources is a room`() throws {
    let sources = try Set(
      SourceTree.swiftFiles(in: "Sources").map { file in
        file.path.split(separator: "/").prefix(2).joined(separator: "/")
      })
    #expect(sources.isSubset(of: Set(Self.rooms.map(\.folder))))
  }

  /// The guard, tried on what it must catch.
  @Test(arguments: [
    ("import GRDB", "GRDB"),
    ("package import CuadernoNotebook", "CuadernoNotebook"),
    ("@testable import CuadernoText", "CuadernoText"),
    ("@preconcurrency public import GRDB", "GRDB"),
    ("  import struct Foundation.Data", "Foundation"),
    ("import Foundation.NSDate", "Foundation"),
    ("internal import func Glibc.open", "Glibc"),
  ])
  func `an import is seen in every spelling`(line: String, module: String) {
    #expect(importedModule(Substring(line)) == module)
  }

  @Test(arguments: ["// import GRDB", "let important = 1", "/// import it", "importGRDB()"])
  func `what is no import is none`(line: String) {
    #expect(importedModule(Substring(line)) == nil)
  }
}
