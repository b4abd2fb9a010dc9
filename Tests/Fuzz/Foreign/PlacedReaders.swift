import CuadernoNotebook
import CuadernoText

@testable import CuadernoExchange

/// Texts with places in them, which must lie in the text as it is kept.
extension ForeignReader {
  static let placed: [ForeignReader] = [
    ForeignReader(name: "selections") { input in
      var bytes = input
      let unit = PositionUnit.all[bytes.choice(of: PositionUnit.all.count)]
      let positions = (0..<8).map { _ in bytes.choice(of: 256) - 2 }
      let text = IncomingText(bytes.asText)
      let found = text.indices(of: positions, unit)
      let ranges = stride(from: 0, to: positions.count, by: 2).compactMap { index -> Range<Int>? in
        guard let start = found[index], let end = found[index + 1], start < end else { return nil }
        return start..<end
      }
      hold(ranges.allSatisfy { $0.upperBound <= text.scalars.count }, "a place is outside the text")
      let kept = ScalarText(text.kept)
      for (range, (place, isMoved)) in zip(ranges, text.kept(ranges)) {
        guard let words = kept.substring(place) else {
          return hold(false, "a place is outside the text as it is kept")
        }
        guard !isMoved else { continue }
        hold(
          words.hasBytes(of: TextEntry.normalised(text.words(range))), "a place holds other words")
      }
      var search = UnitSearch()
      search.look(
        at: text,
        ranges.map {
          UnitSearch.Selection(
            start: $0.lowerBound, end: $0.upperBound, name: text.words($0), place: .file)
        })
      _ = search.result
    },
    ForeignReader(name: "markup") { input in
      var bytes = input
      let (start, length) = (bytes.choice(of: 256), bytes.choice(of: 256))
      let markup = MarkupText(bytes.asText)
      let text = ScalarText(markup.text)
      for comment in markup.comments {
        hold(
          comment.span.map { text.substring($0) != nil } ?? true, "a comment is outside its text")
      }
      for end in [start + length, markup.byteCount, markup.byteCount - 1, markup.byteCount + 1] {
        guard case .found(let range, _) = markup.placing(ofBytes: start, end) else { continue }
        hold(text.substring(range) != nil, "a highlight is outside its text")
      }
    },
    ForeignReader(name: "rich-text") { input in
      let text = try RichText(Array(#"{\rtf"#.utf8) + input).text
      // A sign of three bytes may stand for one byte.
      hold(text.utf8.count <= 3 * (input.count + 1), "a text is longer than its file")
      _ = try DocumentImport(DocumentConverter.Document(text: text), fileName: "a.rtf")
    },
    ForeignReader(name: "draft") { input in
      var bytes = input
      let isPlain = bytes.choice(of: 2) == 1
      let draft = try InterviewDraft(bytes, fileName: isPlain ? "a.txt" : "a.md")
      hold(TextEntry.normalised(draft.text).hasBytes(of: draft.text), "a text is not as it is kept")
      if isPlain { hold(draft.lines.isEmpty, "a plain text has keys") }
    },
  ]
}
