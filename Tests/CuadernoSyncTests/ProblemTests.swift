import CuadernoSync
import Testing

@Suite struct ProblemTests {
  @Test func `the codes of problems are kept`() {
    #expect(
      Problem.Code.allCases.map(\.rawValue) == [
        "bad-message", "unsupported-media", "too-large", "unsupported-version", "unauthenticated",
        "forbidden", "unknown-study", "unknown-route", "other-study", "invite-refused",
        "device-taken", "gap", "context-ahead", "invalid-change", "damaged-page", "forked-chain",
        "clock-ahead", "base-missing", "limit-reached", "bad-request", "too-slow",
        "too-many-requests", "storage-full", "busy", "failed",
      ])
  }

  @Test func `every fault of a page goes over the wire under its code`() {
    let dot = Dot(device: DeviceID(rawValue: 1), sequence: 1)
    let faults: [(PageFault, Problem.Code)] = [
      (.invalid(.fieldsNotSorted, dot), .invalidChange),
      (.payloadTooLong(bytes: 1, dot), .invalidChange),
      (.saltLength(bytes: 1, dot), .invalidChange),
      (.tooManyChanges(1), .tooLarge), (.gap(dot, expected: 1), .gap),
      (.contextAhead(dot), .contextAhead), (.tooManyDevices(1), .limitReached),
      (.headsDoNotMatch(dot.device), .invalidChange), (.damaged(dot), .damagedPage),
      (.forked(dot), .forkedChain),
    ]

    for (fault, code) in faults {
      #expect(Problem(fault) == Problem(code, fault.description))
    }
  }

  @Test func `a hub's error is a sentence`() {
    #expect(
      HubError.unreachable(reason: "connection refused").description
        == "hub cannot be reached: connection refused; everything is kept here, so try again when there is "
        + "a network")
    #expect(HubError.refused(Problem(.busy, "try later")).description == "try later")
    #expect(
      HubError.unreadable(reason: "not compressed").description
        == "hub's answer cannot be read: not compressed")
  }
}
