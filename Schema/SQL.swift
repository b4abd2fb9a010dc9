/// The SQL that makes each kind of database file, by version.
///
/// The files in `sql/` are compiled into the program, so that there is no bundle to lose. A released
/// one is frozen: a test holds the hash of each.
package enum SQL {
  /// The notebook's log.
  package static let log = [text(PackageResources.changes_v1_sql, PackageResources.log_v1_sql)]

  /// The notebook's view. A new version replaces the old file: a view is rebuilt, not migrated.
  package static let view = [text(PackageResources.view_v1_sql)]

  /// The hub's ledger.
  package static let ledger = [
    text(PackageResources.changes_v1_sql, PackageResources.ledger_v1_sql)
  ]

  /// The hub's ledger in PostgreSQL.
  package static let ledgerInPostgreSQL = [text(PackageResources.ledger_postgresql_v1_sql)]

  static func text(_ files: [UInt8]...) -> String {
    files.map { String(decoding: $0, as: UTF8.self) }.joined()
  }
}
