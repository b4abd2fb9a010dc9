import CuadernoSync
package import SwiftProtobuf

/// What notebooks and hubs say to each other, and how it becomes bytes and comes back from them.
///
/// Decoding has three steps, so that bytes from outside can neither trap nor fill the memory: the
/// bounds are checked on the bytes as they stand, SwiftProtobuf decodes them, and the initialiser
/// turns what came out into CuadernoSync's types. Whether a change may be applied is not decided
/// here but by `Admission`.
package protocol WireMessage: Sendable {
  associatedtype Proto: SwiftProtobuf.Message

  /// What the message's bytes may hold.
  static var shape: ProtobufShape { get }

  var proto: Proto { get }

  /// Whether the message is mostly a frame, which nothing makes smaller.
  var isPacked: Bool { get }

  init(proto: Proto) throws(WireError)
}

extension WireMessage {
  package var isPacked: Bool { false }

  package func encode(_ format: WireFormat) -> [UInt8] {
    do {
      return switch format {
      case .protobuf: try proto.serializedBytes()
      case .json: try proto.jsonUTF8Bytes()
      }
    } catch {
      // SwiftProtobuf throws for required fields, `Any` and 2 GiB, of which no message has any.
      preconditionFailure("a message of our own cannot be encoded: \(error)")
    }
  }

  /// - Throws: ``WireError`` for whatever is not exactly one message of this type.
  package init(decoding bytes: [UInt8], format: WireFormat) throws(WireError) {
    guard bytes.count <= format.messageBytes else {
      throw .messageTooLong(limit: format.messageBytes)
    }
    let proto: Proto
    switch format {
    case .protobuf:
      try Self.shape.check(bytes)
      proto = try Self.decodeProtobuf(bytes)
    case .json:
      try checkJSON(bytes)
      proto = try Self.decodeJSON(bytes)
    }
    try self.init(proto: proto)
  }

  private static func decodeProtobuf(_ bytes: [UInt8]) throws(WireError) -> Proto {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = ProtobufShape.depthMax
    // The shape has refused them already where they may not be; elsewhere nobody reads them.
    options.discardUnknownFields = true
    do {
      return try Proto(serializedBytes: bytes, options: options)
    } catch {
      throw .malformed(.protobuf, atByte: nil)
    }
  }

  private static func decodeJSON(_ bytes: [UInt8]) throws(WireError) -> Proto {
    var options = JSONDecodingOptions()
    options.messageDepthLimit = ProtobufShape.depthMax
    do {
      return try Proto(jsonUTF8Bytes: bytes, options: options)
    } catch JSONDecodingError.unknownField {
      throw .unknownField(.json, atByte: nil)
    } catch {
      throw .malformed(.json, atByte: nil)
    }
  }
}
