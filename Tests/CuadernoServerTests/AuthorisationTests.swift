import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Who may ask what: whatever is not let through is refused in words that tell nothing.
@Suite struct AuthorisationTests {
  @Test(
    arguments: [
      nil, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer x", "Bearer a b", "bearer",
      "Token 0123456789012345678901234567890123456789012",
    ] as [String?])
  func `a request without a token that is known is refused at every step`(
    authorization: String?
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    for step in ["hello", "push", "pull", "verify"] {
      try await fixture.expect(.unauthenticated, status: 401) { client, format in
        var headers: HTTPFields = [
          .contentType: "application/protobuf", .accept: format.contentType,
        ]
        headers[.authorization] = authorization
        let answer = try await client.send(
          .post, "/v1/studies/\(device.study)/\(step)", body, headers: headers)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
        return answer
      }
    }
  }

  @Test func `a revoked device is refused from the next request on`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    try await fixture.withServer { client async throws in
      #expect(try await client.ask("push", as: device, body).status == 200)
      let study = try await fixture.ledger.study(matching: "Alto Huallaga")
      try await fixture.ledger.revoke(try await fixture.ledger.device(matching: "00", of: study))
    }
    for step in ["hello", "push", "pull", "verify"] {
      try await fixture.expect(.unauthenticated, status: 401) { client, format in
        try await client.ask(step, as: device, body, headers: [.accept: format.contentType])
      }
    }
  }

  @Test func `a study that is another's and one that does not exist have the same answer`()
    async throws
  {
    let fixture = try ServerFixture()
    let mine = try await fixture.enrolled()
    let theirs = try await fixture.enrolled(in: "Monzón", for: "Luis")
    let studies = [
      theirs.study, "00000000000000000000000000000000", "zz", "", String(mine.study.dropLast()),
      mine.study + "0", "\(mine.study.prefix(8))-\(mine.study.dropFirst(8))",
    ]
    let body = await (try sampleNotebook()).everything.encode(.protobuf)
    for study in studies {
      for step in ["hello", "push", "pull", "verify"] {
        try await fixture.expect(.unknownStudy, status: 404) { client, format in
          try await client.ask(
            step, as: Enrolled(token: mine.token, study: study), body,
            headers: [.accept: format.contentType])
        }
      }
    }
    let answers = try await fixture.withServer { client async throws in
      var answers = [[UInt8]]()
      for study in studies {
        let other = Enrolled(token: mine.token, study: study)
        answers.append(try await client.ask("verify", as: other).bytes)
      }
      return answers
    }
    #expect(Set(answers).count == 1)
  }

  @Test func `an id in capital letters is the same id`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer { client async throws in
      let capital = Enrolled(token: device.token, study: device.study.uppercased())
      let answer = try await client.ask("verify", as: capital)
      #expect(answer.status == 200)
    }
  }

  @Test func `an invite that cannot be used, a study that is another and a device that is there`()
    async throws
  {
    let fixture = try ServerFixture()
    _ = try await fixture.enrolled(0xd)
    let secret = try await fixture.invite()
    let other = StudyID(rawValue: 7)
    for (code, status, request) in [
      (
        Problem.Code.inviteRefused, 403,
        JoinRequest(secret: "AAAA", device: DeviceID(1), deviceName: "", study: nil)
      ),
      (
        .otherStudy, 409,
        JoinRequest(secret: secret, device: DeviceID(1), deviceName: "", study: other)
      ),
      (
        .deviceTaken, 409,
        JoinRequest(secret: secret, device: DeviceID(0xd), deviceName: "", study: nil)
      ),
    ] {
      try await fixture.expect(code, status: status) { client, format in
        try await client.join(request, format: format)
      }
    }
    fixture.clock.advance(hours: 72)
    try await fixture.expect(.inviteRefused, status: 403) { client, format in
      try await client.join(
        JoinRequest(secret: secret, device: DeviceID(1), deviceName: "", study: nil), format: format
      )
    }
  }
}
