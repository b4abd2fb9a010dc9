import CuadernoModel
package import CuadernoSync
import GRDB

/// That coders do not see each other's codings, until they are released.
package struct BlindCoding: Hashable, Sendable {
  /// The members who see everybody's codings all the same, and who may release them.
  package var openTo: [String]
  /// Whether the one who asks is not among them.
  package var isBlindHere: Bool

  package init(openTo: [String], isBlindHere: Bool) {
    self.openTo = openTo
    self.isBlindHere = isBlindHere
  }
}

extension Reader {
  /// Nil when everybody sees all codings.
  package func blindCoding() throws -> BlindCoding? {
    let open = try String.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT codingsOpenTo FROM study WHERE record = (SELECT number FROM record WHERE id = ?)
          """),
      arguments: [studyRecord])
    return open.map { BlindCoding(openTo: Columns.list($0), isBlindHere: blindness.isOn) }
  }

  /// Whether codings that are not shown here have a theme: it must not be deleted for having none.
  package func hasWithheldCodings(with theme: RecordID) throws -> Bool {
    guard blindness.isOn else { return false }
    return try Bool.fetchOne(
      view.cachedStatement(
        sql: """
          SELECT EXISTS (SELECT 1 FROM coding WHERE theme = ? AND record IN temp.withheld)
          """),
      arguments: [theme]) ?? false
  }

  /// What a sync brought, without what is not shown here. How many codings are new is left out while
  /// coding is blind: whose they are is not known any more then.
  package func shown(_ arrivals: Arrivals) throws -> Arrivals {
    guard blindness.isOn else { return arrivals }
    var shown = arrivals
    shown.new[.coding] = nil
    for (kind, records) in arrivals.changed {
      let seen = try records.filter { try !blindness.withholds($0, view) }
      shown.changed[kind] = seen.isEmpty ? nil : seen
    }
    return shown
  }
}

extension Writer {
  /// Keeps coders from each other's codings, or releases them.
  ///
  /// - Parameter members: who sees everybody's codings; nil for everybody.
  /// - Returns: whether anything was written.
  /// - Throws: ``NotebookError/notOpenHere`` for who is kept from them and is no owner of the study.
  package mutating func openCodings(to members: [String]?) throws -> Bool {
    return try put(
      reader.studyRecord, .study,
      [FieldEdit(.Study.codingsOpenTo, value: members.map { .list($0) })])
  }
}
