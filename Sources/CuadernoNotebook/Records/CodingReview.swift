import CuadernoLog
import CuadernoModel
import CuadernoSync
import GRDB

/// The codings that a person has to place anew, or to delete.
///
/// To find them is to look at every coding of a study, and to carry those whose text was edited along its
/// versions. So what was found is kept in the view, with the number of the last record that had come by
/// then: later ones are known by their numbers, and of the others the view notes the texts to look at again.
enum CodingReview {
  /// How many records may have come before what is found is kept. Below it to look again takes no longer than
  /// to write.
  static let pendingMax = 200

  /// How many of them a text counts for that has changed: each coding on it is carried along its versions.
  static let dueWeight = 40

  static func reviewed(_ view: Database) throws -> Int64 {
    try view.cachedStatement(sql: "SELECT record FROM reviewed").first([]) { $0.integer(0) } ?? 0
  }

  static func isFarBehind(_ view: Database) throws -> Bool {
    let pending = try view.cachedStatement(
      sql: """
        SELECT (SELECT coalesce(max(number), 0) FROM record) - (SELECT record FROM reviewed)
          + \(dueWeight) * (SELECT count(*) FROM (SELECT 1 FROM reviewDue LIMIT 100))
        """
    ).first([]) { $0.integer(0) }
    return pending.map { $0 > Int64(pendingMax) } ?? false
  }
}

extension Reader {
  /// How many codings a person has to place anew, or to delete.
  package func codingsToReview() throws -> Int {
    // What is kept counts everybody's.
    guard !blindness.isOn else {
      return try targetsToPlace().reduce(0) { try $0 + codingsToReview(on: $1) }
    }
    let pending = try targetsToLookAt()
    var count = 0
    try view.cachedStatement(sql: "SELECT target, count FROM review").scan([]) { row in
      guard let target = RecordID(blob: row.blob(0)) else { throw StoreError.damaged }
      if !pending.contains(target) { count += Int(row.integer(1)) }
      return true
    }
    for target in pending { count += try codingsToReview(on: target) }
    return count
  }

  /// The codings that a person has to place anew, or to delete, text by text in the order of the texts' ids.
  package func placedCodingsToReview() throws -> [PlacedCoding] {
    let targets =
      blindness.isOn
      ? try targetsToPlace()
      : try targetsToLookAt().union(
        RecordID.fetchSet(view.cachedStatement(sql: "SELECT target FROM review")))
    return try targets.sorted().flatMap { target in
      try placed(codings(on: target), on: target).filter(\.needsReview).inOrderOfText
    }
  }

  private func codingsToReview(on target: RecordID) throws -> Int {
    try placed(codings(on: target), on: target).count(where: \.needsReview)
  }

  /// The texts that have changed since the last look, or their codings have, and those of later codings that
  /// do not lie where their anchors say.
  private func targetsToLookAt() throws -> Set<RecordID> {
    let reviewed = try CodingReview.reviewed(view)
    var targets = try RecordID.fetchSet(
      view.cachedStatement(sql: "SELECT target FROM reviewDue"))
    targets.formUnion(try targetsToPlace(after: reviewed))
    guard reviewed > 0 else { return targets }
    // A text may come after the codings on it.
    for kind in [Kind.interview, .note] {
      targets.formUnion(
        try RecordID.fetchSet(
          view.cachedStatement(
            sql: """
              SELECT record.id FROM \(kind.name) JOIN record ON record.number = \(kind.name).record
              WHERE \(kind.name).record > ?
                AND EXISTS (SELECT 1 FROM coding WHERE target = record.id AND record <= ?)
              """),
          arguments: [reviewed, reviewed]))
    }
    return targets
  }

  /// Keeps what is found now. The reader's view is one that can be written.
  func keepReview() throws {
    for target in try targetsToLookAt() {
      let count = try codingsToReview(on: target)
      let sql =
        count > 0
        ? "INSERT OR REPLACE INTO review (target, count) VALUES (?1, ?2)"
        : "DELETE FROM review WHERE target = ?1 AND ?2 = 0"
      try view.cachedStatement(sql: sql).run([.id(target), .integer(Int64(count))])
    }
    try view.execute(
      sql: """
        DELETE FROM reviewDue;
        UPDATE reviewed SET record = (SELECT coalesce(max(number), 0) FROM record)
        """)
  }
}

extension Notebook {
  /// Looks at the codings that have come, and keeps what it finds, when there are many; else each reader
  /// looks at them for itself. Where another command is writing, or nothing can be written, it is left.
  package func completeReview() throws {
    try healing {
      try translatingErrors {
        guard folder.isWritable,
          try read({ try !$0.blindness.isOn && CodingReview.isFarBehind($0.view) })
        else { return }
        try folder.lock.holdIfFree {
          // This notebook may be open for reading alone.
          let file = try ViewFile(folder, log)
          try file.write { view, commit in
            try log.reading { log in
              try Reader(view: view, log: log, identity: Self.identity(log)).keepReview()
            }
            try commit()
          }
          try file.close()
        }
      }
    }
  }
}
