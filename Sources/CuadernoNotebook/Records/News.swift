import CuadernoLog
package import CuadernoModel
package import CuadernoSync
import GRDB

/// What other devices wrote that the person at this notebook has not seen yet.
package struct News: Sendable {
  /// What happened to one record.
  package struct Item: Sendable {
    package var record: RecordID
    /// Nil for a kind that a newer notebook knows.
    package var kind: Kind?
    package var name: String
    /// What a note is about or a coding lies on.
    package var subject: RecordID?
    /// Whether nothing of it was known before.
    package var isNew: Bool
    package var isAlive: Bool
    /// Whether somebody deleted it; when it is alive all the same, another worked on it meanwhile.
    package var wasDeleted: Bool
    /// Whether somebody erased it for good.
    package var wasErased: Bool
    package var authors: [Author]
    /// The fields with an open conflict.
    package var conflicts: [Field]
  }

  /// What one device wrote to one record.
  package struct Author: Sendable {
    package var device: DeviceID
    /// Nil when the device has not introduced itself yet.
    package var member: String?
    package var changes: Int
    /// Each once, in their order.
    package var fields: [Field]
    /// Whether it wrote fields that only a newer notebook knows.
    package var hasNewerFields: Bool
    package var isDelete: Bool
    package var last: Stamp
  }

  /// Records in conflict first, then those that were known, then new ones; each in the order of
  /// arrival.
  package var items: [Item]
  package var changes: Int
  /// What is marked as seen once the news have been shown.
  package var frontier: VectorClock
}

extension Reader {
  /// How many changes of other devices have not been seen.
  package func unseenCount() throws -> UInt64 {
    guard blindness.isOn else { return try frontier().changesMissing(from: seen()) }
    var count: UInt64 = 0
    try forEachUnseen { _ in count += 1 }
    return count
  }

  /// The changes of other devices that have not been seen, in the order in which they came here.
  private func forEachUnseen(_ body: (Change) throws -> Void) throws {
    var clock = try seen()
    while true {
      let page = try Notebook.changes.page(beyond: clock, bytesMax: 4 << 20, log)
      guard !page.changes.isEmpty else { return }
      for change in page.changes {
        clock.include(change.dot)
        if try !blindness.withholds(change.envelope, view) { try body(change) }
      }
    }
  }

  /// Everything that other devices wrote and that has not been marked as seen, grouped by record.
  package func news() throws -> News {
    let members = try members()
    var gathered = [RecordID: GatheredNews]()
    var order = [RecordID]()
    var count = 0
    let voids = try Voids(log: Notebook.changes, log)
    try forEachUnseen { change in
      guard !voids.passOver(change) else { return }
      count += 1
      let record = change.envelope.record
      if gathered[record] == nil { order.append(record) }
      gathered[record, default: GatheredNews()].add(change.envelope)
    }
    let conflicts = Dictionary(grouping: try conflictFields(), by: \.record)
    let items = try order.map { record in
      try item(
        record, gathered[record] ?? GatheredNews(), members,
        conflicts[record, default: []].map(\.field))
    }
    let sorted = items.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }
    return News(items: sorted.map(\.element), changes: count, frontier: try frontier())
  }

  private func item(
    _ record: RecordID, _ news: GatheredNews, _ members: [DeviceID: Member], _ conflicts: [Field]
  ) throws -> News.Item {
    let kind = news.kind.flatMap(Kind.init)
    let known =
      try Int.fetchOne(
        view.cachedStatement(
          sql: """
            SELECT count(*) FROM history
            WHERE record = (SELECT number FROM record WHERE id = ?)
            """),
        arguments: [record]) ?? 0
    let isAlive = try state(of: record)?.isAlive ?? false
    return News.Item(
      record: record, kind: kind, name: try kind.map { try lastName(of: record, $0) } ?? "",
      subject: try kind.flatMap { try subject(of: record, $0) },
      isNew: known == news.changes, isAlive: isAlive, wasDeleted: news.wasDeleted,
      wasErased: news.wasErased,
      authors: news.authors.map { $0.author(kind, members) }, conflicts: conflicts)
  }

  private func subject(of record: RecordID, _ kind: Kind) throws -> RecordID? {
    switch kind {
    case .coding: try fetch(Coding.self, record)?.target
    case .note: try fetch(Note.self, record)?.about
    default: nil
    }
  }

  private func conflictFields() throws -> [(record: RecordID, field: Field)] {
    let rows = try Row.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT DISTINCT id, kind, field FROM conflict JOIN record ON number = record
          \(unlessWithheld("number")) ORDER BY record, field
          """))
    return try rows.compactMap { row in
      guard let kind = Kind(rawValue: UInt32(clamping: try row.decode(Int64.self, atIndex: 1))),
        let field = Field.find(kind, UInt32(clamping: try row.decode(Int64.self, atIndex: 2)))
      else { return nil }
      return (try row.decode(atIndex: 0), field)
    }
  }
}

extension News.Item {
  fileprivate var rank: Int {
    conflicts.isEmpty ? (isNew ? 2 : 1) : 0
  }
}

/// What the news say of one record, while they are read.
private struct GatheredNews {
  struct Author {
    var device: DeviceID
    var changes = 0
    var fields: Set<UInt32> = []
    var isDelete = false
    var last = Stamp.zero

    func author(_ kind: Kind?, _ members: [DeviceID: Member]) -> News.Author {
      let known = kind.map { kind in fields.sorted().compactMap { Field.find(kind, $0) } } ?? []
      return News.Author(
        device: device, member: members[device]?.name, changes: changes, fields: known,
        hasNewerFields: known.count < fields.count, isDelete: isDelete, last: last)
    }
  }

  var kind: UInt32?
  var changes = 0
  var wasDeleted = false
  var wasErased = false
  var authors: [Author] = []

  mutating func add(_ envelope: Envelope) {
    kind = min(kind ?? envelope.kind, envelope.kind)
    changes += 1
    wasDeleted = wasDeleted || envelope.action == .delete
    wasErased = wasErased || envelope.action == .erase
    let device = envelope.dot.device
    let index = authors.firstIndex { $0.device == device } ?? authors.endIndex
    if index == authors.endIndex { authors.append(Author(device: device)) }
    authors[index].changes += 1
    authors[index].fields.formUnion(envelope.fields.map(\.number))
    authors[index].isDelete = authors[index].isDelete || envelope.action == .delete
    authors[index].last = max(authors[index].last, envelope.stamp)
  }
}
