package import CuadernoModel
package import CuadernoNotebook
package import CuadernoSync

extension Notebook {
  /// Codes the one place where a quote stands in an interview.
  @discardableResult
  package func code(_ interview: RecordID, _ quote: String, as theme: RecordID) throws -> RecordID {
    try write { writer in
      guard let (field, text, version) = try writer.reader.codedText(of: interview), let version
      else { throw NotebookError.unknownRecord }
      let anchor = try AnchorMaker(text: text, version: version).anchor(quote: quote)
      return try writer.create(
        .coding,
        [
          .init(
            .Coding.target,
            value: .target(Target(record: interview.rawValue, field: field.number))),
          .init(.Coding.anchor, value: .anchor(anchor)),
          .init(.Coding.theme, value: .reference(theme.rawValue)),
        ])
    }
  }

  @discardableResult
  package func note(_ text: String, about record: RecordID) throws -> RecordID {
    try write {
      try $0.create(
        .note,
        [.init(.Note.about, value: .reference(record.rawValue)), .init(.Note.text, text)])
    }
  }

  /// How many records of a kind are shown.
  package func count(_ kind: Kind) throws -> Int {
    try read { try $0.counts()[kind] ?? 0 }
  }
}
