import CuadernoSchema
import CuadernoSync
import Foundation
import Testing

/// What stands in two places stands there alike.
@Suite struct WireDocumentTests {
  @Test func `WIRE.md lists every problem code with its status`() throws {
    let listed = try Golden.text("WIRE.md").split(separator: "\n").compactMap(codeAndStatus)

    #expect(listed.map(\.code) == Problem.Code.allCases.map(\.rawValue))
    for (code, status) in listed {
      #expect(Problem.Code(rawValue: code)?.httpStatus == status, "\(code)")
    }
  }

  /// A row of the table that begins "| `gap` | 409 |".
  private func codeAndStatus(_ line: Substring) -> (code: String, status: Int)? {
    let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    guard cells.count > 2, cells[0].hasPrefix("`"), let status = Int(cells[1]) else { return nil }
    guard (400..<600).contains(status) else { return nil }
    return (cells[0].filter { $0 != "`" }, status)
  }

  @Test(arguments: [
    ("a payload", WireLimits.payloadBytes), ("a page", WireLimits.pageBytes),
    ("the smallest page", WireLimits.pageBytesMin),
    ("a message in protobuf", WireFormat.protobuf.messageBytes),
    ("a message in JSON", WireFormat.json.messageBytes),
    ("changes in a page", WireLimits.pageChanges), ("devices in a clock", WireLimits.clockDevices),
    ("fields in a change", WireLimits.changeFields), ("a field's key", WireLimits.keyBytes),
    ("a salt", WireLimits.saltBytes), ("bases of a page", WireLimits.pageBases),
    ("bytes of their payloads", WireLimits.pageBaseBytes),
  ])
  func `WIRE.md lists the limits that the code has`(name: String, limit: Int) throws {
    let row = try #require(
      try Golden.text("WIRE.md").split(separator: "\n").first { $0.hasPrefix("| \(name) |") })
    let number = row.split(separator: "|")[1].filter(\.isNumber)
    #expect(Int(number) == limit)
  }

  @Test func `WIRE.md lists the limits of a bundle`() throws {
    let text = try Golden.text("WIRE.md")
    #expect(text.contains("at most 131,072 |"))
    #expect(BundleLayout.headerBytesMax == 131_072)
    #expect(text.contains("at most 17,179,869,184 bytes"))
    #expect(BundleLayout.fileBytesMax == 17_179_869_184)
    #expect(text.contains("at most 5,439,488 |"))
    #expect(WireLimits.messageBytes == 5_439_488)
  }

  @Test func `the generated code is of this sync.proto`() throws {
    let digest = Digest(hashing: Array(try Golden.text("sync.proto").utf8))
    let lastLine = try Golden.text("sync.pb.swift").split(separator: "\n").last
    #expect(
      lastLine == "// sync.proto SHA-256: \(digest)",
      "run `make proto` and commit what it writes")
  }

  @Test func `content types are known with parameters and in any case`() {
    #expect(WireFormat(contentType: "application/protobuf") == .protobuf)
    #expect(WireFormat(contentType: "Application/JSON; charset=utf-8") == .json)
    #expect(WireFormat(contentType: " application/json ;q=1") == .json)
    #expect(WireFormat(contentType: "text/json") == nil)
    #expect(WireFormat(contentType: "application/json-patch") == nil)
    #expect(WireFormat(contentType: "") == nil)
  }
}
