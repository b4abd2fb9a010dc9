package import CuadernoSync
package import GRDB

/// What can still be proven of a log whose file is damaged.
///
/// A change is taken when the hashes around it say that it is the one that was written. What cannot
/// be proven is left out: to fetch a change again is better than to show a wrong text.
package struct LogRemains: Sendable {
  package struct Found: Sendable {
    package let change: Change
    package let link: Digest

    package init(change: Change, link: Digest) {
      self.change = change
      self.link = link
    }
  }

  /// In the order of arrival.
  package private(set) var found: [Found] = []

  /// The names of changes that were here and are not among those found, sorted.
  package private(set) var missing: [Dot] = []

  /// Reads around damaged rows and pages.
  ///
  /// - Parameter bytes: the size of the file, which bounds how many changes there can be.
  package init(of log: ChangeLog, bytes: Int, _ db: Database) throws {
    // No row takes less than this.
    let most = bytes / 80 + 1
    let rows = try Self.rows(of: log, most: Int64(most), db)
    var chains = [DeviceID: [UInt64: ReadRow]]()
    for row in rows { chains[row.change.dot.device, default: [:]][row.change.dot.sequence] = row }
    let heads = Self.heads(of: log, db)
    var proven = [(row: ReadRow, link: Digest)]()
    var known = VectorClock()
    for (device, chain) in chains {
      let new = Self.prove(chain, heads[device])
      proven += new
      // A name that may itself be damaged is believed only of a device that has written.
      guard !new.isEmpty else { continue }
      for sequence in chain.keys { known.include(Dot(device: device, sequence: sequence)) }
      if let head = heads[device] { known.include(head.dot) }
    }
    proven.sort { $0.row.position < $1.row.position }
    found = proven.map { Found(change: $0.row.change, link: $0.link) }
    for change in found { known.join(change.change.envelope.context) }
    let taken = Set(found.map(\.change.dot))
    for end in known.entries where end.sequence <= UInt64(most) {
      for sequence in 1...end.sequence {
        let dot = Dot(device: end.device, sequence: sequence)
        if !taken.contains(dot) { missing.append(dot) }
      }
    }
  }

  private struct ReadRow {
    let position: Int64
    let change: Change
    let link: Digest
  }

  /// What the file gives when every place in it is asked for: after a page that cannot be read, the
  /// next place is tried.
  private static func rows(
    of log: ChangeLog, most: Int64, _ db: Database
  ) throws -> [ReadRow] {
    var rows = [ReadRow]()
    var position: Int64 = 1
    while position <= most {
      do {
        let cursor = try Row.fetchCursor(
          db,
          sql: """
            SELECT position, envelope, salt, payload, payloadDigest, link FROM change
            WHERE position >= ? ORDER BY position
            """, arguments: [position])
        while let row = try cursor.next() {
          position = max(position, min(row[0] ?? position, most)) + 1
          if let read = Self.read(row) { rows.append(read) }
        }
        break
      } catch let error as DatabaseError where StoreError(error) == .damaged {
        position += 1
      }
    }
    return rows.sorted { $0.position < $1.position }
  }

  private static func read(_ row: Row) -> ReadRow? {
    guard let position = Int64.fromDatabaseValue(row[0]),
      let envelopeBytes = Blob.fromDatabaseValue(row[1])?.bytes,
      let envelope = try? Envelope(canonicalBytes: envelopeBytes)
    else { return nil }
    let link = Digest.fromDatabaseValue(row[5]) ?? .zero
    let content: Change.Content
    if let salt = Blob.fromDatabaseValue(row[2]), let payload = Blob.fromDatabaseValue(row[3]) {
      content = .payload(salt: salt.bytes, bytes: payload.bytes)
    } else if let digest = Digest.fromDatabaseValue(row[4]) {
      content = .erased(digest)
    } else {
      return nil
    }
    return ReadRow(
      position: position, change: Change(envelope: envelope, content: content), link: link)
  }

  private static func heads(of log: ChangeLog, _ db: Database) -> [DeviceID: ChainHead] {
    guard
      let rows = try? Row.fetchAll(
        db, sql: "SELECT id, sequence, link FROM device WHERE study = ?", arguments: [log.study])
    else { return [:] }
    var heads = [DeviceID: ChainHead]()
    for row in rows {
      guard let device = DeviceID.fromDatabaseValue(row[0]),
        let sequence = Int64.fromDatabaseValue(row[1]), sequence > 0,
        let link = Digest.fromDatabaseValue(row[2])
      else { continue }
      heads[device] = ChainHead(
        dot: Dot(device: device, sequence: UInt64(sequence)), link: link)
    }
    return heads
  }

  /// Proves what it can of a device's chain.
  ///
  /// A change is proven by its own link, or, where only that was damaged, by the link of the change
  /// after it or by the device's row. The first change after one that is gone cannot be proven,
  /// since nothing says what it was chained to.
  private static func prove(
    _ chain: [UInt64: ReadRow], _ head: ChainHead?
  ) -> [(row: ReadRow, link: Digest)] {
    var links = [UInt64: Digest]()
    var proven = [(row: ReadRow, link: Digest)]()
    for (sequence, row) in chain.sorted(by: { $0.key < $1.key }) {
      let before = sequence == 1 ? [.zero] : [links[sequence - 1], chain[sequence - 1]?.link]
      for previous in before.compactMap(\.self) {
        let link = AdmittedChange(own: row.change, after: previous).link
        let isNextRight = chain[sequence + 1].map {
          AdmittedChange(own: $0.change, after: link).link == $0.link
        }
        guard
          link == row.link || isNextRight == true
            || head == ChainHead(dot: row.change.dot, link: link)
        else { continue }
        links[sequence] = link
        proven.append((row, link))
        break
      }
    }
    return proven
  }
}
