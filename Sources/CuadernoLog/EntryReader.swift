import CuadernoSync

/// Turns rows into entries and checks each against its chain; remembers the last link of each
/// device, so that reading in order costs one hash a row and no look-up.
struct EntryReader {
  let log: ChangeLog
  private var links: [Int64: (sequence: UInt64, link: Digest)] = [:]
  private var devices: [Int64: DeviceID] = [:]

  init(log: ChangeLog) {
    self.log = log
  }

  mutating func entry(
    _ row: some ResultRow, _ db: some SQLTransaction
  ) throws -> ChangeLog.Entry {
    let number = try row.integer(1)
    let sequence = try row.sequence(2)
    let dot = Dot(device: try deviceID(number, db), sequence: sequence)
    let envelopeBytes = try row.bytes(3)
    let content: Change.Content
    if !row.isNull(5), !row.isNull(4) {
      content = .payload(salt: try row.bytes(4), bytes: try row.bytes(5))
    } else if !row.isNull(6) {
      content = .erased(try row.digest(6))
    } else {
      throw StoreError.damagedChange(dot)
    }
    let stored = try row.digest(7)
    guard let envelope = try? Envelope(canonicalBytes: envelopeBytes), envelope.dot == dot else {
      throw StoreError.damagedChange(dot)
    }
    // In the order of arrival a device's numbers follow each other; rows that changed places do not.
    if let last = links[number], sequence <= last.sequence {
      throw StoreError.damagedChange(dot)
    }
    let change = Change(envelope: envelope, content: content)
    let link = ChainHead.link(
      after: try previousLink(number, before: dot, db), payloadDigest: change.payloadDigest,
      envelopeBytes: envelopeBytes)
    guard link == stored else { throw StoreError.damagedChange(dot) }
    links[number] = (sequence, link)
    return ChangeLog.Entry(position: try row.integer(0), change: change, link: link)
  }

  private func previousLink(
    _ number: Int64, before dot: Dot, _ db: some SQLTransaction
  ) throws -> Digest {
    guard dot.sequence > 1 else { return .zero }
    if let last = links[number], last.sequence == dot.sequence - 1 { return last.link }
    let before = dot.sequence - 1
    guard let link = try db.link(study: log.study, device: number, sequence: before) else {
      throw StoreError.damagedChange(dot)
    }
    return link
  }

  mutating func deviceID(_ number: Int64, _ db: some SQLTransaction) throws -> DeviceID {
    if let device = devices[number] { return device }
    guard let device = try db.deviceID(study: log.study, number: number) else {
      throw StoreError.damaged
    }
    devices[number] = device
    return device
  }
}
