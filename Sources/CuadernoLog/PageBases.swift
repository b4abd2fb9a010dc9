package import CuadernoSync

// Earlier changes that a page may be packed with. Envelopes alone tell which: what a payload holds, or
// whether it can be read at all, makes no difference here.
extension ChangeLog {
  /// Earlier changes to the records of a page, and to those that these are on or about, all of them held and
  /// covered by a clock: ascending, each once, and within the limits for one page.
  ///
  /// Nothing is looked up for a change that is small or the first to its record and on nothing, so a first
  /// sync of any length costs one pass over its contexts. Rows are not compared with their hashes: a flipped
  /// bit makes a frame that its reader refuses, and then the page is sent as it is.
  ///
  /// - Parameter writes: the changes that records are made of now; asked for once, if at all.
  package func bases(
    of page: ChangePage, heldBy clock: VectorClock, _ db: some SQLTransaction,
    writes: (_ records: [RecordID]) throws -> [RecordID: [Dot]]
  ) throws -> [EarlierPayload] {
    var search = BaseSearch(page, heldBy: clock)
    var rows = BaseRows(log: self)
    while case let wanted = search.wanted, !wanted.isEmpty {
      search.take(try rows.candidates(wanted, db))
    }
    let hosts = HostSearch(page)
    let records = hosts.wanted.prefix(WireLimits.pageHosts)
    if !records.isEmpty {
      // Whoever needs the registers says what is wrong with them; the page is sent as it is.
      let made = (try? writes(Array(records))) ?? [:]
      // The last are the newest.
      let held = try rows.candidates(
        made.values.flatMap { $0.lazy.filter(clock.covers).suffix(WireLimits.baseSteps) }, db)
      var room = WireLimits.pageHostBytes
      for record in records {
        let candidates = made[record, default: []].compactMap { held[$0] }
        guard let host = hosts.choose(record, of: candidates) else { continue }
        // The first may be longer: it is what most of the page is on.
        guard room == WireLimits.pageHostBytes || host.bytes <= room else { continue }
        room = max(0, room - host.bytes)
        search.add(host.candidate)
      }
    }
    let dots = search.chosen
    return dots.isEmpty ? [] : try bases(at: dots, db) ?? []
  }

  /// The changes with these names, in this order; nil when the payload of one is not here, or they
  /// are more than one page may be packed with.
  package func bases(at dots: [Dot], _ db: some SQLTransaction) throws -> [EarlierPayload]? {
    var rows = BaseRows(log: self)
    let found = try rows.candidates(dots, db)
    // Their sizes are known before any of them is read.
    let bytes = dots.reduce(0) { $0 + (found[$1]?.payloadBytes ?? 0) }
    guard dots.count <= WireLimits.pageBases, bytes <= WireLimits.pageBaseBytes else { return nil }
    guard dots.allSatisfy({ found[$0]?.payloadBytes != nil }) else { return nil }
    let payloads = try rows.payloads(dots, db)
    var bases = [EarlierPayload]()
    for dot in dots {
      guard let record = found[dot]?.envelope.record, let payload = payloads[dot] else {
        return nil
      }
      bases.append(EarlierPayload(dot: dot, record: record, payload: payload))
    }
    return bases
  }
}

/// What is looked at of a change that may be packed with.
struct BaseCandidate {
  let envelope: Envelope
  /// Nil when the payload is gone.
  let payloadBytes: Int?
}

/// Looks changes up by their names, many at a time: over a network each question takes as long as all.
private struct BaseRows {
  let log: ChangeLog
  private var numbers: [DeviceID: Int64] = [:]

  init(log: ChangeLog) {
    self.log = log
  }

  mutating func candidates(
    _ dots: [Dot], _ db: some SQLTransaction
  ) throws -> [Dot: BaseCandidate] {
    try rows("envelope, CAST(length(payload) AS BIGINT)", dots, db) { row in
      // Whoever reads the row for what it says finds out what is wrong with it.
      guard let envelope = try? Envelope(canonicalBytes: try row.bytes(0)) else { return nil }
      return BaseCandidate(
        envelope: envelope, payloadBytes: try row.optionalInteger(1).map { Int($0) })
    }
  }

  mutating func payloads(_ dots: [Dot], _ db: some SQLTransaction) throws -> [Dot: [UInt8]] {
    try rows("payload", dots, db) { row in row.isNull(0) ? nil : try row.bytes(0) }
  }

  private mutating func rows<Transaction: SQLTransaction, Result>(
    _ columns: String, _ dots: [Dot], _ db: Transaction,
    _ read: (Transaction.Row) throws -> Result?
  ) throws -> [Dot: Result] {
    var known = [Dot]()
    var keys = [[Binding]]()
    for dot in dots {
      guard dot.sequence <= WireLimits.sequenceMax, let number = try number(of: dot.device, db)
      else { continue }
      known.append(dot)
      keys.append([.integer(log.study), .integer(number), .sequence(dot.sequence)])
    }
    let results = try db.first(
      "SELECT \(columns) FROM change WHERE study = ? AND device = ? AND sequence = ?",
      forEach: keys, read)
    return Dictionary(
      zip(known, results).compactMap { dot, result in result?.map { (dot, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private mutating func number(
    of device: DeviceID, _ db: some SQLTransaction
  ) throws -> Int64? {
    if let number = numbers[device] { return number }
    numbers[device] = try log.deviceNumber(of: device, db)
    return numbers[device]
  }
}
