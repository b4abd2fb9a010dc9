import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoText

/// Writes texts and the codings on them, leaving alone what lies already where the file puts it.
struct CodingWriting {
  var unit: PositionUnit?
  private var texts = CodedTexts()
  private var carried = CarriedAnchors()
  /// The text of the record written last, whose codings come next.
  private var present: (record: RecordID, text: ScalarText)?
  /// How much of what was edited here stays so; nil where the file's word is the last.
  private(set) var kept: IntakeReport?

  /// - Parameter keepsEdits: whether a value of the file that was here before and was replaced since is left
  ///   out.
  init(keepsEdits: Bool = false) {
    kept = keepsEdits ? IntakeReport() : nil
  }

  mutating func enter(
    _ id: RecordID, _ kind: Kind, _ edits: [FieldEdit], text: String?, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    texts.forget(id)
    carried.forget(id)
    try TwoValues.refuse(in: edits)
    let replaced = kept == nil ? [:] : try writer.reader.replaced(id, kind, edits)
    kept?.countEdited(edits, replaced)
    let outcome = try writer.enter(id, kind, edits.filter { replaced[$0.register] == nil })
    present = nil
    guard let text, let field = Field.codedText(of: kind) else { return outcome }
    if outcome == .new {
      texts.note(text, of: id, field, TextVersion(writer.lastDot))
    } else if let dot = replaced[FieldID(field.number)] {
      // The file's places are those of its own text, which is an earlier version here.
      texts.note(text, of: id, field, TextVersion(dot))
    }
    present = (id, ScalarText(text))
    return outcome
  }

  func quote(_ span: Range<Int>, of record: RecordID) -> String? {
    guard let present, present.record == record else { return nil }
    return present.text.substring(span)
  }

  mutating func write(
    _ id: RecordID, on record: RecordID, _ span: Range<Int>, theme: RecordID, coder: String?,
    memo: String?, _ writer: inout Writer
  ) throws -> ImportTally.Outcome {
    guard let text = try texts.entry(record, writer.reader),
      let quoted = QuotedSpan(span, of: text.text)
    else { throw Fault.emptySpan }
    let anchor = CarriedAnchor(version: .present, span: quoted)
    let edits = [
      FieldEdit(
        .Coding.target,
        value: .target(Target(record: record.rawValue, field: text.field.number))),
      FieldEdit(.Coding.anchor, value: .anchor(anchor.anchor(on: text.version))),
      FieldEdit(.Coding.theme, value: .reference(theme.rawValue)),
      FieldEdit(.Coding.coder, coder), FieldEdit(.Coding.memo, memo),
    ].filter { $0.value != nil }
    guard var report = kept else {
      return try writer.enter(id, .coding, edits) { reader in
        try carried.shows(anchor, id, on: record, reader)
      }
    }
    defer { kept = report }
    return try writer.enter(id, .coding, edits, keeping: &report) { reader in
      try carried.shows(anchor, id, on: record, reader)
    }
  }
}
