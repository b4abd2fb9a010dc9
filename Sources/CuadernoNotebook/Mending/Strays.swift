import CuadernoLog
import CuadernoSync
import GRDB

/// Changes that were saved from a damaged log and build on some that were not.
///
/// Law 1 keeps them out of the log until what they build on has come back; then they are admitted as
/// if they had just arrived. Until then they lie in a table of their own, in every backup.
struct Strays {
  let log: Database

  static func keep(_ found: [LogRemains.Found], _ log: Database) throws {
    for found in found {
      var (salt, payload, digest) = ([UInt8]?.none, [UInt8]?.none, Digest?.none)
      switch found.change.content {
      case .payload(let saltBytes, let bytes): (salt, payload) = (saltBytes, bytes)
      case .erased(let value): digest = value
      }
      try log.execute(
        sql: """
          INSERT OR REPLACE INTO stray
            (device, sequence, envelope, salt, payload, payloadDigest, link)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          found.change.dot.device, Int64(bitPattern: found.change.dot.sequence),
          Blob(found.change.envelope.canonicalBytes), salt.map { Blob($0) },
          payload.map { Blob($0) }, digest, found.link,
        ])
    }
  }

  func count() throws -> Int {
    try Int.fetchOne(log.cachedStatement(sql: "SELECT count(*) FROM stray")) ?? 0
  }

  /// Every stray, those of a device in the order of their numbers.
  func all() throws -> [LogRemains.Found] {
    let rows = try Row.fetchAll(
      log,
      sql: """
        SELECT envelope, salt, payload, payloadDigest, link FROM stray ORDER BY device, sequence
        """)
    return try rows.compactMap { row in
      guard
        let envelope = try? Envelope(
          canonicalBytes: try row.decode(Blob.self, atIndex: 0).bytes)
      else { return nil }
      let content: Change.Content
      if let salt = try row.decode(Blob?.self, atIndex: 1),
        let payload = try row.decode(Blob?.self, atIndex: 2)
      {
        content = .payload(salt: salt.bytes, bytes: payload.bytes)
      } else {
        content = .erased(try row.decode(Digest.self, atIndex: 3))
      }
      return LogRemains.Found(
        change: Change(envelope: envelope, content: content),
        link: try row.decode(Digest.self, atIndex: 4))
    }
  }

  /// The strays that may be admitted now, as one page; empty when there are none.
  func nextPage() throws -> ChangePage {
    var frontier = try Notebook.changes.frontier(log)
    var page = ChangePage()
    var links = [DeviceID: Digest]()
    var waiting = try all().filter { !frontier.covers($0.change.dot) }
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      var left = [LogRemains.Found]()
      for stray in waiting {
        let dot = stray.change.dot
        guard page.changes.count < WireLimits.pageChanges,
          dot.sequence == frontier[dot.device] + 1, frontier.covers(stray.change.envelope.context)
        else {
          left.append(stray)
          continue
        }
        let previous =
          try links[dot.device] ?? Notebook.changes.provenHead(of: dot.device, log)?.link ?? .zero
        // Another chain under the same numbers: these can never be admitted.
        guard AdmittedChange(own: stray.change, after: previous).link == stray.link else {
          continue
        }
        page.changes.append(stray.change)
        links[dot.device] = stray.link
        frontier.include(dot)
        isGrowing = true
      }
      waiting = left
    }
    page.heads = links.map { device, link in
      ChainHead(dot: Dot(device: device, sequence: frontier[device]), link: link)
    }.sorted { $0.dot < $1.dot }
    return page
  }

  /// Takes the payloads of those that write to what was erased, or are about it.
  func erase(_ erasures: Erasures) throws {
    for stray in try all() where erasures.reach(stray.change.envelope) {
      try log.execute(
        sql: """
          UPDATE stray SET salt = NULL, payload = NULL, payloadDigest = ?
          WHERE device = ? AND sequence = ?
          """,
        arguments: [
          stray.change.payloadDigest, stray.change.dot.device,
          Int64(bitPattern: stray.change.dot.sequence),
        ])
    }
  }

  /// Forgets those that the log holds now.
  func removeAdmitted() throws {
    let frontier = try Notebook.changes.frontier(log)
    for entry in frontier.entries {
      try log.execute(
        sql: "DELETE FROM stray WHERE device = ? AND sequence <= ?",
        arguments: [entry.device, Int64(bitPattern: entry.sequence)])
    }
  }
}
