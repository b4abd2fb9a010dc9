import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Selections with their codings, put on the text as it is kept.
extension ProjectImport {
  private struct Passage {
    let node: XMLNode
    /// In the text as it is kept; nil for one that does not lie in it.
    let span: Range<Int>?
  }

  /// - Parameters:
  ///   - source: whose own codings are of the whole.
  ///   - element: that holds the text and the selections in it.
  mutating func selections(
    of source: XMLNode, _ element: XMLNode?, on record: RecordID, _ text: IncomingText?,
    _ writer: inout Writer
  ) throws {
    let passages = passages(element, text)
    for (index, passage) in passages.enumerated() {
      try take(passage, index, on: record, &writer)
    }
    let mediaNames = ["pictureselection", "pdfselection", "audioselection", "videoselection"]
    for selection in source.children where mediaNames.contains(selection.name) {
      try keepPlace(selection, on: record, &writer)
    }
    var whole = source.children("coding")
    if let element, element !== source { whole += element.children("coding") }
    guard !whole.isEmpty else { return }
    file.report.count(.wholeTexts, whole.count, at: file.place(source))
    let length = text?.kept.unicodeScalars.count ?? 0
    for (index, coding) in whole.enumerated() {
      let id = try take(
        coding, in: source, span: length > 0 ? 0..<length : nil, memo: nil, index, on: record,
        &writer)
      collectNotes(of: coding, id ?? record)
    }
  }

  /// Keeps a place in a picture, a PDF or a recording in words, with those that it holds.
  private mutating func keepPlace(
    _ selection: XMLNode, on record: RecordID, _ writer: inout Writer
  ) throws {
    file.count(.mediaSelections, selection)
    let inner = selection.child("representation")
    let text = try inner.flatMap { try archive.text(of: $0, as: encoding) } ?? ""
    try keep(
      words(for: selection, quoting: text.isEmpty ? nil : text), about: record, from: selection,
      &writer)
    for element in [selection] + selection.children("coding") { collectNotes(of: element, record) }
    guard let inner else { return }
    collectNotes(of: inner, record)
    let incoming = IncomingText(text)
    for passage in passages(inner, incoming) {
      file.count(.mediaSelections, passage.node)
      let quote = passage.span.flatMap { ScalarText(incoming.kept).substring($0) }
      try keep(
        words(for: passage.node, quoting: quote), about: record, from: passage.node, &writer)
      for element in [passage.node] + passage.node.children("coding") {
        collectNotes(of: element, record)
      }
    }
  }

  private mutating func passages(_ element: XMLNode?, _ text: IncomingText?) -> [Passage] {
    guard let element else { return [] }
    let transcript = TranscriptPositions(element)
    let nodes = element.children.filter {
      $0.name == "plaintextselection" || $0.name == "transcriptselection"
    }
    let positions = nodes.map { Self.positions(of: $0) ?? transcript.positions(of: $0) }
    guard let text else { return nodes.map { Passage(node: $0, span: nil) } }
    let found = text.indices(
      of: positions.flatMap { [$0?.start ?? -1, $0?.end ?? -1] }, codings.unit ?? .standard)
    var places = [Int: Range<Int>]()
    for index in nodes.indices {
      if let start = found[2 * index], let end = found[2 * index + 1], start < end {
        places[index] = start..<end
      }
    }
    let order = places.keys.sorted()
    let kept = text.kept(order.compactMap { places[$0] })
    var spans = [Int: Range<Int>]()
    for (index, place) in zip(order, kept) {
      if place.isMoved { file.count(.movedEnds, nodes[index]) }
      if !place.range.isEmpty { spans[index] = place.range }
    }
    return nodes.enumerated().map { Passage(node: $0.element, span: spans[$0.offset]) }
  }

  private mutating func take(
    _ passage: Passage, _ ordinal: Int, on record: RecordID, _ writer: inout Writer
  ) throws {
    let node = passage.node
    let found = node.children("coding")
    let memo = file.description(of: node)
    if passage.span == nil { file.count(.unplacedSelections, node) }
    guard !found.isEmpty else {
      if passage.span != nil { file.count(.uncodedSelections, node) }
      if let guid = QDAFile.guid(node) { records[guid] = records[guid] ?? record }
      collectNotes(of: node, record)
      return try keep(
        words(for: node, on: record, passage.span), about: record, from: node, &writer)
    }
    for (index, coding) in found.enumerated() {
      let id = try take(
        coding, in: node, span: passage.span, memo: memo, ordinal * 1_000 + index, on: record,
        &writer)
      if index == 0 {
        if let guid = QDAFile.guid(node) { records[guid] = records[guid] ?? id ?? record }
        collectNotes(of: node, id ?? record)
      }
      collectNotes(of: coding, id ?? record)
    }
  }

  /// - Returns: the coding; nil when it was kept as a note.
  private mutating func take(
    _ coding: XMLNode, in selection: XMLNode, span: Range<Int>?, memo: String?, _ ordinal: Int,
    on record: RecordID, _ writer: inout Writer
  ) throws -> RecordID? {
    let code = QDAFile.guid(coding.child("coderef"), "targetguid")
    let theme = code.flatMap { codes.themes[$0] }
    if theme == nil { file.count(.danglingCodes, coding) }
    guard let theme, let span else {
      let name = theme.flatMap { codes.names[$0] } ?? code?.guid ?? "code"
      let words = [name, words(for: selection, on: record, span, hasCodes: false)]
        .joined(separator: ": ")
      try keep(words, about: record, from: coding, &writer)
      return nil
    }
    let id = file.id(of: coding, within: record, ordinal: ordinal)
    if let guid = QDAFile.guid(coding) { records[guid] = records[guid] ?? id }
    let user =
      QDAFile.guid(coding, "creatinguser") ?? QDAFile.guid(selection, "creatinguser")
      ?? QDAFile.guid(selection, "modifyinguser")
    let outcome = try ExchangeError.at(file.place(coding)) {
      try codings.write(
        id, on: record, span, theme: theme, coder: user.flatMap { users[$0] }, memo: memo, &writer)
    }
    file.report.tally.count(.coding, outcome)
    return id
  }

  // MARK: - In words

  /// What is known of a selection that cannot be a coding.
  private func words(
    for selection: XMLNode, quoting quote: String? = nil, hasCodes: Bool = true
  ) -> String {
    let names = [
      "page", "firstx", "firsty", "secondx", "secondy", "begin", "end", "startposition",
      "endposition",
    ]
    let place = names.compactMap { name in
      selection.attribute(name).map { "\(name) \($0)" }
    }.joined(separator: ", ")
    let coded = (hasCodes ? selection.children("coding") : []).map { coding in
      let code = QDAFile.guid(coding.child("coderef"), "targetguid")
      return code.flatMap { codes.themes[$0] }.flatMap { codes.names[$0] } ?? "code"
    }.joined(separator: "; ")
    let isText = selection.name == "plaintextselection" && quote != nil
    let head = isText ? [coded] : [coded, selection.attribute("name") ?? "", place]
    let quoted = quote.map { "«\($0)»" } ?? ""
    let first = (head + (isText ? [quoted] : [])).filter { !$0.isEmpty }.joined(separator: ": ")
    let description = selection.child("description")?.text ?? ""
    return [first, isText ? "" : quoted, description].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private func words(
    for selection: XMLNode, on record: RecordID, _ span: Range<Int>?, hasCodes: Bool = true
  ) -> String {
    guard let span, let quote = codings.quote(span, of: record) else {
      return words(for: selection, hasCodes: hasCodes)
    }
    let description = selection.child("description")?.text ?? ""
    return "«\(quote)»" + (description.isEmpty ? "" : "\n\n" + description)
  }
}

/// Where the points of time of a transcript stand in its text.
private struct TranscriptPositions {
  private var positions: [RecordID: Int] = [:]

  init(_ transcript: XMLNode) {
    for point in transcript.children("syncpoint") {
      if let guid = QDAFile.guid(point),
        let position = point.attribute("position").flatMap({ Int($0.trimmed) })
      {
        positions[guid] = position
      }
    }
  }

  func positions(of selection: XMLNode) -> (start: Int, end: Int)? {
    guard let start = QDAFile.guid(selection, "fromsyncpoint").flatMap({ positions[$0] }),
      let end = QDAFile.guid(selection, "tosyncpoint").flatMap({ positions[$0] })
    else { return nil }
    return (start, end)
  }
}
