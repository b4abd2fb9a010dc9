import CuadernoSchema
import CuadernoSync
import HummingbirdTesting
import Testing

extension ServerFixture {
  /// Sends a request that must be refused, in both formats.
  func expect(
    _ code: Problem.Code, status: Int,
    _ request: @Sendable (any TestClientProtocol, WireFormat) async throws -> RawAnswer,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try await state()
    let answers = try await withServer { client async throws in
      var answers = [RawAnswer]()
      for format in WireFormat.allCases { answers.append(try await request(client, format)) }
      return answers
    }
    for answer in answers {
      #expect(answer.problem?.code == code, sourceLocation: sourceLocation)
      #expect(answer.status == status, sourceLocation: sourceLocation)
      #expect(answer.problem?.message.isEmpty == false, sourceLocation: sourceLocation)
    }
    #expect(try await state() == before, sourceLocation: sourceLocation)
  }
}
