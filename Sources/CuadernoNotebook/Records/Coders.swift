import GRDB

extension Reader {
  /// Everybody who coded, by name, each once.
  package func coders() throws -> [String] {
    try String.fetchAll(
      view.cachedStatement(
        sql: """
          SELECT DISTINCT coder FROM coding
          WHERE coder IS NOT NULL \(unlessWithheld("record")) ORDER BY coder
          """))
  }
}
