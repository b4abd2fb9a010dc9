import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

// Which records are shown: law 5 over a record and what is on it.
//
// A record *lives* when it has a change that nobody who deleted it had seen, or when something on it
// lives that has one. It is *shown* when it lives and everything that it is on or about lives. Both
// are functions of all records' states, so it does not matter what came first.
extension Projection {
  enum Ripple {
    /// The records that the changed one is on: it may keep them alive.
    case hosts
    /// The records on the changed one, which are seen with it.
    case dependants
  }

  /// Settles what a change to a record means for it and for others around it.
  ///
  /// - Parameter before: the record before the change.
  /// - Returns: whether the record is shown.
  @discardableResult
  mutating func settle(
    _ record: ProjectedRecord, before: RecordRow.Found?, ripple: Ripple
  ) throws -> Bool {
    try tally.writeThemes(view)
    let hosts = try hosts(of: record.id, record.state)
    var visibility = Visibility(self, current: record.id, currentHosts: hosts)
    switch ripple {
    case .hosts:
      let left = try before.map { try self.hosts(of: record.id, $0.state) } ?? []
      try settle(visibility.deletedAbove(hosts + left), except: record.id, &visibility)
      let isShown = try visibility.isShown(record.id)
      try setShown(isShown, record)
      try setHidden(record, isShown: isShown, hosts)
      return isShown
    case .dependants:
      let wasShown = before?.isShown ?? true
      guard record.isShown != wasShown else { return record.isShown }
      try settle(visibility.dependants(of: record.id), except: record.id, &visibility)
      return record.isShown
    }
  }

  private mutating func settle(
    _ start: [RecordID], except current: RecordID, _ visibility: inout Visibility
  ) throws {
    var waiting = start
    while let id = waiting.popLast() {
      guard id != current, let found = try row.find(id) else { continue }
      let isShown = try visibility.isShown(id)
      let record = ProjectedRecord(
        number: found.number, id: id, state: found.state, isShown: isShown)
      try setHidden(record, isShown: isShown, hosts(of: id, found.state))
      guard isShown != found.isShown else { continue }
      try setShown(isShown, record)
      try show(record)
      try tally.writeThemes(view)
      if isShown, !found.state.isAlive { arrivals.kept.insert(id) }
      waiting += try visibility.dependants(of: id)
    }
  }

  private mutating func setShown(_ isShown: Bool, _ record: ProjectedRecord) throws {
    let isDeleted = !record.state.isAlive
    if !isShown || isDeleted { hasDeleted = true }
    try view.cachedStatement(sql: "UPDATE record SET isAlive = ? WHERE number = ?")
      .run([.integer(isShown ? (isDeleted ? 2 : 1) : 0), .integer(record.number)])
  }

  /// Remembers what a record that is not shown is on, since its tables do not say it.
  private func setHidden(
    _ record: ProjectedRecord, isShown: Bool, _ hosts: [RecordID]
  ) throws {
    try view.cachedStatement(sql: "DELETE FROM hiddenBy WHERE record = ?")
      .run([.integer(record.number)])
    guard !isShown else { return }
    for host in hosts {
      try view.cachedStatement(sql: "INSERT OR IGNORE INTO hiddenBy (host, record) VALUES (?, ?)")
        .run([.id(host), .integer(record.number)])
    }
  }

  /// The records that one is on or about, as its registers show them.
  func hosts(of id: RecordID, _ state: RecordState) throws -> [RecordID] {
    guard let kind = Kind(rawValue: state.kind) else { return [] }
    return try Field.saysAbout(kind).compactMap { field in
      let field = FieldID(field.number)
      guard let write = state.shown(field) else { return nil }
      let change = try change(at: write.dot)
      guard let index = change.envelope.fields.firstIndex(of: field),
        let named = Self.values(of: change)?[index]?.namedRecord
      else { return nil }
      return named == id.rawValue ? nil : RecordID(rawValue: named)
    }
  }
}

/// Asks of records whether they live and are shown, while one of them is being changed.
struct Visibility {
  private let projection: Projection
  private let current: RecordID
  private let currentHosts: [RecordID]
  private var known: [RecordID: RecordRow.Found?] = [:]

  init(_ projection: Projection, current: RecordID, currentHosts: [RecordID]) {
    self.projection = projection
    self.current = current
    self.currentHosts = currentHosts
  }

  /// Whether a record lives and everything that it is on or about, and what that is on, does.
  mutating func isShown(_ id: RecordID) throws -> Bool {
    var seen: Set = [id]
    var waiting = [id]
    while let next = waiting.popLast() {
      guard let found = try find(next) else { continue }
      guard try lives(next) else { return false }
      for host in try hosts(of: next, found) where seen.insert(host).inserted {
        waiting.append(host)
      }
    }
    return true
  }

  mutating func lives(_ id: RecordID) throws -> Bool {
    guard let found = try find(id), !found.state.isErased, !projection.erased.contains(id) else {
      return false
    }
    if found.state.isAlive { return true }
    var seen: Set = [id]
    var waiting = try dependants(of: id)
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted, let child = try find(next), !child.state.isErased,
        !projection.erased.contains(next)
      else { continue }
      if child.state.isAlive, !found.state.removed.covers(child.state.edits) { return true }
      waiting += try dependants(of: next)
    }
    return false
  }

  /// Of some records and what they are on, those that somebody deleted.
  mutating func deletedAbove(_ start: [RecordID]) throws -> [RecordID] {
    var result = [RecordID]()
    var seen = Set<RecordID>()
    var waiting = start
    while let next = waiting.popLast() {
      guard seen.insert(next).inserted, let found = try find(next) else { continue }
      if !found.state.deletes.isEmpty { result.append(next) }
      waiting += try hosts(of: next, found)
    }
    return result
  }

  /// The records that are on or about one, as they are while one of them is being changed.
  func dependants(of id: RecordID) throws -> [RecordID] {
    var found = try Dependants.shown(on: id, projection.view)
    found.formUnion(try Dependants.hidden(on: id, projection.view))
    // What is being changed may not be in its tables yet, or still be there as it was.
    if currentHosts.contains(id) { found.insert(current) } else { found.remove(current) }
    return found.sorted()
  }

  private func hosts(of id: RecordID, _ found: RecordRow.Found) throws -> [RecordID] {
    id == current ? currentHosts : try projection.hosts(of: id, found.state)
  }

  private mutating func find(_ id: RecordID) throws -> RecordRow.Found? {
    if let found = known[id] { return found }
    let found = try projection.row.find(id)
    known[id] = .some(found)
    return found
  }
}

/// The records that are directly on or about one.
enum Dependants {
  /// Those with rows in the tables. The tally of themes is to be written before.
  static func shown(on id: RecordID, _ view: Database) throws -> Set<RecordID> {
    // To find the codings with a theme is to read all of them, and most records are no theme.
    let hasCodings = try Tally.count(of: id, view) > 0
    var found = Set<RecordID>()
    let all = [("coding", "target"), ("note", "about"), ("coding", "theme")]
    for (table, column) in all.prefix(hasCodings ? 3 : 2) {
      found.formUnion(
        try RecordID.fetchSet(
          view.cachedStatement(
            sql: """
              SELECT record.id FROM \(table) JOIN record ON record.number = \(table).record
              WHERE \(table).\(column) = ?
              """),
          arguments: [id]))
    }
    return found
  }

  /// Those out of sight.
  static func hidden(on id: RecordID, _ view: Database) throws -> Set<RecordID> {
    try RecordID.fetchSet(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM hiddenBy JOIN record ON record.number = hiddenBy.record
          WHERE hiddenBy.host = ?
          """),
      arguments: [id])
  }
}
