import CuadernoSchema
import CuadernoSync
import Foundation
import HTTPTypes
import Testing

@testable import CuadernoServer

/// `Schema/openapi.json` names every route, method and problem that there is, and no other.
@Suite struct OpenAPIRouteTests {
  private let document: [String: Any]
  private let paths: [String: [String: Any]]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Schema/openapi.json")
    document = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    paths = try #require(document["paths"] as? [String: [String: Any]])
  }

  private static let methods = [
    "get", "head", "post", "put", "delete", "patch", "options", "trace",
  ]

  @Test func `every route and method is described, and no other`() throws {
    var described = [Route: Set<String>]()
    for (path, item) in paths {
      let study = String(repeating: "0", count: 32)
      let found = Route.at(target: path.replacing("{study}", with: study))
      guard let route = found?.route else {
        Issue.record("\(path) stands in Schema/openapi.json and the server has no such route")
        continue
      }
      described[route] = Set(item.keys.filter(Self.methods.contains))
    }
    for route in Route.allCases {
      let methods = Set(route.methods.map { $0.rawValue.lowercased() })
      #expect(
        described[route] == methods,
        "describe \(methods.sorted()) of the route \(route.name) under paths of Schema/openapi.json"
      )
    }
  }

  /// Each answer of each operation: its status, and the codes that it may have.
  private func answers() throws -> [(operation: String, status: String, codes: [String])] {
    try paths.flatMap { path, item in
      try item.filter { Self.methods.contains($0.key) }.flatMap { method, operation in
        let operation = try #require(operation as? [String: Any])
        let responses = try #require(operation["responses"] as? [String: [String: Any]])
        return try responses.map { status, response in
          ("\(method) \(path)", status, try codes(in: response))
        }
      }
    }
  }

  private func codes(in response: [String: Any]) throws -> [String] {
    var response = response
    if let reference = response["$ref"] as? String {
      let name = try #require(reference.split(separator: "/").last)
      let components = try #require(document["components"] as? [String: Any])
      let responses = try #require(components["responses"] as? [String: [String: Any]])
      response = try #require(responses[String(name)], "\(reference) leads nowhere")
    }
    let content = response["content"] as? [String: [String: Any]]
    let schema = content?["application/json"]?["schema"] as? [String: Any]
    let parts = schema?["allOf"] as? [[String: Any]] ?? []
    return parts.flatMap { part in
      let properties = part["properties"] as? [String: [String: Any]]
      return properties?["code"]?["enum"] as? [String] ?? []
    }
  }

  @Test func `every problem has its place and its status in the description`() throws {
    let answers = try answers()
    for code in Problem.Code.allCases {
      let statuses = Set(answers.filter { $0.codes.contains(code.rawValue) }.map(\.status))
      // An address that has other methods says so with the one code that there is for addresses.
      let expected =
        ["\(code.httpStatus)"] + (code == .unknownRoute ? ["405"] : [])
        // A head that is too large has a status of its own (RFC 6585, section 5).
        + (code == .tooLarge ? ["431"] : [])
      #expect(
        statuses == Set(expected),
        """
        name \(code.rawValue) in an answer of status \(code.httpStatus), under components.responses \
        or at the operations that give it, and in the enum of Problem in Schema/openapi.json
        """)
    }
    let known = Set(Problem.Code.allCases.map(\.rawValue))
    for answer in answers {
      #expect(Set(answer.codes).isSubset(of: known), "\(answer.operation) \(answer.status)")
      #expect(
        answer.status == "200" || !answer.codes.isEmpty || answer.operation.hasSuffix("/health"),
        "\(answer.operation) \(answer.status) names no problem")
    }
  }

  @Test func `a route asks for a token where the description says so`() throws {
    for (path, item) in paths {
      for (method, operation) in item where Self.methods.contains(method) {
        let isOpen = ((operation as? [String: Any])?["security"] as? [Any])?.isEmpty ?? false
        let route = Route.at(target: path.replacing("{study}", with: "0"))?.route
        guard case .study = route else {
          #expect(isOpen, "\(method) \(path)")
          continue
        }
        #expect(!isOpen, "\(method) \(path)")
      }
    }
  }
}
