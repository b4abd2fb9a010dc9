package import CuadernoSync

// The messages of a session, in the order in which they are sent. Hello and its reply come before
// the two sides know each other's version, so fields that a newer one added are passed over; in
// all that follows they are refused, because whoever forwards a message would lose them.

extension Hello: WireMessage {
  package static let shape = ProtobufShape(
    acceptsUnknownFields: true,
    [
      1: .init(part: .number),
      2: .bytes(.device, 16),
      3: .message(.head, .chainHead),
      4: .bytes(.knownDigest, 32),
      5: .bytes(.frontierDigest, 32),
    ])

  package var proto: ProtoHello {
    var proto = ProtoHello()
    proto.version = version
    proto.device = device.wireData
    if let head { proto.head = head.proto(from: device) }
    proto.frontierDigest = frontierDigest.wireData
    if let knownDigest { proto.knownDigest = knownDigest.wireData }
    return proto
  }

  package init(proto: ProtoHello) throws(WireError) {
    let device = try DeviceID(wireData: proto.device, .device)
    self.init(
      version: proto.version, device: device,
      head: proto.hasHead ? try ChainHead(proto: proto.head, from: device) : nil,
      frontierDigest: try Digest(wireData: proto.frontierDigest, .frontierDigest),
      knownDigest: proto.knownDigest.isEmpty
        ? nil : try Digest(wireData: proto.knownDigest, .knownDigest))
  }
}

extension HelloReply: WireMessage {
  package static let shape = ProtobufShape(
    acceptsUnknownFields: true,
    [
      1: .init(part: .number),
      2: .init(part: .number),
      3: .init(part: .answer),
      4: .init(part: .frontier, type: .lengthDelimited, nested: .clock, countedAs: 3),
      5: .bytes(.role, TextLimits.lineBytes),
      6: .init(part: .difference, type: .lengthDelimited, nested: .clock, countedAs: 3),
    ])

  package var proto: ProtoHelloReply {
    var proto = ProtoHelloReply()
    proto.version = version
    proto.milliseconds = milliseconds
    if let frontier {
      if isDifference { proto.difference = frontier.proto } else { proto.frontier = frontier.proto }
    } else {
      proto.same = true
    }
    if let role { proto.role = role }
    return proto
  }

  package init(proto: ProtoHelloReply) throws(WireError) {
    let frontier: VectorClock?
    switch proto.answer {
    case .same(true): frontier = nil
    case .same(false): throw .outOfRange(.answer)
    case .frontier(let clock), .difference(let clock): frontier = try VectorClock(proto: clock)
    case nil: throw .missing(.answer)
    }
    let role = try TextLimits.checked(proto.role, .role)
    var isDifference = false
    if case .difference = proto.answer { isDifference = true }
    self.init(
      version: proto.version, frontier: frontier, isDifference: isDifference,
      milliseconds: proto.milliseconds, role: role.isEmpty ? nil : role)
  }
}

extension PushReply: WireMessage {
  package static let shape = ProtobufShape([
    1: .init(part: .newChanges), 2: .bytes(.frontierDigest, 32), 3: .bytes(.registers, 32),
  ])

  package var proto: ProtoPushReply {
    var proto = ProtoPushReply()
    proto.newChanges = UInt64(clamping: newChanges)
    proto.frontierDigest = digests.frontier.wireData
    proto.registers = digests.registers.wireData
    return proto
  }

  package init(proto: ProtoPushReply) throws(WireError) {
    guard proto.hasNewChanges else { throw .missing(.newChanges) }
    guard let newChanges = Int(exactly: proto.newChanges) else { throw .outOfRange(.newChanges) }
    self.init(
      newChanges: newChanges,
      digests: StoreDigests(
        frontier: try Digest(wireData: proto.frontierDigest, .frontierDigest),
        registers: try Digest(wireData: proto.registers, .registers)))
  }
}

extension PullRequest: WireMessage {
  package static let shape = ProtobufShape([
    1: .init(part: .bytesMax), 2: .init(part: .unpacks), 3: .message(.frontier, .clock),
  ])

  package var proto: ProtoPullRequest {
    var proto = ProtoPullRequest()
    proto.bytesMax = UInt64(clamping: bytesMax)
    proto.unpacks = unpacks
    proto.frontier = frontier.proto
    return proto
  }

  package init(proto: ProtoPullRequest) throws(WireError) {
    guard proto.hasFrontier else { throw .missing(.frontier) }
    guard let bytesMax = Int(exactly: proto.bytesMax) else { throw .outOfRange(.bytesMax) }
    self.init(
      frontier: try VectorClock(proto: proto.frontier), bytesMax: bytesMax, unpacks: proto.unpacks)
  }
}

extension PullReply: WireMessage {
  package static let shape = ProtobufShape([
    1: .init(part: .remaining),
    2: .message(.page, .page),
    3: .init(part: .page, type: .lengthDelimited, nested: .packedPage, countedAs: 2),
  ])

  package var isPacked: Bool { content.isPacked }

  package var proto: ProtoPullReply {
    var proto = ProtoPullReply()
    proto.remaining = remaining
    switch content {
    case .page(let page): proto.page = page.page
    case .packed(let page): proto.packedPage = page.proto
    }
    return proto
  }

  package init(proto: ProtoPullReply) throws(WireError) {
    guard proto.hasRemaining else { throw .missing(.remaining) }
    switch proto.changes {
    case .page(let page):
      self.init(page: try ChangePage(page: page), remaining: proto.remaining)
    case .packedPage(let page):
      self.init(.packed(try PackedPage(proto: page)), remaining: proto.remaining)
    case nil: throw .missing(.page)
    }
  }
}

extension StoreSummary: WireMessage {
  package static let shape = ProtobufShape([
    1: .bytes(.registers, 32), 2: .message(.frontier, .clock),
  ])

  package var proto: ProtoSummary {
    var proto = ProtoSummary()
    proto.registers = registers.wireData
    proto.frontier = frontier.proto
    return proto
  }

  package init(proto: ProtoSummary) throws(WireError) {
    guard proto.hasFrontier else { throw .missing(.frontier) }
    self.init(
      frontier: try VectorClock(proto: proto.frontier),
      registers: try Digest(wireData: proto.registers, .registers))
  }
}
