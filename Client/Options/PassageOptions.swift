import ArgumentParser
import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// A passage of a text, as a person names it.
struct PassageOptions: ParsableArguments {
  @Option(name: .long, help: "The passage, word for word.")
  var quote: String?

  @Option(
    name: .long, help: ArgumentHelp("The passage by its characters.", valueName: "start:end"))
  var span: String?

  func validate() throws {
    guard (quote == nil) != (span == nil) else {
      throw ValidationError("give the passage with --quote or with --span")
    }
  }

  /// An anchor on the text that a record shows now.
  func anchor(
    in target: RecordID, _ reader: Reader
  ) throws -> (field: Field, anchor: Anchor) {
    guard let (field, text, version) = try reader.codedText(of: target), let version else {
      throw NotebookError.fault(.empty(field: "text"))
    }
    let maker = AnchorMaker(text: text, version: version)
    do {
      if let quote { return (field, try maker.anchor(quote: quote)) }
      let ends = (span ?? "").split(separator: ":").map { Int($0) }
      guard ends.count == 2, let start = ends[0], let end = ends[1] else {
        throw ValidationError("--span takes START:END, such as 1200:1345")
      }
      guard start < end else { throw Fault.emptySpan }
      return (field, try maker.anchor(start..<end))
    } catch let fault as Fault {
      throw NotebookError.fault(fault)
    }
  }
}
