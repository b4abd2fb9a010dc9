import CuadernoModel

/// Submissions as ODK Central, ODK Briefcase and Kobo write them as CSV: a table of submissions, or one of
/// the entries of a repeated group.
struct SubmissionTable {
  private struct Axis {
    let question: String
    let latitude: Int
    let longitude: Int
    let accuracy: Int?
    let place: Int
  }

  private let table: CSVTable
  private var points: [Axis] = []
  /// Columns that are told otherwise, or again.
  private var passed: Set<Int> = []
  private(set) var choiceColumns = 0
  /// The columns of addresses of files that were sent along.
  private var attachmentColumns: [Int] = []

  init(_ table: CSVTable) {
    self.table = table
    findPoints()
    findChoices()
    for (index, column) in table.columns.enumerated() where column.hasSuffix("_URL") {
      guard table.column(String(column.dropLast(4))) != nil else { continue }
      attachmentColumns.append(index)
      passed.insert(index)
    }
  }

  /// The columns that questions have, without those of the server.
  var questions: [String] {
    points.map(\.question)
      + table.columns.enumerated().filter { !passed.contains($0.offset) }
      .map(\.element)
  }

  var isRepeat: Bool {
    table.column("parent_key") != nil || table.column("_submission__uuid") != nil
  }

  // MARK: - Columns

  private mutating func findPoints() {
    for (index, column) in table.columns.enumerated() {
      guard let names = AxisNames(latitude: column),
        let longitude = table.columns.firstIndex(of: names.longitude)
      else { continue }
      let rest = [names.altitude, names.accuracy].compactMap { table.columns.firstIndex(of: $0) }
      let own = table.columns.firstIndex(of: names.question)
      passed.formUnion([index, longitude] + rest + (own.map { [$0] } ?? []))
      points.append(
        Axis(
          question: names.question, latitude: index, longitude: longitude,
          accuracy: table.columns.firstIndex(of: names.accuracy), place: index))
    }
  }

  /// The columns of one point.
  private struct AxisNames {
    let question: String
    let longitude: String
    let altitude: String
    let accuracy: String

    /// `Q-Latitude` of ODK, `_Q_latitude` of Kobo, where Q may stand in groups.
    init?(latitude column: String) {
      if column.hasSuffix("-Latitude"), column.utf8.count > 9 {
        question = String(column.dropLast(9))
        longitude = question + "-Longitude"
        altitude = question + "-Altitude"
        accuracy = question + "-Accuracy"
        return
      }
      guard column.hasSuffix("_latitude") else { return nil }
      let stem = String(column.dropLast(9))
      let parts = stem.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard let last = parts.last, last.hasPrefix("_"), last.utf8.count > 1 else { return nil }
      question = (parts.dropLast() + [String(last.dropFirst())]).joined(separator: "/")
      longitude = stem + "_longitude"
      altitude = stem + "_altitude"
      accuracy = stem + "_precision"
    }
  }

  /// `Q/choice`, a 0 or 1 for each choice of a question that has a column of its own.
  private mutating func findChoices() {
    for (index, column) in table.columns.enumerated() {
      guard let slash = column.lastIndex(of: "/"),
        table.columns.contains(String(column[..<slash])),
        table.rows.allSatisfy({
          ["", "0", "1", "true", "false"].contains((table.cell($0, index) ?? "").lowercased())
        })
      else { continue }
      passed.insert(index)
      choiceColumns += 1
    }
  }

  // MARK: - Rows

  func submissions() throws -> [Submission] {
    let columns = FormColumn.keys.compactMap { table.column($0) }
    guard let first = columns.first else { throw ExchangeError(.line(1), .form(.noKey)) }
    var seen = Set<String>()
    return try table.rows.map { row in
      let keys = columns.compactMap { table.line(row, $0) }.map(Submission.key)
      guard let key = keys.first(where: { !$0.isEmpty }) else {
        throw ExchangeError(table.place(row, first), .form(.emptyKey))
      }
      guard seen.insert(key).inserted else {
        throw ExchangeError(table.place(row, first), .form(.repeatedKey))
      }
      var submission = Submission(key: key, otherKeys: keys, place: .line(row.line))
      submission.name = firstLine(row, FormColumn.names)
      submission.day = firstLine(row, FormColumn.days)
      submission.isClosed = firstLine(row, ["status"]).map(FormColumn.isClosed) ?? false
      submission.attachments =
        firstLine(row, ["attachmentspresent"]).flatMap { Int($0) }
        ?? attachmentColumns.count { table.line(row, $0) != nil }
      submission.answers = answers(row)
      submission.points = points.compactMap { point(row, $0) }
      return submission
    }
  }

  /// The entries of a repeated group, each with the id of its submission.
  ///
  /// - Parameter fileName: which names the group where the table does not.
  func entries(fileName: String) throws -> [(parent: String, entry: Submission.Entry)] {
    guard let parent = FormColumn.parents.compactMap({ table.column($0) }).first else { return [] }
    let stem = fileName.split(separator: "/").last.map(String.init) ?? fileName
    let group = stem.split(separator: ".").first.map(String.init) ?? "group"
    let own = table.column("key")
    var counts = [String: Int]()
    return try table.rows.map { row in
      let key = try table.required(row, parent)
      let named = own.flatMap { table.line(row, $0) }.flatMap(Self.groupAndNumber)
      // A group inside another names the entry that it is in, after the submission.
      let root = Submission.key(key.split(separator: "/").first.map(String.init) ?? key)
      counts[root, default: 0] += 1
      return (
        root,
        Submission.Entry(
          group: named?.group ?? group, number: named?.number ?? String(counts[root] ?? 1),
          answers: answers(row)
            + points.compactMap { point(row, $0) }.map { point in
              Submission.Answer(
                question: point.question, value: PointText.text(point.location), place: point.place)
            })
      )
    }
  }

  /// `uuid:…/crops[2]/sales[1]` is the entry 2.1 of crops/sales.
  private static func groupAndNumber(_ key: String) -> (group: String, number: String)? {
    let steps = key.split(separator: "/").dropFirst()
    var groups = [String]()
    var numbers = [String]()
    var plain = ""
    for step in steps {
      guard let bracket = step.lastIndex(of: "["), step.hasSuffix("]") else {
        // A group that is not repeated is part of the name, as in the columns.
        plain += step + "-"
        continue
      }
      groups.append(plain + step[..<bracket])
      numbers.append(String(step[step.index(after: bracket)...].dropLast()))
      plain = ""
    }
    guard !numbers.isEmpty else { return nil }
    return (groups.joined(separator: "/"), numbers.joined(separator: "."))
  }

  private func firstLine(_ row: CSVTable.Row, _ names: [String]) -> String? {
    names.lazy.compactMap { name in table.line(row, table.column(name)) }.first
  }

  private func answers(_ row: CSVTable.Row) -> [Submission.Answer] {
    table.columns.indices.compactMap { index in
      guard !passed.contains(index), let value = table.cell(row, index) else { return nil }
      return Submission.Answer(
        question: table.columns[index], value: value, place: table.place(row, index))
    }
  }

  private func point(_ row: CSVTable.Row, _ axis: Axis) -> Submission.Point? {
    guard let latitude = table.line(row, axis.latitude).flatMap(Double.init),
      let longitude = table.line(row, axis.longitude).flatMap(Double.init),
      let location = FormPoint.location(
        latitude, longitude, table.line(row, axis.accuracy).flatMap(Double.init))
    else { return nil }
    return Submission.Point(
      question: axis.question, location: location, place: table.place(row, axis.place))
  }
}
