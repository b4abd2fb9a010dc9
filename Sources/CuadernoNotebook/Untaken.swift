import CuadernoLog
import CuadernoModel
package import CuadernoSync
import GRDB

/// What a hub did not take of what the person at this notebook wrote.
///
/// The log has it without its payload, as everybody's has. The words are their author's, so they are
/// kept here, in a table of its own, until the author has done with them.
package struct Untaken: Sendable {
  let envelope: Envelope
  package var change: HistoryEntry
  /// The name that its record has here; empty where the record was made by what was not taken.
  package var name: String
}

extension Untaken {
  /// - Parameter changes: with their payloads, as they lie in the log for the last time.
  static func keep(_ changes: [Change], _ log: Database) throws {
    for change in changes {
      guard case .payload(_, let payload) = change.content else { continue }
      try log.execute(
        sql: """
          INSERT OR IGNORE INTO untaken (device, sequence, envelope, payload) VALUES (?, ?, ?, ?)
          """,
        arguments: [
          change.dot.device, Int64(bitPattern: change.dot.sequence),
          Blob(change.envelope.canonicalBytes), Blob(payload),
        ])
    }
  }

  /// In the order in which they were written. Their salts are gone, since no hash is made of them any
  /// more.
  static func all(_ log: Database) throws -> [Change] {
    let rows = try Row.fetchAll(log, sql: "SELECT envelope, payload FROM untaken")
    return try rows.compactMap { row in
      guard
        let envelope = try? Envelope(
          canonicalBytes: try row.decode(Blob.self, atIndex: 0).bytes)
      else { return nil }
      return Change(
        envelope: envelope,
        content: .payload(salt: [], bytes: try row.decode(Blob.self, atIndex: 1).bytes))
    }.sorted { ($0.envelope.stamp, $0.dot) < ($1.envelope.stamp, $1.dot) }
  }

  /// What was erased is erased here too.
  static func erase(_ erasures: Erasures, _ log: Database) throws {
    for change in try all(log) where erasures.reach(change.envelope) {
      try drop(change.dot, log)
    }
  }

  static func drop(_ dot: Dot, _ log: Database) throws {
    try log.execute(
      sql: "DELETE FROM untaken WHERE device = ? AND sequence = ?",
      arguments: [dot.device, Int64(bitPattern: dot.sequence)])
  }
}

/// What a page that arrives makes void.
struct ArrivingVoids {
  /// Everything that is void once the page is here.
  let voids: Voids
  /// What was held as good until now.
  let overtaken: [Change]

  init(_ admitted: [AdmittedChange], _ log: Database) throws {
    var voids = try Voids(log: Notebook.changes, log)
    var overtaken = [Change]()
    for dot in admitted.lazy.flatMap(\.change.envelope.voided) where !voids.contains(dot) {
      voids.add([dot])
      if let entry = try Notebook.changes.entry(at: dot, log) { overtaken.append(entry.change) }
    }
    self.voids = voids
    self.overtaken = overtaken
  }

  func overtaken(by devices: @autoclosure () throws -> Set<DeviceID>) rethrows -> [Change] {
    guard !overtaken.isEmpty else { return [] }
    let devices = try devices()
    return overtaken.filter { devices.contains($0.dot.device) }
  }
}

extension Notebook {
  /// This device, and those that the person at this notebook had before it.
  func ownDevices(_ view: Database) throws -> Set<DeviceID> {
    let identity = try identity()
    let rows = try Row.fetchAll(
      view.cachedStatement(sql: "SELECT key FROM member WHERE name = ?"),
      arguments: [identity.member])
    let named = try rows.compactMap { DeviceID(bytes: try $0.decode(Blob.self, atIndex: 0).bytes) }
    return Set(named + [identity.device])
  }

  /// What a hub did not take of what its author wrote here, in the order in which it was written.
  package func untaken() throws -> [Untaken] {
    try read { reader in
      let members = try reader.members()
      return try Untaken.all(reader.log).map { change in
        let told = try reader.entry(change, members)
        let name = try told.kind.map { try reader.lastName(of: told.record, $0) } ?? ""
        return Untaken(envelope: change.envelope, change: told, name: name)
      }
    }
  }

  /// Forgets what was not taken, when its author has done with it.
  package func forgetUntaken(_ dots: [Dot]) throws {
    try holdingLock {
      try translatingErrors {
        try log.write { log in
          for dot in dots { try Untaken.drop(dot, log) }
        }
        try log.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      }
    }
  }
}

extension Writer {
  /// Writes once more what a hub did not take.
  ///
  /// Its author knows of what they knew then and of all that this device has written, and of nothing else:
  /// what others wrote meanwhile is not replaced.
  package mutating func writeAgain(_ untaken: [Untaken]) throws {
    for one in untaken {
      guard let kind = one.change.kind else { throw NotebookError.newerKind }
      switch one.envelope.action {
      case .write: try writeAgain(one, kind)
      case .delete:
        try append(.delete, to: one.change.record, find(one.change.record), context: seen(one))
      case .erase: try erase(one.change.record)
      default: throw NotebookError.newerKind
      }
    }
  }

  private mutating func writeAgain(_ one: Untaken, _ kind: Kind) throws {
    let edits = try zip(one.envelope.fields, one.change.edits).map { id, edit in
      guard let field = edit.field else { throw NotebookError.newerKind }
      return FieldEdit(field, key: id.key, value: edit.value)
    }
    guard try projection.find(one.change.record) != nil else {
      try create(kind, edits, id: one.change.record)
      return
    }
    try update(one.change.record, edits, seen: seen(one))
  }

  private func seen(_ one: Untaken) -> VectorClock {
    var seen = one.envelope.context
    seen.include(one.envelope.dot)
    seen.include(lastDot)
    return seen
  }
}
