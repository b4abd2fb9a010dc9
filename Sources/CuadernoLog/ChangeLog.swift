package import CuadernoSync

/// The append-only log of one study in a database: every change, in the order of arrival.
///
/// The notebook and the ledger keep the same tables and so share this, whatever database they lie in. It
/// runs inside its caller's transaction; a page and the frontier that it leads to commit together.
package struct ChangeLog: Sendable {
  /// The study's number in this file; a notebook has one study, with the number 1.
  package let study: Int64

  package init(study: Int64) {
    self.study = study
  }

  /// A change as it lies in the log, checked against its hash.
  package struct Entry: Sendable {
    package let position: Int64
    package let change: Change
    package let link: Digest
  }

  package func frontier(_ db: some SQLTransaction) throws -> VectorClock {
    let entries = try db.all(
      "SELECT id, sequence FROM device WHERE study = ? ORDER BY id", [.integer(study)]
    ) { row in Dot(device: try row.id(0), sequence: try row.sequence(1)) }
    guard let clock = VectorClock(sortedEntries: entries) else { throw StoreError.damaged }
    return clock
  }

  /// The frontier as it was after a position; nil where finding it would read more than so many changes.
  package func frontier(
    upTo position: Int64, readingAtMost changesMax: Int64, _ db: some SQLTransaction
  ) throws -> VectorClock? {
    guard try end(db) - position <= changesMax else { return nil }
    let first = try db.all(
      """
      SELECT device.id, min(change.sequence) FROM change
      JOIN device ON device.study = change.study AND device.number = change.device
      WHERE change.study = ? AND position > ? GROUP BY device.id
      """, [.integer(study), .integer(position)]
    ) { row in Dot(device: try row.id(0), sequence: try row.sequence(1)) }
    let later = VectorClock(first)
    let entries = try frontier(db).entries.map { entry in
      let first = later[entry.device]
      return first > 0 ? Dot(device: entry.device, sequence: first - 1) : entry
    }
    return VectorClock(sortedEntries: entries.filter { $0.sequence > 0 })
  }

  /// Where a device's row says that its chain stands; nil before its first change.
  package func head(of device: DeviceID, _ db: some SQLTransaction) throws -> ChainHead? {
    guard let row = try deviceRow(device, db) else { return nil }
    return ChainHead(dot: Dot(device: device, sequence: row.sequence), link: row.link)
  }

  /// Where a device's chain stands, for whoever goes on with it.
  ///
  /// - Throws: ``StoreError/damagedChange(_:)`` when its last change says otherwise: what was chained
  ///   to a flipped bit could never be read again.
  package func provenHead(of device: DeviceID, _ db: some SQLTransaction) throws -> ChainHead? {
    guard let head = try head(of: device, db) else { return nil }
    guard try link(at: head.dot, db) == head.link else { throw StoreError.damagedChange(head.dot) }
    return head
  }

  /// The link at a change held, nil for one that is not.
  package func link(at dot: Dot, _ db: some SQLTransaction) throws -> Digest? {
    guard dot.sequence <= WireLimits.sequenceMax, let row = try deviceRow(dot.device, db) else {
      return nil
    }
    return try db.link(study: study, device: row.number, sequence: dot.sequence)
  }

  /// After which position the next change comes; zero for an empty log.
  package func end(_ db: some SQLTransaction) throws -> Int64 {
    try db.askEnd(of: study).value()
  }

  /// What `Admission` starts from, for the devices of a page.
  package func admission(of page: ChangePage, _ db: some SQLTransaction) throws -> Admission {
    var links = [DeviceID: Digest]()
    for head in page.heads {
      links[head.dot.device] = try provenHead(of: head.dot.device, db)?.link
    }
    return Admission(frontier: try frontier(db), links: links)
  }

  /// Begins to append; what the appender has taken is complete once it is finished.
  package func appender(_ db: some SQLTransaction) throws -> Appender {
    Appender(
      log: self, position: try end(db), erasures: try Erasures(log: self, db),
      voids: try Voids(log: self, db))
  }

  /// Appends changes that were admitted; answers the position of the last.
  @discardableResult
  package func append(_ changes: [AdmittedChange], _ db: some SQLTransaction) throws -> Int64 {
    var appender = try appender(db)
    try appender.append(changes, db)
    try appender.finish(db)
    return appender.position
  }

  /// Appends one change after the other, and writes the heads of the chains once, at the end.
  package struct Appender {
    private let log: ChangeLog
    /// The position of the last change appended.
    package private(set) var position: Int64
    private var heads: [DeviceID: (number: Int64, sequence: UInt64, link: Digest)] = [:]
    /// The numbers of devices, as far as they are known.
    private var numbers: [DeviceID: Int64]
    private var erasures: Erasures
    /// What is void, and which of it the log had held as good.
    package private(set) var voids: Voids

    init(
      log: ChangeLog, position: Int64, erasures: Erasures, voids: Voids,
      numbers: [DeviceID: Int64] = [:]
    ) {
      self.log = log
      self.position = position
      self.numbers = numbers
      self.erasures = erasures
      self.voids = voids
    }

    /// Appends changes that came together: what one of them calls void is void before it is appended.
    package mutating func append(_ changes: [AdmittedChange], _ db: some SQLTransaction) throws {
      for admitted in changes { try voids.add(admitted.change.envelope.voided, db) }
      for admitted in changes { try append(admitted, db) }
    }

    /// - Returns: the change as it lies in the log now: without its payload when it is void or what it
    ///   writes to was erased.
    @discardableResult
    package mutating func append(
      _ admitted: AdmittedChange, _ db: some SQLTransaction
    ) throws -> AdmittedChange {
      let dot = admitted.change.dot
      try voids.add(admitted.change.envelope.voided, db)
      let admitted =
        voids.contains(dot) ? admitted.erased : try erasures.admit(admitted, besides: voids, db)
      let number = try numbers[dot.device] ?? log.deviceNumber(of: admitted, db)
      numbers[dot.device] = number
      heads[dot.device] = (number, dot.sequence, admitted.link)
      position += 1
      var (salt, payload, digest) = (Binding.null, Binding.null, Binding.null)
      switch admitted.change.content {
      case .payload(let saltBytes, let bytes): (salt, payload) = (.blob(saltBytes), .blob(bytes))
      case .erased(let value): digest = .blob(value.bytes)
      }
      try db.write(
        [
          .integer(position), .integer(log.study), .integer(number), .sequence(dot.sequence),
          .blob(admitted.envelopeBytes), salt, payload, digest, .digest(admitted.link),
        ], by: ChangeLog.insertion)
      return admitted
    }

    package func finish(_ db: some SQLTransaction) throws {
      for head in heads.values {
        try db.write(
          [
            .sequence(head.sequence), .digest(head.link), .integer(log.study),
            .integer(head.number),
          ], by: ChangeLog.advance)
      }
    }
  }

  private static let insertion = RowStatement.insert(
    into: "change",
    [
      .integer("position"), .integer("study"), .integer("device"), .integer("sequence"),
      .bytes("envelope"), .bytes("salt"), .bytes("payload"), .bytes("payloadDigest"),
      .bytes("link"),
    ])

  private static let advance = RowStatement.update(
    "device", set: [.integer("sequence"), .bytes("link")],
    where: [.integer("study"), .integer("number")])

  /// The change with this name, checked; nil when the log does not hold it.
  package func entry(at dot: Dot, _ db: some SQLTransaction) throws -> Entry? {
    var reader = EntryReader(log: self)
    return try reader.entry(at: dot, db)
  }

  /// The entry at a position, checked; nil when there is none.
  package func entry(at position: Int64, _ db: some SQLTransaction) throws -> Entry? {
    var reader = EntryReader(log: self)
    return try reader.entry(at: position, db)
  }

  /// Reads the log in its order, each entry checked, from a position on.
  package func forEachEntry(
    from position: Int64, _ db: some SQLTransaction, _ body: (Entry) throws -> Void
  ) throws {
    var reader = EntryReader(inOrderOf: self)
    var numbers = NumbersMet(startsAtFirst: position <= 1)
    try db.scan(Self.inOrder, [.integer(study), .integer(position)]) { row in
      let entry = try reader.entry(row, db)
      if let missing = numbers.missing(before: entry.change.dot).first {
        throw StoreError.damagedChange(missing)
      }
      try body(entry)
      return true
    }
    if let missing = numbers.missing(upTo: try frontier(db)).first {
      throw StoreError.damagedChange(missing)
    }
  }

  /// Reads every entry, going on after those that do not match their hash, and compares where each
  /// chain ends with where its device is said to stand.
  package func examine(_ db: some SQLTransaction) throws -> (count: Int, damaged: [Dot]) {
    var reader = EntryReader(inOrderOf: self)
    var numbers = NumbersMet(startsAtFirst: true)
    var count = 0
    var damaged = [Dot]()
    try db.scan(Self.inOrder, [.integer(study), .integer(.min)]) { row in
      count += 1
      do {
        damaged += numbers.missing(before: try reader.entry(row, db).change.dot)
      } catch StoreError.damagedChange(let dot) {
        damaged.append(dot)
      }
      return true
    }
    damaged += numbers.missing(upTo: try frontier(db))
    for end in try frontier(db).entries
    where try link(at: end, db) != head(of: end.device, db)?.link {
      damaged.append(end)
    }
    var told = Set<Dot>()
    return (count, damaged.filter { told.insert($0).inserted })
  }

  // MARK: - Devices

  func deviceNumber(of device: DeviceID, _ db: some SQLTransaction) throws -> Int64? {
    try db.first(
      "SELECT number FROM device WHERE study = ? AND id = ?", [.integer(study), .id(device)]
    ) { try $0.integer(0) }
  }

  private func deviceRow(
    _ device: DeviceID, _ db: some SQLTransaction
  ) throws -> (number: Int64, sequence: UInt64, link: Digest)? {
    try db.first(
      "SELECT number, sequence, link FROM device WHERE study = ? AND id = ?",
      [.integer(study), .id(device)]
    ) { row in (try row.integer(0), try row.sequence(1), try row.digest(2)) }
  }

  fileprivate func deviceNumber(
    of admitted: AdmittedChange, _ db: some SQLTransaction
  ) throws -> Int64 {
    let dot = admitted.change.dot
    if let row = try deviceRow(dot.device, db) { return row.number }
    let number = try db.first(
      "INSERT INTO device (study, id, sequence, link) VALUES (?, ?, ?, ?) RETURNING number",
      [.integer(study), .id(dot.device), .sequence(dot.sequence), .digest(admitted.link)]
    ) { try $0.integer(0) }
    guard let number else { throw StoreError.damaged }
    return number
  }

  static let inOrder =
    EntryReader.columns + "WHERE study = ? AND position >= ? ORDER BY position"
}
