package import CuadernoSync

// Joining comes before any version is agreed on, and a problem may be the answer to anything, so
// fields that a newer peer added are passed over in these.

extension JoinRequest: WireMessage {
  package static let shape = ProtobufShape(
    acceptsUnknownFields: true,
    [
      1: .bytes(.secret, TextLimits.lineBytes),
      2: .bytes(.deviceName, TextLimits.lineBytes),
      3: .bytes(.study, 16),
      4: .bytes(.device, 16),
    ])

  package var proto: ProtoJoinRequest {
    var proto = ProtoJoinRequest()
    proto.secret = secret
    proto.deviceName = deviceName
    if let study { proto.study = study.wireData }
    proto.device = device.wireData
    return proto
  }

  package init(proto: ProtoJoinRequest) throws(WireError) {
    self.init(
      secret: try TextLimits.required(proto.secret, .secret),
      device: try DeviceID(wireData: proto.device, .device),
      deviceName: try TextLimits.checked(proto.deviceName, .deviceName),
      study: proto.study.isEmpty ? nil : try StudyID(wireData: proto.study, .study))
  }
}

extension JoinReply: WireMessage {
  package static let shape = ProtobufShape(
    acceptsUnknownFields: true,
    [
      1: .bytes(.study, 16),
      2: .bytes(.token, TextLimits.lineBytes),
      3: .bytes(.member, TextLimits.lineBytes),
      4: .bytes(.role, TextLimits.lineBytes),
    ])

  package var proto: ProtoJoinReply {
    var proto = ProtoJoinReply()
    proto.study = study.wireData
    proto.token = token
    proto.member = member
    proto.role = role
    return proto
  }

  package init(proto: ProtoJoinReply) throws(WireError) {
    self.init(
      study: try StudyID(wireData: proto.study, .study),
      token: try TextLimits.required(proto.token, .token),
      member: try TextLimits.checked(proto.member, .member),
      role: try TextLimits.required(proto.role, .role))
  }
}

extension Problem: WireMessage {
  package static let shape = ProtobufShape(
    acceptsUnknownFields: true,
    [
      1: .bytes(.problemCode, TextLimits.lineBytes),
      2: .bytes(.message, TextLimits.messageBytes),
    ])

  package var proto: ProtoProblem {
    var proto = ProtoProblem()
    proto.code = code.rawValue
    proto.message = message
    return proto
  }

  package init(proto: ProtoProblem) throws(WireError) {
    let message = try TextLimits.required(
      proto.message, .message, bytesMax: TextLimits.messageBytes)
    guard let code = Code(rawValue: proto.code) else { throw .unknownProblemCode }
    self.init(code, message)
  }
}

/// What the texts of the protocol itself may hold; the texts of a study are payloads.
enum TextLimits {
  /// A secret, a token or a name: what fits a line.
  static let lineBytes = 1_024

  /// What a problem says: a paragraph at the most.
  static let messageBytes = 4_096

  static func required(
    _ text: String, _ part: WirePart, bytesMax: Int = lineBytes
  ) throws(WireError) -> String {
    guard !text.isEmpty else { throw .missing(part) }
    return try checked(text, part, bytesMax: bytesMax)
  }

  static func checked(
    _ text: String, _ part: WirePart, bytesMax: Int = lineBytes
  ) throws(WireError) -> String {
    guard text.utf8.count <= bytesMax else {
      throw .tooLong(part, bytes: text.utf8.count, limit: bytesMax)
    }
    guard !text.utf8.contains(0) else { throw .nulInText }
    return text
  }
}
