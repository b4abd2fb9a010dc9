import CuadernoModel
import CuadernoNotebook
import CuadernoNotebookTestSupport
import CuadernoSync
import Testing

/// What counting works on is what listing shows.
@Suite struct CodingSpanTests {
  /// Each coding placed in its text, whether the text was edited or not.
  private func placedInTexts(_ reader: Reader) throws -> [PlacedCoding] {
    try reader.codingsByTarget().sorted { $0.key < $1.key }.flatMap { target, codings in
      try reader.placed(codings, on: target).sorted {
        ($0.span?.lowerBound ?? .max, $0.coding.id) < ($1.span?.lowerBound ?? .max, $1.coding.id)
      }
    }
  }

  private func same(_ notebook: Notebook) throws -> Bool {
    try notebook.read { reader throws in
      let placed = try placedInTexts(reader)
      let spans = placed.map {
        CodingSpan(
          id: $0.coding.id, target: $0.coding.target, span: $0.span, theme: $0.coding.theme,
          coder: $0.coding.coder)
      }
      let all = try reader.allPlacedCodings()
      return try reader.codingSpans() == spans && all.map(\.coding) == placed.map(\.coding)
        && all.map(\.status) == placed.map(\.status) && all.map(\.span) == placed.map(\.span)
        && all.map(\.quote) == placed.map(\.quote)
        && all.map(\.candidates) == placed.map(\.candidates)
    }
  }

  @Test func `codings on texts as they were, edited, emptied and merged lie where they are listed`()
    throws
  {
    let pair = try Pair()
    let theme = try pair.ana.write { try $0.create(.theme, [.init(.Theme.name, "Estado")]) }
    let texts = ["Nadie nos avisó.", "Arrancaron todo.", "Quién sabe por qué.", "Otra vez."]
    let interviews = try pair.ana.write { writer in
      try texts.map { try writer.create(.interview, [.init(.Interview.text, $0)]) }
    }
    for (interview, quote) in zip(interviews, ["nos", "todo", "sabe", "vez"]) {
      try pair.ana.code(interview, quote, as: theme)
      try pair.ana.code(interview, String(quote.dropFirst()), as: theme)
    }
    #expect(try same(pair.ana))

    try pair.meet()
    try pair.ana.write { writer in
      _ = try writer.update(interviews[1], [.init(.Interview.text, "Dicen: arrancaron todo.")])
      _ = try writer.update(interviews[2], [.init(.Interview.text, "Nada.")])
      _ = try writer.update(interviews[3], [.init(.Interview.text, nil)])
    }
    try pair.luis.write { writer in
      _ = try writer.update(interviews[1], [.init(.Interview.text, "Arrancaron todo. Todo.")])
    }
    try pair.meet()

    for notebook in [pair.ana, pair.luis] {
      #expect(try same(notebook))
      let spans = try notebook.read { try $0.codingSpans().map(\.span) }
      // Of the text that was emptied nothing has a place.
      #expect(spans.count == 8 && spans.count { $0 == nil } >= 2)
    }
  }

  /// Another program may write what it likes; nobody has looked whether its quotes stand there.
  @Test
  func `a coding whose quote does not stand where it says is looked for, on a text of now too`()
    throws
  {
    let pair = try Pair()
    let text = "¿Quién sabe? 🌱 Nadie nos avisó; nadie."
    let (theme, interview) = try pair.ana.write { writer in
      (
        try writer.create(.theme, [.init(.Theme.name, "Estado")]),
        try writer.create(.interview, [.init(.Interview.text, text)])
      )
    }
    try pair.ana.code(interview, "🌱 Nadie", as: theme)
    #expect(try pair.ana.read { try $0.targetsToPlace() }.isEmpty)
    let made = try #require(try pair.ana.read { try $0.fetchAll(Coding.self) }.first)
    let anchor = try #require(made.anchor)
    let forged: [(start: Int, quote: String)] = [
      (0, "xyz"), (14, "🌱 Nadie"), (1_000, "avisó"), (text.unicodeScalars.count - 1, ".x"),
      (Int.max - 5, "avisó"), (16, "nadie"),
    ]
    try pair.ana.write { writer in
      for (start, quote) in forged {
        var wrong = anchor
        (wrong.start, wrong.end) = (start, start + quote.unicodeScalars.count)
        wrong.quote = quote
        try writer.create(
          .coding,
          [
            .init(
              .Coding.target,
              value: .target(
                Target(record: interview.rawValue, field: Field.Interview.text.number))),
            .init(.Coding.anchor, value: .anchor(wrong)),
            .init(.Coding.theme, value: .reference(theme.rawValue)),
          ])
      }
    }

    #expect(try same(pair.ana))
    #expect(try pair.ana.read { try $0.targetsToPlace() } == [interview])
    let placed = try pair.ana.read { try $0.allPlacedCodings() }
    let scalars = Array(text.unicodeScalars)
    for coding in placed where coding.status == .exact {
      let span = try #require(coding.span)
      #expect(String(String.UnicodeScalarView(scalars[span])) == coding.quote)
    }
    #expect(placed.contains { $0.needsReview })
  }
}
