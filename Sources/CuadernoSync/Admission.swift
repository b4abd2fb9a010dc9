/// Why a page of changes was not applied; nothing of it was.
package enum PageFault: Error, Equatable, Sendable {
  case invalid(EnvelopeFault, Dot)
  case payloadTooLong(bytes: Int, Dot)
  case saltLength(bytes: Int, Dot)
  case tooManyChanges(Int)

  /// A number is missing before this change.
  case gap(Dot, expected: UInt64)

  /// The change's author had seen something that neither the store nor the page holds.
  case contextAhead(Dot)

  case tooManyDevices(Int)

  /// The page names no head, or a second one, for a device in it, or one for a device not in it.
  case headsDoNotMatch(DeviceID)

  /// The changes hash to another head than the sender named: a bit was flipped on the way.
  case damaged(Dot)

  /// The store holds other changes under the same numbers: two notebooks write as one device.
  case forked(Dot)
}

extension PageFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalid(let fault, let dot): "change \(dot): \(fault)"
    case .payloadTooLong(let bytes, let dot):
      "change \(dot): payload is \(bytes) bytes; the limit is \(WireLimits.payloadBytes)"
    case .saltLength(let bytes, let dot):
      "change \(dot): salt is \(bytes) bytes; it must be \(WireLimits.saltBytes)"
    case .tooManyChanges(let count):
      "page holds \(count) changes; the limit is \(WireLimits.pageChanges)"
    case .gap(let dot, let expected):
      "change \(dot) came where number \(expected) of that device is next; sync again"
    case .contextAhead(let dot):
      "change \(dot) builds on changes that have not arrived; sync again"
    case .tooManyDevices(let count):
      "study would have \(count) devices; the limit is \(WireLimits.clockDevices)"
    case .headsDoNotMatch(let device):
      "page does not name exactly one chain head for device \(device)"
    case .damaged(let dot):
      "changes up to \(dot) do not hash to the head sent with them; sync again"
    case .forked(let dot):
      "change \(dot) is not the one stored under that number; two notebooks write as one device"
    }
  }
}

extension Dot: CustomStringConvertible {
  package var description: String { "\(device):\(sequence)" }
}

/// A change that may be appended to a store, with its place in its device's chain.
package struct AdmittedChange: Hashable, Sendable {
  package let change: Change
  package let envelopeBytes: [UInt8]
  package let link: Digest

  /// A change whose author is this store, and so needs no admission.
  package init(own change: Change, after previous: Digest) {
    self.change = change
    envelopeBytes = change.envelope.canonicalBytes
    link = ChainHead.link(
      after: previous, payloadDigest: change.payloadDigest, envelopeBytes: envelopeBytes)
  }

  private init(change: Change, envelopeBytes: [UInt8], link: Digest) {
    self.change = change
    self.envelopeBytes = envelopeBytes
    self.link = link
  }

  /// The same change without its payload; the link stands, since it was made over the digest.
  package var erased: AdmittedChange {
    AdmittedChange(
      change: Change(envelope: change.envelope, content: .erased(change.payloadDigest)),
      envelopeBytes: envelopeBytes, link: link)
  }
}

/// Decides which changes of a page a store may append: law 1, and the chains.
///
/// Pure, so the notebook, the ledger and the simulator admit exactly the same pages.
package struct Admission: Sendable {
  private var frontier: VectorClock
  private var links: [DeviceID: Digest]

  /// - Parameters:
  ///   - frontier: everything the store holds.
  ///   - links: the link of the last change held, for each device of the page that has one.
  package init(frontier: VectorClock, links: [DeviceID: Digest]) {
    self.frontier = frontier
    self.links = links
  }

  /// The changes of the page that the store does not hold, in the page's order.
  ///
  /// - Parameter heldLink: the link that the store holds for a change it holds; asked once for each
  ///   device of which the page ends within what is held.
  package mutating func admit(
    _ page: ChangePage, heldLink: (Dot) throws -> Digest?
  ) throws -> [AdmittedChange] {
    guard page.changes.count <= WireLimits.pageChanges else {
      throw PageFault.tooManyChanges(page.changes.count)
    }
    var heads = [DeviceID: ChainHead]()
    for head in page.heads {
      guard heads.updateValue(head, forKey: head.dot.device) == nil else {
        throw PageFault.headsDoNotMatch(head.dot.device)
      }
    }
    var last = [DeviceID: UInt64]()
    var added = [DeviceID: Digest]()
    var admitted = [AdmittedChange]()
    admitted.reserveCapacity(page.changes.count)
    for change in page.changes {
      let dot = change.dot
      try check(change)
      guard last[dot.device].map({ $0 + 1 == dot.sequence }) ?? true else {
        throw PageFault.gap(dot, expected: last[dot.device, default: 0] + 1)
      }
      last[dot.device] = dot.sequence
      guard !frontier.covers(dot) else { continue }
      let new = try append(change)
      added[dot.device] = new.link
      admitted.append(new)
    }
    try compare(heads, last: last, added: added, heldLink: heldLink)
    return admitted
  }

  private func check(_ change: Change) throws(PageFault) {
    do {
      try change.envelope.validate()
    } catch {
      throw .invalid(error, change.dot)
    }
    guard case .payload(let salt, let bytes) = change.content else { return }
    guard salt.count == WireLimits.saltBytes else {
      throw .saltLength(bytes: salt.count, change.dot)
    }
    guard bytes.count <= WireLimits.payloadBytes else {
      throw .payloadTooLong(bytes: bytes.count, change.dot)
    }
  }

  private mutating func append(_ change: Change) throws(PageFault) -> AdmittedChange {
    let dot = change.dot
    let held = frontier[dot.device]
    guard dot.sequence == held + 1 else { throw .gap(dot, expected: held + 1) }
    guard frontier.covers(change.envelope.context) else { throw .contextAhead(dot) }
    frontier.include(dot)
    guard frontier.entries.count <= WireLimits.clockDevices else {
      throw .tooManyDevices(frontier.entries.count)
    }
    let admitted = AdmittedChange(own: change, after: links[dot.device] ?? .zero)
    links[dot.device] = admitted.link
    return admitted
  }

  private func compare(
    _ heads: [DeviceID: ChainHead], last: [DeviceID: UInt64], added: [DeviceID: Digest],
    heldLink: (Dot) throws -> Digest?
  ) throws {
    for device in heads.keys where last[device] == nil {
      throw PageFault.headsDoNotMatch(device)
    }
    for (device, sequence) in last {
      let dot = Dot(device: device, sequence: sequence)
      guard let head = heads[device], head.dot == dot else {
        throw PageFault.headsDoNotMatch(device)
      }
      if let link = added[device] {
        guard link == head.link else { throw PageFault.damaged(dot) }
      } else if try heldLink(dot) != head.link {
        throw PageFault.forked(dot)
      }
    }
  }
}
