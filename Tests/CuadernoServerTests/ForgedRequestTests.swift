import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import HTTPTypes
import HummingbirdTesting
import Testing

/// Tokens that nobody was given, paths that climb, and bodies that are small only until they are read.
@Suite struct ForgedRequestTests {
  @Test func `no token but the one that was given out is taken`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let other = try await fixture.enrolled(0xE, in: "Monzón", for: "Luis")
    let token = device.token
    let changed = token.indices.map { index in
      var changed = Array(token)
      changed[token.distance(from: token.startIndex, to: index)] = token[index] == "A" ? "B" : "A"
      return String(changed)
    }
    let forged =
      changed + [
        String(token.dropLast()), String(token.dropFirst()), token + "A", token + "=",
        token + token,
        token.uppercased(), token.lowercased(), String(token.reversed()),
        token.replacing("-", with: "+").replacing("_", with: "/") + "=",
        // What lies in the ledger, for somebody who has read a backup.
        "\(Digest(hashing: Array(token.utf8)))", "' OR 1=1 --", "*", "null",
        String(repeating: "A", count: 8_000),
      ]
    let before = try await fixture.state()
    try await fixture.withServer { client async throws in
      for forged in forged where forged != token {
        let answer = try await client.ask(
          "verify", as: Enrolled(token: forged, study: device.study))
        #expect(answer.status == 401, "\(forged.prefix(60))")
        #expect(answer.problem?.code == .unauthenticated)
      }
      // Another's token is one that was given out, and for nothing here.
      let answer = try await client.ask(
        "verify", as: Enrolled(token: other.token, study: device.study))
      #expect(answer.status == 404)
      #expect(try await fixture.state() == before)
      #expect(try await client.ask("verify", as: device).status == 200)
    }
  }

  @Test func `what was recorded and is sent again changes nothing, and nothing after revoking`()
    async throws
  {
    let fixture = try ServerFixture()
    let secret = try await fixture.invite()
    let join = JoinRequest(secret: secret, device: DeviceID(0xD), deviceName: "", study: nil)
    let page = await (try sampleNotebook()).everything.encode(.protobuf)
    try await fixture.withServer { client async throws in
      let reply = try await client.join(join).message(JoinReply.self)
      let device = Enrolled(token: reply.token, study: reply.study.description)
      #expect(
        try await client.ask("push", as: device, page).message(PushReply.self).newChanges == 6)
      let before = try await fixture.state()
      #expect(
        try await client.ask("push", as: device, page).message(PushReply.self).newChanges == 0)
      // Somebody who listened uses the invite again, as the same device and as another.
      for number: UInt64 in [0xD, 0xF] {
        let again = JoinRequest(
          secret: secret, device: DeviceID(number), deviceName: "", study: nil)
        #expect(try await client.join(again).problem?.code == .inviteRefused)
      }
      #expect(try await fixture.state() == before)
      let study = try await fixture.ledger.study(matching: "Alto Huallaga")
      try await fixture.ledger.revoke(try await fixture.ledger.device(matching: "00", of: study))
      for step in ["hello", "push", "pull", "verify"] {
        #expect(try await client.ask(step, as: device, page).status == 401)
      }
    }
  }

  @Test(arguments: [
    "/v1/studies/../../etc/passwd/hello", "/v1/studies/%2e%2e/hello", "/v1/studies/..%2f/push",
    "/v1//join", "//v1/join", "/v1/join/", "/v1/join/.", "/v1/./join", "/V1/join", "/v1/Join",
    "/v1/join%00", "/v1/join;x=1", "/v1\\join", "/%76%31/join", "/v1/studies//hello/x",
    "/v1/studies/a/hello/", "/.git/config", "/ledger.sqlite", "/key.pem", "/..%5c..%5ckey.pem",
  ])
  func `a path that climbs, or is spelled otherwise, leads nowhere`(path: String) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    try await fixture.withServer { client async throws in
      for method: HTTPRequest.Method in [.get, .post] {
        let answer = try await client.send(
          method, path, nil, headers: [.authorization: "Bearer \(device.token)"])
        #expect([404, 405].contains(answer.status))
        #expect([.unknownRoute, .unknownStudy].contains(answer.problem?.code))
      }
    }
  }

  @Test(arguments: ["join", "hello", "push", "pull"])
  func `JSON that is 100,000 levels deep is refused wherever it is sent`(step: String) async throws
  {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    // As deep as a body of the step may be long.
    let bytes = step == "join" ? 60_000 : .max
    let bodies = [
      String(repeating: "[", count: min(100_000, bytes)),
      String(repeating: #"{"page":"#, count: min(100_000, bytes / 8)),
      #"{"frontier":"# + String(repeating: "[", count: min(100_000, bytes / 2))
        + String(repeating: "]", count: min(100_000, bytes / 2)) + "}",
    ]
    try await fixture.withServer { client async throws in
      for body in bodies {
        let headers: HTTPFields = [
          .contentType: "application/json", .authorization: "Bearer \(device.token)",
        ]
        let path = step == "join" ? "/v1/join" : "/v1/studies/\(device.study)/\(step)"
        let answer = try await client.send(.post, path, Array(body.utf8), headers: headers)
        #expect(answer.status == 400)
        #expect(answer.problem?.code == .badMessage)
        // And so it is when it comes as some hundred bytes.
        var compressed = headers
        compressed[.contentEncoding] = "zstd"
        let frame = Compression.compress(Array(body.utf8))
        #expect(
          try await client.send(.post, path, frame, headers: compressed).status == 400)
      }
    }
  }

  @Test func `a frame that does not say how much it holds is cut at the limit`() async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    // RFC 8878, section 3.1.1: no checksum, no content size, a window of 8 MiB; then blocks that
    // repeat one byte 128 KiB times, of which 400 are 50 MiB.
    let header: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68]
    let block = { (last: UInt32) -> [UInt8] in
      let header = UInt32(128 << 10) << 3 | 1 << 1 | last
      return [
        UInt8(truncatingIfNeeded: header), UInt8(truncatingIfNeeded: header >> 8),
        UInt8(truncatingIfNeeded: header >> 16), 0x20,
      ]
    }
    let frame = header + (0..<399).flatMap { _ in block(0) } + block(1)
    try await fixture.withServer { client async throws in
      for format in WireFormat.allCases {
        let answer = try await client.ask(
          "push", as: device, frame, format: format, headers: [.contentEncoding: "zstd"])
        #expect(answer.status == 413)
        #expect(answer.problem?.code == .tooLarge)
      }
      // The same many bytes in an encoding that is not read at all.
      let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + frame
      let answer = try await client.ask(
        "push", as: device, gzip, headers: [.contentEncoding: "gzip"])
      #expect(answer.problem?.code == .unsupportedMedia)
    }
  }
}
