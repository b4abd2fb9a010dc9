import CuadernoSchema
import CuadernoSync
import SwiftProtobuf
import Testing

/// A message with its golden files, whatever its type.
struct Sample: Sendable, CustomTestStringConvertible {
  /// The name of the files in Schema/vectors.
  let name: String

  /// The name that the message has in sync.proto.
  let message: String
  let encode: @Sendable (WireFormat) -> [UInt8]

  /// Whether bytes decode to this value; throws what the decoder throws.
  let isDecoded: @Sendable ([UInt8], WireFormat) throws(WireError) -> Bool

  init<Message: WireMessage & Hashable>(_ name: String, _ value: Message) {
    self.name = name
    message = String(Message.Proto.protoMessageName.split(separator: ".").last ?? "")
    encode = { value.encode($0) }
    isDecoded = { (bytes, format) throws(WireError) in
      try Self.decode(bytes, format, as: value) == value
    }
  }

  private static func decode<Message: WireMessage>(
    _ bytes: [UInt8], _ format: WireFormat, as _: Message
  ) throws(WireError) -> Message {
    try Message(decoding: bytes, format: format)
  }

  var testDescription: String { name }

  static let all = [
    Sample(
      "hello",
      Hello(
        device: Samples.ana, head: Samples.page.heads[0],
        frontierDigest: Samples.frontier.digest)),
    Sample(
      "hello-first",
      Hello(device: Samples.ana, head: nil, frontierDigest: VectorClock().digest)),
    Sample(
      "hello-known",
      Hello(
        device: Samples.ana, head: Samples.page.heads[0],
        frontierDigest: Samples.frontier.digest, knownDigest: Samples.known.digest)),
    Sample(
      "hello-reply",
      HelloReply(frontier: Samples.frontier, milliseconds: Samples.milliseconds)),
    Sample("hello-reply-same", HelloReply(frontier: nil, milliseconds: Samples.milliseconds)),
    Sample(
      "hello-reply-difference",
      HelloReply(
        frontier: Samples.frontier.beyond(Samples.known), isDifference: true,
        milliseconds: Samples.milliseconds)),
    Sample("push-request", Samples.page),
    Sample("push-request-settled", Samples.settledPage),
    Sample("push-request-packed", SentPage.packed(Samples.packedPage)),
    Sample("push-request-settled-packed", SentPage.packed(Samples.settledPackedPage)),
    Sample("push-reply", PushReply(newChanges: 4, digests: Samples.digests)),
    Sample("push-reply-none", PushReply(newChanges: 0, digests: Samples.digests)),
    Sample("pull-request", PullRequest(frontier: Samples.frontier, bytesMax: 262_144)),
    Sample("pull-request-first", PullRequest(frontier: VectorClock(), bytesMax: 262_144)),
    Sample(
      "pull-request-unpacks",
      PullRequest(frontier: Samples.frontier, bytesMax: 262_144, unpacks: true)),
    Sample("pull-reply", PullReply(page: Samples.page, remaining: 300)),
    Sample("pull-reply-last", PullReply(page: ChangePage(), remaining: 0)),
    Sample("pull-reply-packed", PullReply(.packed(Samples.packedPage), remaining: 0)),
    Sample("summary", StoreSummary(frontier: Samples.frontier, registers: Samples.registers)),
    Sample(
      "join-request",
      JoinRequest(
        secret: "an-invite", device: Samples.ana, deviceName: "Portátil de Ana",
        study: Samples.study)),
    Sample(
      "join-request-new",
      JoinRequest(secret: "an-invite", device: Samples.ana, deviceName: "", study: nil)),
    Sample(
      "join-reply",
      JoinReply(study: Samples.study, token: "a-token", member: "Ana Ñahui", role: "writer")),
    Sample("problem", Problem(.gap, "change came too early; sync again")),
  ]
}
