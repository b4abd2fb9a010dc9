package import CuadernoModel
package import CuadernoNotebook

/// Why a file from outside was not taken in, and where in it the reason lies.
///
/// Nothing was written then. A file may hold what no log and no screenshot should, so what stands
/// in it is never repeated here: lines, bytes and the names of our own columns say where to look.
package struct ExchangeError: Error, Equatable, Sendable {
  package var place: Place
  package var reason: Reason

  package init(_ place: Place, _ reason: Reason) {
    self.place = place
    self.reason = reason
  }

  package enum Place: Hashable, Sendable {
    case file
    /// Counted from 0, as by tools that show bytes.
    case byte(Int)
    /// Counted from 1, as by editors.
    case line(Int)
    /// A byte of a line, both counted from 1.
    case lineByte(line: Int, byte: Int)
    /// A character of a line, both counted from 1, as by editors.
    case lineColumn(line: Int, column: Int)
    /// A cell of a table, by the line on which its row begins and a column's name.
    case cell(line: Int, column: String)
    /// A column of a table, counted from 1.
    case column(Int)
    /// An entry of an archive, by its number there, and a line of it, both counted from 1. Its name
    /// may be somebody's.
    case entry(number: Int)
    /// A place in an entry of an archive.
    indirect case inEntry(Int, Place)
    /// A row of a table of a database, by its number there.
    case row(table: String, id: Int64)
    /// A submission of a form, counted from 1 in its file, and one of its questions.
    case submission(number: Int, question: String?)
  }

  package enum Reason: Equatable, Sendable {
    case bytes(TextFault)
    case table(TableFault)
    case json(JSONFault)
    case lines(LinesFault)
    case frontMatter(FrontMatterFault)
    case archive(ArchiveFault)
    case qda(QDAFault)
    case foreign(ForeignFault)
    case form(FormFault)
    /// Two parts of a file that would become one field.
    case twoValues(Field)
    case notFound(Kind)
    case ambiguous(Kind, matches: Int)
    case fault(Fault)
    case notebook(NotebookError)
  }
}

extension ExchangeError: CustomStringConvertible {
  package var description: String {
    switch place {
    case .file: reason.description
    case .byte(let offset): "byte \(offset): \(reason)"
    case .line(let line): "line \(line): \(reason)"
    case .lineByte(let line, let byte): "line \(line), byte \(byte): \(reason)"
    case .lineColumn, .cell: "\(place.words): \(reason)"
    case .column(let number): "column \(number): \(reason)"
    case .entry(let number): "entry \(number) of the archive: \(reason)"
    case .inEntry(let number, let inner):
      "entry \(number) of the archive, \(inner.words): \(reason)"
    case .row(let table, let id): "table \(table), row \(id): \(reason)"
    case .submission(let number, nil): "submission \(number): \(reason)"
    case .submission(let number, let question?):
      "submission \(number), question \(question): \(reason)"
    }
  }
}

extension ExchangeError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .bytes(let fault): fault.description
    case .table(let fault): fault.description
    case .json(let fault): fault.description
    case .lines(let fault): fault.description
    case .frontMatter(let fault): fault.description
    case .archive(let fault): fault.description
    case .qda(let fault): fault.description
    case .foreign(let fault): fault.description
    case .form(let fault): fault.description
    case .twoValues(let field): TwoValues(field: field).description
    case .notFound(let kind):
      "no \(kind.name) is called so; add it first, or write its name as `cuaderno \(kind.name) list` "
        + "shows it"
    case .ambiguous(let kind, let matches):
      "\(matches) \(kind.name)s are called so; write the whole path, or the whole id"
    case .fault(let fault): fault.description
    case .notebook(let error): error.description
    }
  }
}

extension ExchangeError {
  /// Runs a body whose faults come from one place of a file, and says the place.
  static func at<Result>(_ place: Place, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let fault as Fault {
      throw ExchangeError(place, .fault(fault))
    } catch NotebookError.fault(let fault) {
      throw ExchangeError(place, .fault(fault))
    } catch let error as TwoValues {
      throw ExchangeError(place, .twoValues(error.field))
    } catch let error as NotebookError where error.isAboutARecord {
      throw ExchangeError(place, .notebook(error))
    }
  }
}

extension NotebookError {
  /// Whether another record in its place could have been written: not so when the disk is full.
  fileprivate var isAboutARecord: Bool {
    switch self {
    case .unknownRecord, .wrongKind, .newerKind, .tooManyFields, .changeTooLong: true
    default: false
    }
  }
}
