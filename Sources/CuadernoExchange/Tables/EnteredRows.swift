import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// The rows of a table that were written, with what they said.
struct EnteredRows {
  /// What a row is about.
  enum Subject {
    case record(Kind)
    case period, attribute
  }

  private struct Said {
    let value: Value?
    let line: Int
  }

  var tally = ImportTally()
  private var said: [RecordID: [FieldID: Said]] = [:]

  /// - Throws: ``ExchangeError`` with the lines of both rows when one before said something else.
  mutating func note(_ edits: [FieldEdit], of record: RecordID, _ subject: Subject, line: Int)
    throws
  {
    for edit in edits {
      let value = edit.value.map { TextEntry.normalised($0) }
      if let first = said[record]?[edit.register], first.value != value {
        throw ExchangeError(
          .line(line), .table(fault(subject, edit, line: first.line)))
      }
      if said[record]?[edit.register] == nil {
        said[record, default: [:]][edit.register] = Said(value: value, line: line)
      }
    }
  }

  private func fault(_ subject: Subject, _ edit: FieldEdit, line: Int) -> TableFault {
    switch subject {
    case .record(let kind): .contradicts(line: line, kind.name, field: edit.field.name)
    case .period: .repeatedName(line: line, "period")
    case .attribute: .repeatedName(line: line, "attribute")
    }
  }
}
