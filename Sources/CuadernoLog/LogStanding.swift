package import CuadernoSync

/// Where the chains of a study's devices stand, by the rows that say so.
package struct LogStanding: Sendable {
  package struct Device: Sendable {
    /// As the log has it in this database.
    let number: Int64
    package let head: ChainHead
  }

  /// Ascending by the devices' ids.
  package let devices: [Device]
  package let frontier: VectorClock

  init(_ devices: [Device]) throws {
    guard let clock = VectorClock(sortedEntries: devices.map(\.head.dot)) else {
      throw StoreError.damaged
    }
    self.devices = devices
    frontier = clock
  }

  /// The devices' numbers, so that none is looked up.
  var numbers: [DeviceID: Int64] {
    Dictionary(uniqueKeysWithValues: devices.lazy.map { ($0.head.dot.device, $0.number) })
  }
}

extension ChangeLog {
  package func askStanding(_ db: some SQLTransaction) throws -> Answer<LogStanding> {
    try db.ask(Self.devices, forEach: [[.integer(study)]]) { row in
      LogStanding.Device(
        number: try row.integer(0),
        head: ChainHead(
          dot: Dot(device: try row.id(1), sequence: try row.sequence(2)), link: try row.digest(3)))
    }.map { try LogStanding($0.sorted { $0.head.dot < $1.head.dot }) }
  }

  private static let devices = RowStatement.select(
    ["number", "id", "sequence", "link"], from: "device", where: [.integer("study")])

  package func askFrontier(_ db: some SQLTransaction) throws -> Answer<VectorClock> {
    try db.ask(Self.ends, forEach: [[.integer(study)]]) { row in
      Dot(device: try row.id(0), sequence: try row.sequence(1))
    }.map { entries in
      guard let clock = VectorClock(sortedEntries: entries.sorted()) else {
        throw StoreError.damaged
      }
      return clock
    }
  }

  private static let ends = RowStatement.select(
    ["id", "sequence"], from: "device", where: [.integer("study")])

  /// The link at a change held, nil for one that is not.
  package func askLink(at dot: Dot, _ db: some SQLTransaction) throws -> Answer<Digest?> {
    dot.sequence <= WireLimits.sequenceMax ? try db.askLink(study: study, at: dot) : Answer(nil)
  }

  /// Asks for what admission starts from, and the appender.
  package func askGrounds(
    of page: ChangePage, _ db: some SQLTransaction
  ) throws -> Answer<Grounds> {
    let standing = try askStanding(db)
    let links = try page.heads.map { head in
      (device: head.dot.device, link: try db.askLastLink(study: study, of: head.dot.device))
    }
    let end = try db.askEnd(of: study)
    let erasures = try Erasures.ask(of: self, db)
    let voids = try Voids.ask(of: self, db)
    return Answer {
      Grounds(
        standing: try standing.value(),
        links: try links.map { ($0.device, try $0.link.value()) }, end: try end.value(),
        erasures: try erasures.value(), voids: try voids.value())
    }
  }

  /// What a log says before a page is taken.
  package struct Grounds {
    package let standing: LogStanding
    let links: [(device: DeviceID, link: Digest?)]
    package let end: Int64
    package let erasures: Erasures
    package let voids: Voids

    /// - Throws: ``StoreError/damagedChange(_:)``, as ``ChangeLog/provenHead(of:_:)`` does.
    package func admission() throws -> Admission {
      var proven = [DeviceID: Digest]()
      let heads = Dictionary(
        uniqueKeysWithValues: standing.devices.lazy.map { ($0.head.dot.device, $0.head) })
      for (device, link) in links {
        guard let head = heads[device] else { continue }
        guard link == head.link else { throw StoreError.damagedChange(head.dot) }
        proven[device] = link
      }
      return Admission(frontier: standing.frontier, links: proven)
    }
  }

  package func appender(on grounds: Grounds) -> Appender {
    Appender(
      log: self, position: grounds.end, erasures: grounds.erasures, voids: grounds.voids,
      numbers: grounds.standing.numbers)
  }
}
