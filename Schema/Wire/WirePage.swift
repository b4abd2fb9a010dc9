package import CuadernoSync
import SwiftProtobuf

import struct Foundation.Data

extension ProtobufShape {
  static let page = ProtobufShape([
    1: Field(
      part: .devices, type: .lengthDelimited, countMax: WireLimits.clockDevices, bytesMax: 16),
    2: Field(
      part: .changes, type: .lengthDelimited, countMax: WireLimits.pageChanges, nested: change),
    3: Field(
      part: .heads, type: .lengthDelimited, countMax: WireLimits.clockDevices, nested: pageHead),
  ])

  private static let pageHead = ProtobufShape([
    1: Field(part: .number), 2: Field(part: .number), 3: .bytes(.link, 32),
  ])

  private static let change = ProtobufShape([
    1: Field(part: .number),
    2: Field(part: .number),
    3: Field(part: .number, type: .fixed64),
    4: .bytes(.record, 16),
    5: Field(part: .number),
    6: Field(part: .number),
    7: .packed(.contextDevices, countMax: WireLimits.clockDevices),
    8: .packed(.contextSequences, countMax: WireLimits.clockDevices),
    9: .packed(.fieldNumbers, countMax: WireLimits.changeFields),
    10: Field(
      part: .fieldKey, type: .lengthDelimited, countMax: WireLimits.changeFields,
      bytesMax: WireLimits.keyBytes),
    11: .bytes(.salt, WireLimits.saltBytes),
    12: .bytes(.payload, WireLimits.payloadBytes),
    13: Field(part: .erased, type: .lengthDelimited, bytesMax: 32, countedAs: 12),
    14: Field(
      part: .about, type: .lengthDelimited, countMax: WireLimits.changeAbout, bytesMax: 16),
    15: Field(part: .about),
  ])
}

/// A page as a push sends it.
///
/// The page stands in a message of its own, so that no bytes at all, which is what a cut line may
/// leave, are not an empty page that was stored.
extension ChangePage: WireMessage {
  package static let shape = ProtobufShape([
    1: .message(.page, .page),
    2: .init(part: .page, type: .lengthDelimited, nested: .page, countedAs: 1),
  ])

  package var proto: ProtoPushRequest {
    var proto = ProtoPushRequest()
    proto.changes = areStampsSettled ? .settledPage(page) : .page(page)
    return proto
  }

  package init(proto: ProtoPushRequest) throws(WireError) {
    switch proto.changes {
    case .page(let page):
      try self.init(page: page)
    case .settledPage(let page):
      try self.init(page: page)
      areStampsSettled = true
    case .packedPage, .settledPackedPage, nil: throw .missing(.page)
    }
  }
}

extension ChangePage {
  /// The bytes of the page alone, which a frame holds.
  var pageBytes: [UInt8] {
    do {
      return try page.serializedBytes()
    } catch {
      // SwiftProtobuf throws for required fields, `Any` and 2 GiB, of which no page has any.
      preconditionFailure("a page of our own cannot be encoded: \(error)")
    }
  }

  /// - Throws: ``WireError`` for whatever is not exactly one page.
  init(pageBytes bytes: [UInt8]) throws(WireError) {
    try ProtobufShape.page.check(bytes)
    let page: ProtoPage
    do {
      page = try ProtoPage(serializedBytes: bytes)
    } catch {
      throw .malformed(.protobuf, atByte: nil)
    }
    try self.init(page: page)
  }

  var page: ProtoPage {
    let table = DeviceTable(of: self)
    var page = ProtoPage()
    page.devices = table.devices.map(\.wireData)
    page.changes = changes.map { $0.proto(table) }
    page.heads = heads.map { head in
      var proto = ProtoPageHead()
      proto.device = table.index(of: head.dot.device)
      proto.sequence = head.dot.sequence
      proto.link = head.link.wireData
      return proto
    }
    return page
  }

  init(page: ProtoPage) throws(WireError) {
    guard page.changes.count <= WireLimits.pageChanges else {
      throw .tooMany(.changes, limit: WireLimits.pageChanges)
    }
    let table = try DeviceTable(decoding: page.devices)
    var changes = [Change]()
    changes.reserveCapacity(page.changes.count)
    for change in page.changes {
      changes.append(try Change(proto: change, table))
    }
    var heads = [ChainHead]()
    for head in page.heads {
      let dot = Dot(device: try table.device(at: head.device), sequence: head.sequence)
      heads.append(ChainHead(dot: dot, link: try Digest(wireData: head.link, .link)))
    }
    self.init(changes: changes, heads: heads)
  }
}

/// The devices that a page names, so that each change needs a byte or two for each and not sixteen.
struct DeviceTable {
  /// Ascending, so that an ascending list of indexes is an ascending list of devices.
  let devices: [DeviceID]
  private let indexes: [DeviceID: UInt32]

  init(of page: ChangePage) {
    var devices = Set<DeviceID>()
    for change in page.changes {
      devices.insert(change.dot.device)
      for entry in change.envelope.context.entries { devices.insert(entry.device) }
    }
    for head in page.heads { devices.insert(head.dot.device) }
    self.devices = devices.sorted()
    indexes = Dictionary(
      uniqueKeysWithValues: self.devices.enumerated().map { ($0.element, UInt32($0.offset)) })
  }

  init(decoding table: [Data]) throws(WireError) {
    guard table.count <= WireLimits.clockDevices else {
      throw .tooMany(.devices, limit: WireLimits.clockDevices)
    }
    var devices = [DeviceID]()
    devices.reserveCapacity(table.count)
    for data in table {
      let device = try DeviceID(wireData: data, .device)
      if let last = devices.last, last >= device { throw .notSorted(.devices) }
      devices.append(device)
    }
    self.devices = devices
    indexes = [:]
  }

  func index(of device: DeviceID) -> UInt32 {
    guard let index = indexes[device] else {
      preconditionFailure("the table holds every device of its page")
    }
    return index
  }

  func device(at index: UInt32) throws(WireError) -> DeviceID {
    guard index < devices.count else {
      throw .unknownDevice(index: index, devices: devices.count)
    }
    return devices[Int(index)]
  }
}
