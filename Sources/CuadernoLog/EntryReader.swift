package import CuadernoSync

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

  /// Takes in a device's number, which is then not looked up.
  mutating func learn(_ device: DeviceID, number: Int64) {
    devices[number] = device
  }

  /// Takes in the link before the first change that is read of a device.
  mutating func learn(_ link: Digest, of number: Int64, at sequence: UInt64) {
    links[number] = (sequence, link)
  }

  mutating func entry(
    _ row: some ResultRow, _ db: some SQLTransaction
  ) throws -> ChangeLog.Entry {
    let position = try row.integer(0)
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
    _ number: Int64, before dot: Dot, at position: Int64, _ db: some SQLTransaction
  ) throws -> Digest {
    guard dot.sequence > 1 else { return .zero }
    if let last = links[number], last.sequence == dot.sequence - 1 { return last.link }
    let before = dot.sequence - 1
    if let link = try neighbour(number, before, at: position - 1, db) { return link }
    guard let link = try db.link(study: log.study, device: number, sequence: before) else {
      throw StoreError.damagedChange(dot)
    }
    return link
  }

  /// The link of the row before, which is mostly the one looked for and lies on the same page of the
  /// file; nil when it is another's.
  private func neighbour(
    _ number: Int64, _ sequence: UInt64, at position: Int64, _ db: some SQLTransaction
  ) throws -> Digest? {
    try db.first(
      "SELECT link FROM change WHERE study = ? AND position = ? AND device = ? AND sequence = ?",
      [.integer(log.study), .integer(position), .integer(number), .sequence(sequence)]
    ) { try $0.digest(0) }
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

extension EntryReader {
  /// The change with this name; nil when the log does not hold it.
  package mutating func entry(
    at dot: Dot, _ db: some SQLTransaction
  ) throws -> ChangeLog.Entry? {
    guard dot.sequence <= WireLimits.sequenceMax,
      let number = try numbers[dot.device] ?? log.deviceNumber(of: dot.device, db)
    else { return nil }
    numbers[dot.device] = number
    return try db.first(
      Self.columns + "WHERE study = ? AND device = ? AND sequence = ?",
      [.integer(log.study), .integer(number), .sequence(dot.sequence)]
    ) { try entry($0, db) }
  }

  /// The entry at a position; nil when there is none.
  package mutating func entry(
    at position: Int64, _ db: some SQLTransaction
  ) throws -> ChangeLog.Entry? {
    try db.first(
      Self.columns + "WHERE study = ? AND position = ?",
      [.integer(log.study), .integer(position)]
    ) { try entry($0, db) }
  }
}
