package import CuadernoModel
package import CuadernoSync
import GRDB

extension Reader {
  /// The records of a kind that are alive, by id: an order that every notebook of a study shares.
  package func ids(of kind: Kind) throws -> [RecordID] {
    try RecordID.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM \(kind.name) JOIN record ON record.number = \(kind.name).record
          ORDER BY record.id
          """))
  }

  /// The records of a kind that have a name, whole and in any case and with any accents: labels,
  /// pseudonyms, and the names and other names of places and themes without what is above them.
  package func ids(named name: String, _ kind: Kind) throws -> [RecordID] {
    try RecordID.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT record.id FROM name JOIN record ON record.number = name.record
          WHERE name.folded = ? AND name.kind = ? ORDER BY record.id
          """),
      arguments: [Folding.folded(name), Int64(kind.rawValue)])
  }

  /// The records whose text has been written anew since a coding on them was made.
  ///
  /// All other codings lie where their anchors say, and need no look at the text.
  package func targetsWithEarlierCodings() throws -> Set<RecordID> {
    var targets = Set<RecordID>()
    for kind in Kind.allCases {
      guard let field = Field.codedText(of: kind) else { continue }
      let found = try RecordID.fetchAll(
        view.cachedStatement(
          sql: """
            SELECT DISTINCT coding.target FROM coding
            JOIN record ON record.id = coding.target
            JOIN \(kind.name) ON \(kind.name).record = record.number
            WHERE coding.versionDevice IS NOT \(kind.name).\(field.name)Device
              OR coding.versionSequence IS NOT \(kind.name).\(field.name)Sequence
            """))
      targets.formUnion(found)
    }
    return targets
  }
}
