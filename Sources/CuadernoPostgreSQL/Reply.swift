/// Where the answer to a question is put when it comes.
final class Reply {
  fileprivate(set) var result: QueryResult?
  /// Which rows of the result answer it: others may have asked in the same command.
  fileprivate(set) var rows: [Int] = []
}

/// Who asked what one command asks.
enum Askers {
  case nobody
  case one(Reply)
  /// Each by how many keys there are up to the end of its own. The last column of a row is the place of its
  /// key, from 1.
  case many([(reply: Reply, end: Int)])

  /// - Returns: whether the result has the shape that it must have.
  func hand(_ result: QueryResult) -> Bool {
    switch self {
    case .nobody: break
    case .one(let reply):
      reply.result = result
      reply.rows = Array(0..<result.rowCount)
    case .many(let askers):
      for asker in askers { asker.reply.result = result }
      let last = result.columnCount - 1
      for row in 0..<result.rowCount {
        guard let place = try? PostgreSQLRow(result: result, row: row).integer(last),
          let asker = Self.asker(of: place, in: askers)
        else { return false }
        asker.rows.append(row)
      }
    }
    return true
  }

  /// The first whose keys reach to a place.
  private static func asker(of place: Int64, in askers: [(reply: Reply, end: Int)]) -> Reply? {
    var (low, high) = (0, askers.count)
    while low < high {
      let middle = (low + high) / 2
      if askers[middle].end < place { low = middle + 1 } else { high = middle }
    }
    return low < askers.count ? askers[low].reply : nil
  }
}
