import Foundation
import Logging
import Testing

@testable import CuadernoServer

@Suite struct JSONLinesTests {
  @Test func `a line of the log is one JSON object, whatever is in it`() throws {
    let line = JSONLines.line(
      at: Date(timeIntervalSince1970: 1_700_000_000.25), .notice, "a \"b\"\n\u{1b}[31m",
      ["ms": .stringConvertible(12), "route": "push", "list": .array(["x", "y\n"])])
    #expect(
      line
        == #"{"time":"2023-11-14T22:13:20.250Z","level":"notice","message":"a \"b\"\n\u001b[31m","list":"[\"x\", \"y\\n\"]","ms":12,"route":"push"}"#
        + "\n")
    #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    #expect(line.filter { $0 == "\n" }.count == 1)
  }
}
