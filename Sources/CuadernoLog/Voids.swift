package import CuadernoSync

/// The changes of a study that are void: a mark in the log names them.
///
/// They stand in the log without their payload and no register is made of them. This depends on the set
/// of changes and not on their order: a mark may come before what it names, or after.
package struct Voids: Sendable {
  private let log: ChangeLog
  package private(set) var dots: Set<Dot>

  /// Those that the log held as good until a mark came: what was made of them has to be made anew.
  package private(set) var overtaken: [Dot] = []

  package init(log: ChangeLog, _ db: some SQLTransaction) throws {
    self = try Self.ask(of: log, db).value()
  }

  private init(log: ChangeLog, dots: Set<Dot>) {
    self.log = log
    self.dots = dots
  }

  private static let held = RowStatement.select(
    ["device", "sequence"], from: "void", where: [.integer("study")])

  static func ask(of log: ChangeLog, _ db: some SQLTransaction) throws -> Answer<Voids> {
    try db.ask(held, forEach: [[.integer(log.study)]]) { row in
      Dot(device: try row.id(0), sequence: try row.sequence(1))
    }.map { Voids(log: log, dots: Set($0)) }
  }

  package func contains(_ dot: Dot) -> Bool {
    !dots.isEmpty && dots.contains(dot)
  }

  /// Whether nothing is made of a change: it is void, or a mark that says so of others.
  package func passOver(_ change: Change) -> Bool {
    change.envelope.action == .void || contains(change.dot)
  }

  /// Takes in what a mark names, without a trace in the log.
  package mutating func add(_ named: [Dot]) {
    dots.formUnion(named)
  }

  /// Notes anew what the marks in the log name.
  package mutating func restore(_ db: some SQLTransaction) throws {
    dots = []
    try db.run("DELETE FROM void WHERE study = ?", [.integer(log.study)])
    var named = [Dot]()
    try log.forEachEntry(from: 0, db) { named += $0.change.envelope.voided }
    try add(named, db)
  }

  /// Takes in what a mark names, and removes the payloads of those that the log holds.
  mutating func add(_ named: [Dot], _ db: some SQLTransaction) throws {
    for dot in named where dots.insert(dot).inserted {
      try db.run(
        "INSERT INTO void (study, device, sequence) VALUES (?, ?, ?)",
        [.integer(log.study), .id(dot.device), .sequence(dot.sequence)])
      guard let entry = try log.entry(at: dot, db) else { continue }
      overtaken.append(dot)
      try log.removePayload(of: entry, db)
    }
  }
}
