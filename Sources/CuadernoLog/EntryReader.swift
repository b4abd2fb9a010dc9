import CuadernoSync
import GRDB

/// Turns rows into entries and checks each against its chain; remembers the last link of each
/// device, so that reading in order costs one hash a row and no look-up.
struct EntryReader {
  let log: ChangeLog
  private var links: [Int64: (sequence: UInt64, link: Digest)] = [:]
  private var devices: [Int64: DeviceID] = [:]

  init(log: ChangeLog) {
    self.log = log
  }

  mutating func entry(_ row: Row, _ db: Database) throws -> ChangeLog.Entry {
    let number: Int64 = try row.decode(atIndex: 1)
    let sequence = UInt64(bitPattern: try row.decode(atIndex: 2))
    let dot = Dot(device: try deviceID(number, db), sequence: sequence)
    let envelopeBytes = try row.decode(Blob.self, atIndex: 3).bytes
    let content: Change.Content
    if let payload = try row.decode(Blob?.self, atIndex: 5),
      let salt = try row.decode(Blob?.self, atIndex: 4)
    {
      content = .payload(salt: salt.bytes, bytes: payload.bytes)
    } else if let digest = try row.decode(Digest?.self, atIndex: 6) {
      content = .erased(digest)
    } else {
      throw StoreError.damagedChange(dot)
    }
    let stored = try row.decode(Digest.self, atIndex: 7)
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
    return ChangeLog.Entry(position: try row.decode(atIndex: 0), change: change, link: link)
  }

  private func previousLink(_ number: Int64, before dot: Dot, _ db: Database) throws -> Digest {
    guard dot.sequence > 1 else { return .zero }
    if let last = links[number], last.sequence == dot.sequence - 1 { return last.link }
    guard let link = try log.link(device: number, sequence: dot.sequence - 1, db) else {
      throw StoreError.damagedChange(dot)
    }
    return link
  }

  mutating func deviceID(_ number: Int64, _ db: Database) throws -> DeviceID {
    if let device = devices[number] { return device }
    let statement = try db.cachedStatement(sql: "SELECT id FROM device WHERE number = ?")
    guard let device = try DeviceID.fetchOne(statement, arguments: [number]) else {
      throw StoreError.damaged
    }
    devices[number] = device
    return device
  }
}
