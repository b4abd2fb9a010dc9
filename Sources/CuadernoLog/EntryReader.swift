package import CuadernoSync
package import GRDB

/// Turns rows into entries and checks each against its chain.
///
/// It remembers the devices and the last link of each, so that reading in order costs one hash a row
/// and no look-up, and reading here and there as few as can be.
package struct EntryReader {
  /// What it reads, in this order.
  static let columns = """
    SELECT position, device, sequence, envelope, salt, payload, payloadDigest, link FROM change

    """

  private let log: ChangeLog
  private let isInOrder: Bool
  private var links: [Int64: (sequence: UInt64, link: Digest)] = [:]
  private var devices: [Int64: DeviceID] = [:]
  private var numbers: [DeviceID: Int64] = [:]

  /// For rows in the order of arrival.
  init(inOrderOf log: ChangeLog) {
    self.log = log
    isInOrder = true
  }

  /// For entries looked up one by one.
  package init(log: ChangeLog) {
    self.log = log
    isInOrder = false
  }

  mutating func entry(_ row: BoundRow, _ db: Database) throws -> ChangeLog.Entry {
    let position = try row.number(0)
    let number = try row.number(1)
    let sequence = UInt64(bitPattern: try row.number(2))
    let dot = Dot(device: try deviceID(number, db), sequence: sequence)
    let content: Change.Content
    if let payload = try row.bytes(5), let salt = try row.bytes(4) {
      content = .payload(salt: salt, bytes: payload)
    } else if let digest = try row.bytes(6).flatMap({ Digest(bytes: $0) }) {
      content = .erased(digest)
    } else {
      throw StoreError.damagedChange(dot)
    }
    guard let stored = try row.bytes(7).flatMap({ Digest(bytes: $0) }),
      let envelopeBytes = try row.bytes(3)
    else { throw StoreError.damaged }
    guard let envelope = try? Envelope(canonicalBytes: envelopeBytes), envelope.dot == dot else {
      throw StoreError.damagedChange(dot)
    }
    // In the order of arrival a device's numbers follow each other; rows that changed places do not.
    if isInOrder, let last = links[number], sequence <= last.sequence {
      throw StoreError.damagedChange(dot)
    }
    let change = Change(envelope: envelope, content: content)
    let link = ChainHead.link(
      after: try previousLink(number, before: dot, at: position, db),
      payloadDigest: change.payloadDigest, envelopeBytes: envelopeBytes)
    guard link == stored else { throw StoreError.damagedChange(dot) }
    links[number] = (sequence, link)
    return ChangeLog.Entry(position: position, change: change, link: link)
  }

  private func previousLink(
    _ number: Int64, before dot: Dot, at position: Int64, _ db: Database
  ) throws -> Digest {
    guard dot.sequence > 1 else { return .zero }
    if let last = links[number], last.sequence == dot.sequence - 1 { return last.link }
    let link = try neighbour(number, dot.sequence - 1, at: position - 1, db)
    guard let link = try link ?? log.link(device: number, sequence: dot.sequence - 1, db) else {
      throw StoreError.damagedChange(dot)
    }
    return link
  }

  /// The link of the row before, which is mostly the one looked for and lies on the same page of the
  /// file; nil when it is another's.
  private func neighbour(
    _ number: Int64, _ sequence: UInt64, at position: Int64, _ db: Database
  ) throws -> Digest? {
    let statement = try db.cachedStatement(
      sql: "SELECT link FROM change WHERE position = ? AND device = ? AND sequence = ?")
    return try statement.first([
      .integer(position), .integer(number), .integer(Int64(bitPattern: sequence)),
    ]) { try $0.bytes(0).flatMap { Digest(bytes: $0) } } ?? nil
  }

  mutating func deviceID(_ number: Int64, _ db: Database) throws -> DeviceID {
    if let device = devices[number] { return device }
    let statement = try db.cachedStatement(sql: "SELECT id FROM device WHERE number = ?")
    let id = try statement.first([.integer(number)]) { try $0.bytes(0) } ?? nil
    guard let device = id.flatMap({ DeviceID(bytes: $0) }) else { throw StoreError.damaged }
    devices[number] = device
    return device
  }
}

extension EntryReader {
  /// The change with this name; nil when the log does not hold it.
  package mutating func entry(at dot: Dot, _ db: Database) throws -> ChangeLog.Entry? {
    guard dot.sequence <= WireLimits.sequenceMax,
      let number = try numbers[dot.device] ?? log.deviceNumber(of: dot.device, db)
    else { return nil }
    numbers[dot.device] = number
    let statement = try db.cachedStatement(
      sql: Self.columns + "WHERE device = ? AND sequence = ?")
    return try statement.first([
      .integer(number), .integer(Int64(bitPattern: dot.sequence)),
    ]) { try entry($0, db) }
  }

  /// The entry at a position; nil when there is none.
  package mutating func entry(at position: Int64, _ db: Database) throws -> ChangeLog.Entry? {
    let statement = try db.cachedStatement(
      sql: Self.columns + "WHERE position = ? AND study = ?")
    return try statement.first([.integer(position), .integer(log.study)]) { try entry($0, db) }
  }
}
