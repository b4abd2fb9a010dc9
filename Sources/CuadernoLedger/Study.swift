import CuadernoLog
package import CuadernoSync

/// One study on this hub.
package struct Study: Hashable, Sendable {
  /// Its number in this file, which never leaves it.
  let number: Int64

  /// Nil until the first notebook has joined.
  package let id: StudyID?
  package let title: String
  package let createdMilliseconds: Int64
}

extension Study {
  private init(_ row: some ResultRow) throws {
    number = try row.integer(0)
    id = try row.optionalID(1)
    title = try row.text(2)
    createdMilliseconds = try row.integer(3)
  }

  static func all(_ db: some SQLTransaction) throws -> [Study] {
    try db.all("SELECT number, id, title, createdMilliseconds FROM study ORDER BY number", []) {
      try Study($0)
    }
  }

  static func count(_ db: some SQLTransaction) throws -> Int {
    try db.first("SELECT count(*) FROM study", []) { Int(try $0.integer(0)) } ?? 0
  }
}

extension Ledger {
  /// Makes room for a study.
  ///
  /// - Parameter id: of a study that notebooks hold already, so that none can give it another; nil
  ///   leaves it to the first one that joins.
  package func createStudy(title: String, id: StudyID? = nil) async throws -> Study {
    let title = try checkedName(title)
    let created = now()
    return try await database.write { db in
      try db.lockStudies()
      // By reading them all: a hub has few, and SQL compares letters outside ASCII by their bytes.
      let studies = try Study.all(db)
      guard !studies.contains(where: { Name.areSame($0.title, title) }) else {
        throw LedgerError.studyExists(title: title)
      }
      if let id, let same = studies.first(where: { $0.id == id }) {
        throw LedgerError.studyIDExists(title: same.title)
      }
      let number = try db.insert(
        "INSERT INTO study (id, title, createdMilliseconds) VALUES (?, ?, ?)",
        [Binding(id), .text(title), .integer(created)])
      try db.run(
        "INSERT INTO registerSum (study, digest) VALUES (?, ?)",
        [.integer(number), .digest(.zero)])
      return Study(number: number, id: id, title: title, createdMilliseconds: created)
    }
  }

  package func studies() async throws -> [Study] {
    try await database.read { db in try Study.all(db) }
  }

  /// The study with this title, in any case, or with an id that begins like this.
  package func study(matching text: String) async throws -> Study {
    let studies = try await studies()
    if let study = studies.first(where: { Name.areSame($0.title, text) }) { return study }
    let found = studies.filter { $0.id.map { beginsAlike($0, text) } ?? false }
    guard let study = found.first else { throw LedgerError.noStudy }
    guard found.count == 1 else { throw LedgerError.severalStudies(count: found.count) }
    return study
  }

  func checkedName(_ text: String) throws(LedgerError) -> String {
    do {
      return try Name.checked(text)
    } catch {
      throw .badName(error)
    }
  }
}

/// Whether an id's digits begin like a text; an empty text begins none.
func beginsAlike(_ id: some Identifier, _ text: String) -> Bool {
  let digits = text.lowercased().utf8.filter { $0 != UInt8(ascii: "-") }
  return !digits.isEmpty && id.description.utf8.starts(with: digits)
}
