package import CuadernoSync
import SwiftProtobuf

import struct Foundation.Data

extension ProtobufShape {
  private static let bases = ProtobufShape([
    1: .bytes(.device, 16),
    2: .packed(.bases, countMax: WireLimits.pageBases),
  ])

  static let packedPage = ProtobufShape([
    1: Field(
      part: .baseDevices, type: .lengthDelimited, countMax: WireLimits.clockDevices, nested: bases),
    2: .bytes(.frame, WireLimits.messageBytes),
  ])
}

extension PackedPage {
  var proto: ProtoPackedPage {
    var proto = ProtoPackedPage()
    var last: Dot?
    for dot in bases {
      if let last, last.device == dot.device {
        proto.bases[proto.bases.count - 1].steps.append(dot.sequence - last.sequence)
      } else {
        proto.bases.append(
          .with {
            $0.device = dot.device.wireData
            $0.steps = [dot.sequence]
          })
      }
      last = dot
    }
    proto.frame = Data(frame)
    return proto
  }

  init(proto: ProtoPackedPage) throws(WireError) {
    guard !proto.frame.isEmpty else { throw .missing(.frame) }
    guard proto.bases.count <= WireLimits.clockDevices else {
      throw .tooMany(.baseDevices, limit: WireLimits.clockDevices)
    }
    var bases = [Dot]()
    for part in proto.bases {
      let device = try DeviceID(wireData: part.device, .device)
      if let last = bases.last, last.device >= device { throw .notSorted(.baseDevices) }
      guard !part.steps.isEmpty else { throw .missing(.bases) }
      guard bases.count + part.steps.count <= WireLimits.pageBases else {
        throw .tooMany(.bases, limit: WireLimits.pageBases)
      }
      var sequence: UInt64 = 0
      for step in part.steps {
        // Zero would name one twice.
        guard step > 0, step <= WireLimits.sequenceMax - sequence else {
          throw .sequenceOutOfRange
        }
        sequence += step
        bases.append(Dot(device: device, sequence: sequence))
      }
    }
    guard !bases.isEmpty else { throw .missing(.bases) }
    self.init(bases: bases, frame: [UInt8](proto.frame))
  }
}

/// What a push sends, packed or not; of the page alone, ``ChangePage`` is the same message.
extension SentPage: WireMessage {
  package static let shape = ProtobufShape([
    1: .message(.page, .page),
    2: .init(part: .page, type: .lengthDelimited, nested: .page, countedAs: 1),
    3: .init(part: .page, type: .lengthDelimited, nested: .packedPage, countedAs: 1),
    4: .init(part: .page, type: .lengthDelimited, nested: .packedPage, countedAs: 1),
  ])

  package var proto: ProtoPushRequest {
    switch self {
    case .page(let page): page.proto
    case .packed(let page):
      .with {
        $0.changes =
          page.areStampsSettled ? .settledPackedPage(page.proto) : .packedPage(page.proto)
      }
    }
  }

  package init(proto: ProtoPushRequest) throws(WireError) {
    switch proto.changes {
    case .packedPage(let page):
      self = .packed(try PackedPage(proto: page))
    case .settledPackedPage(let page):
      var page = try PackedPage(proto: page)
      page.areStampsSettled = true
      self = .packed(page)
    case .page, .settledPage, nil:
      self = .page(try ChangePage(proto: proto))
    }
  }
}
