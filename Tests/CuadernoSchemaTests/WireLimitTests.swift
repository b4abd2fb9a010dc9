import CuadernoSchema
import CuadernoSync
import Foundation
import SwiftProtobuf
import Testing

/// Each limit, one step past it; and what names, sizes and counts must agree.
@Suite struct WireLimitTests {
  @Test(arguments: WireFormat.allCases)
  func `a message at the limit is read and one byte more is refused`(format: WireFormat) {
    let limit = format.messageBytes
    let spaces = [UInt8](repeating: 0x20, count: limit + 1)

    #expect(throws: WireError.messageTooLong(limit: limit)) {
      try PullRequest(decoding: spaces, format: format)
    }
    let error = #expect(throws: WireError.self) {
      try PullRequest(decoding: Array(spaces.dropLast()), format: format)
    }
    #expect(error != .messageTooLong(limit: limit))
  }

  @Test(arguments: WireFormat.allCases)
  func `the largest payload fits into a message`(format: WireFormat) throws {
    var change = Samples.first
    change.content = .payload(
      salt: Array(repeating: 1, count: 16),
      bytes: Array(repeating: 0x61, count: WireLimits.payloadBytes))
    let page = ChangePage(changes: [change])

    let bytes = page.encode(format)

    #expect(bytes.count <= format.messageBytes)
    #expect(try ChangePage(decoding: bytes, format: format) == page)
  }

  @Test func `a payload past the limit is refused`() {
    let limit = WireLimits.payloadBytes
    expectRefusal(.tooLong(.payload, bytes: limit + 1, limit: limit)) { change, _ in
      change.payload = Data(count: limit + 1)
    }
  }

  @Test func `a page may hold 20,000 changes and no more`() throws {
    let limit = WireLimits.pageChanges
    var page = ProtoPage()
    page.devices = [Samples.ana.data]
    page.changes = Array(repeating: Self.change, count: limit)
    #expect(try decode(page).changes.count == limit)

    page.changes.append(Self.change)
    for format in WireFormat.allCases {
      let error = #expect(throws: WireError.self) { try decode(page, format) }
      // JSON's lists are counted before it is known what they are lists of.
      let parts: WirePart = format == .json ? .listItems : .changes
      #expect(error == .tooMany(parts, limit: limit))
    }
  }

  @Test(arguments: WireFormat.allCases)
  func `a clock may name 1,000 devices and no more`(format: WireFormat) throws {
    func clock(_ count: Int) -> VectorClock {
      VectorClock((0..<count).map { Dot(device: DeviceID(rawValue: UInt128($0)), sequence: 1) })
    }
    let full = PullRequest(frontier: clock(1_000), bytesMax: 1).encode(format)
    #expect(try PullRequest(decoding: full, format: format).frontier == clock(1_000))

    for count in [1_001, 10_000] {
      let bytes = PullRequest(frontier: clock(count), bytesMax: 1).encode(format)
      let error = #expect(throws: WireError.self) {
        try PullRequest(decoding: bytes, format: format)
      }
      #expect(error.map { Problem($0).code.httpStatus } == 422)
    }
  }

  @Test func `a clock is ascending, without zeros, and within 63 bits`() {
    func error(_ devices: [UInt128], _ sequences: [UInt64]) -> WireError? {
      var request = ProtoPullRequest()
      request.frontier.devices = devices.map { DeviceID(rawValue: $0).data }
      request.frontier.sequences = sequences
      return #expect(throws: WireError.self) { try PullRequest(proto: request) }
    }

    #expect(error([1, 1], [1, 2]) == .notSorted(.clockDevices))
    #expect(error([2, 1], [1, 2]) == .notSorted(.clockDevices))
    #expect(error([1], [0]) == .sequenceOutOfRange)
    #expect(error([1], [1 << 63]) == .sequenceOutOfRange)
    #expect(error([1], []) == .countsDiffer(.clockDevices, 1, .clockSequences, 0))
  }

  @Test func `a table of devices is ascending and has no more than a clock`() {
    expectRefusal(.notSorted(.devices)) { _, page in
      page.devices = [Samples.luis.data, Samples.ana.data]
    }
    expectRefusal(.notSorted(.devices)) { _, page in
      page.devices = [Samples.ana.data, Samples.ana.data]
    }
    expectRefusal(.tooMany(.devices, limit: 1_000)) { _, page in
      page.devices = (0...1_000).map { DeviceID(rawValue: $0).data }
    }
    expectRefusal(.wrongLength(.device, bytes: 15, expected: 16)) { _, page in
      page.devices = [Data(count: 15)]
    }
  }

  @Test func `a change names devices of the table`() {
    expectRefusal(.unknownDevice(index: 1, devices: 1)) { change, _ in change.device = 1 }
    expectRefusal(.unknownDevice(index: .max, devices: 1)) { change, _ in
      change.contextDevices = [.max]
      change.contextSequences = [1]
    }
    expectRefusal(.unknownDevice(index: 7, devices: 1)) { _, page in
      page.heads = [.with { $0.device = 7 }]
    }
  }

  @Test func `a context is ascending, without zeros, and as long as its numbers`() {
    expectRefusal(.notSorted(.contextDevices)) { change, _ in
      change.contextDevices = [0, 0]
      change.contextSequences = [1, 1]
    }
    expectRefusal(.sequenceOutOfRange) { change, _ in
      change.contextDevices = [0]
      change.contextSequences = [0]
    }
    expectRefusal(.countsDiffer(.contextDevices, 2, .contextSequences, 1)) { change, _ in
      change.contextDevices = [0, 0]
      change.contextSequences = [1]
    }
    expectRefusal(.tooMany(.contextDevices, limit: 1_000)) { change, _ in
      change.contextDevices = Array(repeating: 0, count: 1_001)
      change.contextSequences = Array(repeating: 1, count: 1_001)
    }
  }

  @Test func `identifiers, digests, salts and keys have their lengths`() {
    expectRefusal(.wrongLength(.record, bytes: 0, expected: 16)) { change, _ in
      change.record = Data()
    }
    expectRefusal(.tooLong(.record, bytes: 17, limit: 16)) { change, _ in
      change.record = Data(count: 17)
    }
    expectRefusal(.wrongLength(.salt, bytes: 8, expected: 16)) { change, _ in
      change.salt = Data(count: 8)
    }
    expectRefusal(.wrongLength(.erased, bytes: 31, expected: 32)) { change, _ in
      change.salt = Data()
      change.erased = Data(count: 31)
    }
    expectRefusal(.wrongLength(.salt, bytes: 16, expected: 0)) { change, _ in
      change.erased = Data(count: 32)
    }
    expectRefusal(.tooLong(.fieldKey, bytes: 33, limit: 32)) { change, _ in
      change.fieldNumbers = [1]
      change.fieldKeys = [Data(count: 33)]
    }
    expectRefusal(.wrongLength(.link, bytes: 0, expected: 32)) { _, page in
      page.heads = [.with { $0.sequence = 1 }]
    }
  }

  @Test func `fields have as many keys as numbers, and no more than 1,024`() {
    expectRefusal(.countsDiffer(.fieldNumbers, 2, .fieldKeys, 1)) { change, _ in
      change.fieldNumbers = [1, 2]
      change.fieldKeys = [Data([1])]
    }
    expectRefusal(.countsDiffer(.fieldNumbers, 0, .fieldKeys, 1)) { change, _ in
      change.fieldKeys = [Data([1])]
    }
    expectRefusal(.tooMany(.fieldNumbers, limit: 1_024)) { change, _ in
      change.fieldNumbers = (0...1_024).map { $0 }
    }
  }

  @Test func `an action is one byte, and a change has a payload or its digest`() {
    expectRefusal(.outOfRange(.action)) { change, _ in change.action = 256 }
    expectRefusal(.missing(.content)) { change, _ in change.content = nil }
  }

  @Test func `actions and kinds of a newer notebook are kept`() throws {
    var page = ProtoPage()
    page.devices = [Samples.ana.data]
    var change = Self.change
    change.action = 255
    change.kind = .max
    page.changes = [change]

    let envelope = try decode(page).changes[0].envelope

    #expect(envelope.action.rawValue == 255)
    #expect(envelope.kind == .max)
  }

  /// A valid change, of the first device in the table.
  private static let change = ProtoChange.with {
    $0.sequence = 1
    $0.record = Samples.interview.data
    $0.salt = Data(count: 16)
    $0.payload = Data()
  }

  private func decode(
    _ page: ProtoPage, _ format: WireFormat = .protobuf
  ) throws -> ChangePage {
    let request = ProtoPushRequest.with { $0.page = page }
    let bytes: [UInt8] =
      switch format {
      case .protobuf: try request.serializedBytes()
      case .json: try request.jsonUTF8Bytes()
      }
    return try ChangePage(decoding: bytes, format: format)
  }

  private func expectRefusal(
    _ expected: WireError, sourceLocation: SourceLocation = #_sourceLocation,
    _ spoil: (inout ProtoChange, inout ProtoPage) -> Void
  ) {
    var page = ProtoPage()
    page.devices = [Samples.ana.data]
    var change = Self.change
    spoil(&change, &page)
    page.changes = [change]
    #expect(throws: expected, sourceLocation: sourceLocation) { try decode(page) }
  }
}

extension Identifier {
  fileprivate var data: Data { Data(bytes) }
}
