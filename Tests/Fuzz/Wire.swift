import CuadernoModel
import CuadernoSchema
import CuadernoSync

/// What libFuzzer calls with every input: the first byte says which decoder gets the rest.
///
/// Beside a crash it looks for a decoder that takes what it cannot write back, and for two readers of the
/// same bytes that do not agree.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let selector = input.first else { return 0 }
  Decoder.all[Int(selector) % Decoder.all.count].read(Array(input.dropFirst()))
  return 0
}

/// One reader of bytes from outside.
struct Decoder: Sendable {
  /// What a seed's file is called after.
  let name: String
  let read: @Sendable ([UInt8]) -> Void

  static let all: [Decoder] =
    messages(.protobuf) + messages(.json) + [
      Decoder(name: "clock") { bytes in
        guard let clock = try? VectorClock(canonicalBytes: bytes) else { return }
        hold(clock.canonicalBytes == bytes, "a clock has another spelling")
      },
      Decoder(name: "envelope") { bytes in
        guard let envelope = try? Envelope(canonicalBytes: bytes) else { return }
        hold(envelope.canonicalBytes == bytes, "an envelope has another spelling")
      },
      Decoder(name: "state") { bytes in
        guard let state = try? RecordState(canonicalBytes: bytes) else { return }
        hold(state.canonicalBytes == bytes, "a state has another spelling")
        _ = (state.isAlive, state.contestedFields)
      },
      Decoder(name: "bundle-header") { bytes in
        guard let header = try? BundleHeader(bytes: bytes) else { return }
        hold(header.bytes == bytes, "a header has another spelling")
      },
      Decoder(name: "zstd") { bytes in
        let limit = 1 << 20
        guard let content = try? Compression.decompress(bytes, limit: limit) else { return }
        hold(content.count <= limit, "a frame passed its limit")
      },
      Decoder(name: "packed") { bytes in
        unpack(PackedPage(bases: bases.map(\.dot), frame: bytes))
      },
      Decoder(name: "typed") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let secret = CrockfordBase32.bytes(typed: text, count: 32) else { return }
        let again = CrockfordBase32.bytes(typed: CrockfordBase32.text(of: secret), count: 32)
        hold(again == secret, "what was typed has another spelling")
      },
      Decoder(name: "payload") { bytes in
        let fields = Int(bytes.first ?? 0) % 8
        let payload = Array(bytes.dropFirst())
        _ = PayloadCodec.note(payload)
        guard let quick = PlainPayload.values(payload, count: fields) else {
          _ = try? PayloadCodec.decodeAny(payload, count: fields)
          return
        }
        let slow = try? PayloadCodec.decodeAny(payload, count: fields)
        hold(slow == quick, "the quick reader of payloads disagrees with the other")
      },
    ]

  private static func messages(_ format: WireFormat) -> [Decoder] {
    [
      message(Hello.self, "hello", format), message(HelloReply.self, "hello-reply", format),
      Decoder(name: "push-request") { bytes in
        guard let sent = try? SentPage(decoding: bytes, format: format) else { return }
        hold(again(sent, format) == sent, "a page comes back as another")
        switch sent {
        case .page(let page): admit(page)
        case .packed(let packed): unpack(packed)
        }
      },
      message(PushReply.self, "push-reply", format),
      message(PullRequest.self, "pull-request", format),
      message(PullReply.self, "pull-reply", format), message(StoreSummary.self, "summary", format),
      message(JoinRequest.self, "join-request", format),
      message(JoinReply.self, "join-reply", format), message(Problem.self, "problem", format),
    ]
  }

  /// What the golden packed pages are packed with.
  private static let bases = (0...1).map { number in
    EarlierPayload(
      dot: Dot(device: DeviceID(rawValue: UInt128(number + 1)), sequence: 1),
      record: RecordID(rawValue: 0xc0c1_c2c3_c4c5_c6c7_c8c9_cacb_cccd_cecf),
      payload: Array("payload \(number + 1)".utf8))
  }

  private static func unpack(_ packed: PackedPage) {
    guard let page = try? ZstdPacking().unpack(packed, with: bases) else { return }
    admit(page)
    let again = ZstdPacking().pack(page, with: bases)
    hold((try? ZstdPacking().unpack(again, with: bases)) == page, "a packed page is another")
  }

  private static func message<Message: WireMessage & Equatable>(
    _ type: Message.Type, _ name: String, _ format: WireFormat
  ) -> Decoder {
    Decoder(name: name) { bytes in
      guard let message = try? Message(decoding: bytes, format: format) else { return }
      hold(again(message, format) == message, "a \(name) comes back as another")
    }
  }

  private static func again<Message: WireMessage>(
    _ message: Message, _ format: WireFormat
  ) -> Message? {
    try? Message(decoding: message.encode(format), format: format)
  }

  /// Whether it may be stored or not: nothing of a page may stop the store that looks at it.
  private static func admit(_ page: ChangePage) {
    for change in page.changes {
      _ = change.envelope.voided
      _ = change.byteCount
    }
    // As to a store that holds what the page builds on, so that more of it is looked at.
    var held = VectorClock()
    for change in page.changes where change.envelope.dot.sequence > 1 {
      if held[change.envelope.dot.device] == 0 {
        let before = change.envelope.dot.sequence - 1
        held.include(Dot(device: change.envelope.dot.device, sequence: before))
      }
    }
    for frontier in [VectorClock(), held] {
      let links = Dictionary(
        frontier.entries.map { ($0.device, Digest.zero) }, uniquingKeysWith: { $1 })
      var admission = Admission(frontier: frontier, links: links)
      guard let admitted = try? admission.admit(page, heldLink: { _ in nil }) else { continue }
      var states = [RecordID: RecordState]()
      for change in admitted.map(\.change.envelope) {
        states[change.record, default: RecordState(kind: change.kind)].apply(change)
      }
      for state in states.values {
        hold(
          (try? RecordState(canonicalBytes: state.canonicalBytes)) == state,
          "a state comes back as another")
      }
    }
  }

  /// Stops, so that the input is kept and told.
  private static func hold(_ condition: Bool, _ words: String) {
    guard condition else { fatalError(words) }
  }
}

/// What a text field of a payload was read as; the notebook's own stands among its tables.
enum WrittenText: Equatable {
  case text(String)
  case cleared
  case unreadable
}
