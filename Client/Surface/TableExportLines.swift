import CuadernoExchange

/// What an export of tables came to.
struct TableExportLines {
  let file: String
  let held: [String: Int]
  /// What is told of what is held, in this order.
  let order: [String]
  var warnings: [String]
  let consents: ConsentCounts
  let counts: [(String, Int)]

  init(
    _ file: String, held: [String: Int], order: [String], warnings: [String],
    consents: ConsentCounts, counts: [(String, Int)]
  ) {
    self.file = file
    self.held = held
    self.order = order
    self.warnings = warnings
    self.consents = consents
    self.counts = counts
  }

  var output: Output {
    let bytes = WholeFile.bytes(of: file)
    let sentence = order.compactMap { name in
      held[name].flatMap { $0 > 0 ? "\(name) \($0)" : nil }
    }.joined(separator: ", ")
    return .lines(
      ["Wrote \(bytes) bytes: \(sentence.isEmpty ? "an empty study" : sentence)."]
        + (warnings + consents.remarks.map(\.line)).map { "  \($0)" },
      .object([
        ("file", .string(file)), ("bytes", .integer(bytes)),
        (
          "counts",
          .object(
            (order.map { ($0, held[$0] ?? 0) } + counts
              + consents.remarks.map { ($0.key, $0.count) }).map { ($0.0, .integer($0.1)) })
        ),
      ]))
  }
}
