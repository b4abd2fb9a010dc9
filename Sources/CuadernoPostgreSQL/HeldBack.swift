import CuadernoLog

/// What is kept back to be sent together: rows, or questions, by their statements in the order in which these
/// came first.
///
/// Never both, so that a question sees the rows before it and a row is not seen by a question before it.
struct HeldBack {
  typealias Command = (statement: RowStatement, rows: [[Binding]], askers: Askers)

  private var rows: [(statement: RowStatement, rows: [[Binding]])] = []
  private var questions:
    [(statement: RowStatement, keys: [[Binding]], askers: [(reply: Reply, end: Int)])] = []
  private(set) var byteCount = 0

  var hasRows: Bool { !rows.isEmpty }
  var hasQuestions: Bool { !questions.isEmpty }

  mutating func add(_ row: [Binding], by statement: RowStatement) {
    byteCount += row.reduce(0) { $0 + $1.byteCount }
    if let index = rows.firstIndex(where: { $0.statement.one == statement.one }) {
      rows[index].rows.append(row)
    } else {
      rows.append((statement, [row]))
    }
  }

  mutating func add(_ keys: [[Binding]], by statement: RowStatement, for reply: Reply) {
    for key in keys { byteCount += key.reduce(0) { $0 + $1.byteCount } }
    if let index = questions.firstIndex(where: { $0.statement.one == statement.one }) {
      questions[index].keys += keys
      questions[index].askers.append((reply, questions[index].keys.count))
    } else {
      questions.append((statement, keys, [(reply, keys.count)]))
    }
  }

  /// Nothing is kept back afterwards.
  mutating func takeAll() -> [Command] {
    defer { self = HeldBack() }
    return rows.map { ($0.statement, $0.rows, .nobody) }
      + questions.map { ($0.statement, $0.keys, .many($0.askers)) }
  }
}
