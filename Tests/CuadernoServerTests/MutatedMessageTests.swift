import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import CuadernoTestSupport
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

/// Requests as a broken or hostile notebook sends them: real ones with bytes changed, cut, doubled and
/// spliced, in both formats, compressed or not. `CUADERNO_MESSAGES` says how many.
@Suite struct MutatedMessageTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["CUADERNO_MESSAGES"].flatMap { Int($0) } ?? 600

  /// What may be answered to a message that is not as it should be; all of it is WIRE.md's.
  private static let statuses: Set<Int> = [200, 400, 403, 409, 413, 415, 422]

  private struct Message {
    let step: String
    let format: WireFormat
    let bytes: [UInt8]
  }

  @Test(arguments: Seeds.upTo(1).prefix(1))
  func `no mutated message is more than refused, and what is taken leaves the ledger sound`(
    seed: UInt64
  ) async throws {
    let fixture = try ServerFixture()
    let device = try await fixture.enrolled()
    let messages = try await Self.messages(fixture)
    let memoryBefore = try residentBytes()
    // The client without a socket keeps some of every exchange, which is more than what is measured.
    let setup = Self.environment["CUADERNO_MESSAGES"] == nil ? TestingSetup.router : .live
    let answered = try await fixture.withServer(setup) { client async throws in
      var random = SplitMix64(seed: seed)
      var answered = [Int: Int]()
      for number in 0..<Self.count {
        let message = messages[Int.random(in: messages.indices, using: &random)]
        let other = messages[Int.random(in: messages.indices, using: &random)]
        var body = mutated(message.bytes, with: other.bytes, using: &random)
        var headers: HTTPFields = [.contentType: message.format.contentType]
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          body = Compression.compress(body)
          headers[.contentEncoding] = "zstd"
        case 1:
          // The frame itself is what was changed.
          body = mutated(Compression.compress(message.bytes), with: other.bytes, using: &random)
          headers[.contentEncoding] = "zstd"
        default: break
        }
        let answer =
          message.step == "join"
          ? try await client.send(.post, "/v1/join", body, headers: headers)
          : try await client.ask(message.step, as: device, body, headers: headers)
        answered[answer.status, default: 0] += 1
        #expect(
          Self.statuses.contains(answer.status) && (answer.status == 200 || answer.problem != nil),
          "\(message.step) \(number) is answered \(answer.status); \(Seeds.replay(seed))")
      }
      return answered
    }
    #expect(try await fixture.ledger.check().isSound)
    #expect(try await fixture.ledger.checkAudit().isSound)
    #expect(!fixture.lines.all.contains { $0.hasPrefix("error") })
    if Self.environment["CUADERNO_MESSAGES"] != nil {
      // Alone in its process only then. Logged lines are kept, and the rest is to stay as it was.
      let grown = try residentBytes() - memoryBefore
      print("\(Self.count) mutated messages: \(answered), \(grown >> 20) MiB more memory")
      #expect(grown < 64 << 20 + 1_000 * Self.count)
    } else {
      #expect(answered[400, default: 0] > Self.count / 4)
    }
  }

  private static func messages(_ fixture: ServerFixture) async throws -> [Message] {
    let join = JoinRequest(
      secret: try await fixture.invite(), device: DeviceID(0xE), deviceName: "laptop", study: nil)
    var messages = [Message]()
    for format in WireFormat.allCases {
      messages.append(Message(step: "join", format: format, bytes: join.encode(format)))
      for (step, body) in try await sampleRequests(format) {
        messages.append(Message(step: step, format: format, bytes: body))
      }
    }
    return messages
  }
}

/// One to five changes, of the kinds that parsers stumble over.
private func mutated(
  _ bytes: [UInt8], with other: [UInt8], using random: inout SplitMix64
) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...5, using: &random) {
    guard !bytes.isEmpty else { return bytes }
    let index = Int.random(in: bytes.indices, using: &random)
    let end = min(bytes.count, index + Int.random(in: 1...64, using: &random))
    switch Int.random(in: 0..<9, using: &random) {
    case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1:
      bytes[index] = [0, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b].randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(index..<end)
    case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
    case 4: bytes.insert(contentsOf: random.bytes(end - index), at: index)
    case 5: bytes = Array(bytes[..<index])
    case 6: bytes.replaceSubrange(index..., with: other.suffix(from: min(index, other.count)))
    case 7:
      // The greatest varint there is, and a length beyond the end.
      bytes.insert(contentsOf: [UInt8](repeating: 0xff, count: 9) + [1], at: index)
    default:
      // Numbers in JSON.
      bytes.insert(contentsOf: Array("184467440737095516".utf8), at: index)
    }
  }
  return bytes
}

/// How much of this process lies in memory.
private func residentBytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return (Int(line.filter(\.isNumber)) ?? 0) << 10
}
