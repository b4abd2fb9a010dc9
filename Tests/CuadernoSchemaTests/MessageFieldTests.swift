import CuadernoSchema
import CuadernoSync
import Foundation
import SwiftProtobuf
import Testing

/// What each message outside pages must hold.
@Suite struct MessageFieldTests {
  @Test func `a hello names a device, a digest and a whole head`() {
    var hello = Hello(
      device: Samples.ana, head: Samples.page.heads[0], frontierDigest: .zero
    ).proto

    hello.head.sequence = 0
    #expect(throws: WireError.sequenceOutOfRange) { try Hello(proto: hello) }
    hello.head.sequence = 1
    hello.head.link = Data()
    #expect(throws: WireError.wrongLength(.link, bytes: 0, expected: 32)) {
      try Hello(proto: hello)
    }
    hello.clearHead()
    hello.frontierDigest = Data(count: 33)
    #expect(throws: WireError.wrongLength(.frontierDigest, bytes: 33, expected: 32)) {
      try Hello(proto: hello)
    }
    hello.device = Data(count: 17)
    #expect(throws: WireError.wrongLength(.device, bytes: 17, expected: 16)) {
      try Hello(proto: hello)
    }
  }

  @Test func `a hello's version is for the hub to judge`() throws {
    let hello = Hello(version: .max, device: Samples.ana, head: nil, frontierDigest: .zero)
    #expect(try Hello(decoding: hello.encode(.protobuf), format: .protobuf) == hello)
  }

  @Test(arguments: [WireFormat.protobuf, .json])
  func `a hello reply says the role where the hub knows of one`(format: WireFormat) throws {
    let reply = HelloReply(frontier: Samples.frontier, milliseconds: 1, role: "coder")
    #expect(try HelloReply(decoding: reply.encode(format), format: format) == reply)

    var long = reply
    long.role = String(repeating: "x", count: 1_025)
    #expect(throws: WireError.self) {
      try HelloReply(decoding: long.encode(format), format: format)
    }
  }

  @Test func `a hello reply says one thing`() {
    var reply = ProtoHelloReply()
    #expect(throws: WireError.missing(.answer)) { try HelloReply(proto: reply) }
    reply.same = false
    #expect(throws: WireError.outOfRange(.answer)) { try HelloReply(proto: reply) }
  }

  @Test func `a hub's clock may stand before 1970`() throws {
    let reply = HelloReply(frontier: nil, milliseconds: -1)
    for format in WireFormat.allCases {
      #expect(try HelloReply(decoding: reply.encode(format), format: format) == reply)
    }
  }

  @Test func `counts that are missing are not taken for zero`() {
    #expect(throws: WireError.missing(.newChanges)) { try PushReply(proto: ProtoPushReply()) }
    #expect(throws: WireError.missing(.remaining)) {
      try PullReply(proto: .with { $0.page = ProtoPage() })
    }
    #expect(throws: WireError.missing(.page)) {
      try PullReply(proto: .with { $0.remaining = 1 })
    }
    #expect(throws: WireError.missing(.page)) { try ChangePage(proto: ProtoPushRequest()) }
    #expect(throws: WireError.missing(.frontier)) {
      try StoreSummary(proto: .with { $0.registers = Data(count: 32) })
    }
  }

  @Test func `counts past 63 bits are refused`() {
    #expect(throws: WireError.outOfRange(.newChanges)) {
      try PushReply(proto: .with { $0.newChanges = 1 << 63 })
    }
  }

  @Test func `counts that no message can hold are held at its ends`() {
    #expect(PushReply(newChanges: -1, digests: Samples.digests).proto.newChanges == 0)
    #expect(PullRequest(frontier: VectorClock(), bytesMax: -1).proto.bytesMax == 0)
  }

  @Test func `a summary has a digest of 32 bytes`() {
    #expect(throws: WireError.wrongLength(.registers, bytes: 0, expected: 32)) {
      try StoreSummary(proto: .with { $0.frontier = ProtoClock() })
    }
  }

  @Test func `joining needs a secret and a device, and names fit a line`() {
    let valid = JoinRequest(
      secret: "s", device: Samples.ana, deviceName: "", study: nil
    ).proto
    func error(_ spoil: (inout ProtoJoinRequest) -> Void) -> WireError? {
      var proto = valid
      spoil(&proto)
      return #expect(throws: WireError.self) { try JoinRequest(proto: proto) }
    }

    #expect(error { $0.secret = "" } == .missing(.secret))
    #expect(error { $0.device = Data() } == .wrongLength(.device, bytes: 0, expected: 16))
    #expect(error { $0.study = Data([1]) } == .wrongLength(.study, bytes: 1, expected: 16))
    #expect(error { $0.deviceName = "a\0" } == .nulInText)
    #expect(
      error { $0.deviceName = String(repeating: "ñ", count: 513) }
        == .tooLong(.deviceName, bytes: 1_026, limit: 1_024))
  }

  @Test func `a reply to joining needs a study, a token and a role`() {
    let valid = JoinReply(study: Samples.study, token: "t", member: "", role: "r").proto
    func error(_ spoil: (inout ProtoJoinReply) -> Void) -> WireError? {
      var proto = valid
      spoil(&proto)
      return #expect(throws: WireError.self) { try JoinReply(proto: proto) }
    }

    #expect(error { $0.study = Data() } == .wrongLength(.study, bytes: 0, expected: 16))
    #expect(error { $0.token = "" } == .missing(.token))
    #expect(error { $0.role = "" } == .missing(.role))
    #expect(error { $0.member = "\0" } == .nulInText)
  }

  @Test(arguments: Problem.Code.allCases, WireFormat.allCases)
  func `a problem of every code comes back`(code: Problem.Code, format: WireFormat) throws {
    let problem = Problem(code, "what happened; what to do")
    #expect(try Problem(decoding: problem.encode(format), format: format) == problem)
  }

  @Test func `a problem has a code that is known and a message that is not endless`() {
    #expect(throws: WireError.unknownProblemCode) {
      try Problem(proto: .with { $0.message = "m" })
    }
    #expect(throws: WireError.missing(.message)) { try Problem(proto: .with { $0.code = "gap" }) }
    #expect(throws: WireError.tooLong(.message, bytes: 4_097, limit: 4_096)) {
      try Problem(
        proto: .with {
          $0.code = "gap"
          $0.message = String(repeating: "m", count: 4_097)
        })
    }
  }
}
