import CuadernoModel
import CuadernoNotebook
import Testing

@testable import CuadernoExchange

@Suite struct InterviewTableTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  private static let map = ["label=Código", "text=Transcripción", "date=Fecha"]

  @discardableResult
  private func take(
    _ text: String, _ map: [String] = map, skip: [String] = [], rest: ColumnMapping.Rest = .refuse,
    dates: ColumnMapping.DateOrder = .iso, create: Bool = false, as encoding: TextEncoding? = nil,
    bytes: [UInt8]? = nil
  ) throws -> IntakeReport {
    let mapping = try ColumnMapping(
      map, skipping: skip, rest: rest, dates: dates, makesNames: create)
    return try book.write {
      try InterviewTable.read(bytes ?? Array(text.utf8), as: encoding, mapping, into: &$0)
    }
  }

  private static let table = """
    código;Fecha;Transcripción;Teléfono;Edad
    TOC-01;12/05/2017;"P: ¿Qué pasó?
    R: Nada.";999;45
    TOC-02;3/6/2017 9:30;R: Vinieron;;

    """

  @Test func `mapped columns become fields, others attributes or nothing, and twice is once`()
    throws
  {
    let report = try take(
      Self.table, skip: ["TELÉFONO"], rest: .attributes, dates: .dmy)
    let changes = try book.changes

    #expect(report.tally.new == [.interview: 2])
    #expect(report.counts == [.skippedColumns: 1])
    try book.notebook.read { reader in
      let interviews = try reader.fetchAll(Interview.self).sorted {
        $0.label ?? "" < $1.label ?? ""
      }
      #expect(interviews.map(\.label) == ["TOC-01", "TOC-02"])
      #expect(interviews.map(\.text) == ["P: ¿Qué pasó?\nR: Nada.", "R: Vinieron"])
      #expect(interviews.map { $0.date?.description } == ["2017-05-12", "2017-06-03T09:30"])
      #expect(interviews.map(\.kind) == [.interview, .interview])
      #expect(try reader.attributes(of: interviews[0].id).map(\.name) == ["Edad"])
    }
    try take(Self.table, skip: ["Teléfono"], rest: .attributes, dates: .dmy)
    #expect(try book.changes == changes)
  }

  @Test func `tabs and commas part cells as well, and other encodings are read when they are said`()
    throws
  {
    try take("Código\tTranscripción\nA\tuno, dos\n", ["label=Código", "text=Transcripción"])
    try take("", [], as: .windows1252, bytes: Array("label,text\nB,a".utf8) + [0xF1, 0x6F])

    let texts = try book.notebook.read { try $0.fetchAll(Interview.self).map(\.text) }
    #expect(Set(texts) == ["uno, dos", "año"])
  }

  @Test func `several columns of text stand one after the other under their names`() throws {
    try take("label,p1,p2\nA,sí,no\n", ["text=p1", "text=p2"])

    #expect(
      try book.notebook.read { try $0.fetchAll(Interview.self).first?.text } == "p1\nsí\n\np2\nno")
  }

  @Test func `places and participants are looked up, and made only when that is asked for`() throws
  {
    let text =
      "label,place,participants\nA,Perú > San Martín > Tocache,Rosa Q.; Luz\nB,tocache,luz\n"
    #expect(
      words { try take(text, []) }
        == "line 2, column place: no place is called so; add it first, or write its name as "
        + "`cuaderno place list` shows it")
    #expect(try book.counts()[.interview] ?? 0 == 0)

    let report = try take(text, [], create: true)
    let changes = try book.changes
    try take(text, [], create: true)

    #expect(report.counts == [.newPlaces: 3, .newParticipants: 2])
    #expect(report.tally.new == [.interview: 2, .place: 3, .participant: 2])
    #expect(try book.changes == changes)
  }

  @Test(arguments: [
    ("label,text\nA,x\nB\n", [], "line 3: row has 1 cells and the header has 2"),
    ("label,text\nA,x\u{0}\n", [], "line 2: a zero byte, which no text holds"),
    ("", [], "file is empty"),
    ("label,otra\nA,x\n", [], "column 2: nothing says what this column is"),
    (
      "nombre\nA\n", ["attribute:x=nombre"], "line 1: no column says what the interviews are called"
    ),
    ("label,text\n,x\n", [], "line 2, column label: cell is empty"),
    (
      "label,text\nA,x\n a ,y\n", [],
      "line 3, column label: row has the same label as that of line 2"
    ),
    ("label\nA\n", ["text=nope"], "line 1: table has no column nope"),
    (
      "label,date\nA,12/05/2017\n", [], "line 2, column date: date begins with its day or its month"
    ),
    ("label,date\nA,ayer\n", [], "line 2, column date: date: date is not written as 2017"),
    (
      "label,kind\nA,charla\n", [],
      "line 2, column kind: kind must be one of: interview, focus group"
    ),
    (
      "label,consent\nA,sí\n", [], "line 2, column consent: consent is written as form; level; date"
    ),
    (
      "label,A,attribute:E\nx,1,2\n", ["attribute:E=A"],
      "column 3: column would be the same attribute as column 2; give it one of its own"
    ),
    ("label,x\nA,1\n", ["location=x"], "column 2: a location is read from submissions"),
    (
      "label,languages\nA,español!\n", [],
      "line 2, column languages: languages has an entry that is no BCP 47"
    ),
    (
      "código,x\n\(String(repeating: "a", count: 1_001)),1\n", ["label=código", "attribute:x=x"],
      "line 2, column código: label is 1001 bytes"
    ),
    (
      "label,text\nA,\(String(repeating: "a", count: 4 << 20 + 1))\n", [],
      "line 2, column text: text is 4194305 bytes"
    ),
    (
      "label,date\nA,13/05/2017\n", [],
      "line 2, column date: date begins with its day; say so with --dates dmy"
    ),
    (
      "label,date\nA,05/13/2017\n", [],
      "line 2, column date: date begins with its month; say so with --dates mdy"
    ),
    ("label,date\nA,12/05/17\n", [], "line 2, column date: date has a year without its century"),
    ("label,date\nA,45/13/2017\n", [], "line 2, column date: date: date has month 13"),
    ("label,date\nA,2017/13/05\n", [], "line 2, column date: date: date has month 13"),
    ("PK\u{3}\u{4}x", [], "file is a spreadsheet (XLSX, ODS or XLS) or packed"),
  ])
  func `what cannot be taken is told with its line and column, and nothing is`(
    text: String, map: [String], message: String
  ) throws {
    let changes = try book.changes

    let told = words { try take(text, map) }

    #expect(told.hasPrefix(message), "\(told)")
    #expect(try book.changes == changes)
  }

  @Test func `a column that nothing is said of is never written over one that was mapped`() throws {
    let changes = try book.changes
    let told = words {
      try take("label,A,E\nx,1,2\n", ["attribute:E=A"], rest: .attributes)
    }
    #expect(told.hasPrefix("column 3: column would be the same attribute as column 2"), "\(told)")
    #expect(try book.changes == changes)
  }

  @Test func `a mapping of two columns to one attribute is refused with both`() throws {
    #expect(
      words { try take("label,A,B\nx,1,2\n", ["attribute:E=A", "attribute:E=B"]) }
        == "--map makes one attribute, E, of two columns: A and B; give each an attribute of its own"
    )
    try take("label,A\nx,1\n", ["attribute:E=A", "attribute:E=a"])
    #expect(try book.counts()[.interview] == 1)
  }

  @Test func `a byte of another encoding is told with its line`() throws {
    let bytes = Array("label,text\nA,bien\nB,a".utf8) + [0xF1, 0x6F]

    #expect(words { try take("", [], bytes: bytes) }.hasPrefix("line 3, byte 4: is not UTF-8"))
  }

  @Test(
    arguments: [
      ("12/05/2017", .dmy, "2017-05-12"), ("12/05/2017", .mdy, "2017-12-05"),
      ("3.4.2017", .dmy, "2017-04-03"), ("03-04-2017 7:05", .dmy, "2017-04-03T07:05"),
      ("05/2017", .dmy, "2017-05"), ("2017-05-12", .dmy, "2017-05-12"), ("2017", .mdy, "2017"),
      ("2017-05-12T09:30:11.123-05:00", .iso, "2017-05-12T09:30:11-05:00"),
      ("2017-05-12T09:30:11.123-05", .iso, "2017-05-12T09:30:11-05:00"),
      ("2017-05-12T09:30:11.123Z", .iso, "2017-05-12T09:30:11Z"),
      ("2017-05-12 09:30:00", .iso, "2017-05-12T09:30:00"),
      ("2017-05-12 09:30:00.5 America/Lima", .dmy, "2017-05-12T09:30:00 America/Lima"),
      ("2017-05-12T09:30 America/Lima", .iso, "2017-05-12T09:30 America/Lima"),
      ("2017-05-12 09:30:00-0500", .iso, "2017-05-12T09:30:00-05:00"),
      ("2017/05/12", .iso, "2017-05-12"), ("2017/5/2 7:05", .mdy, "2017-05-02T07:05"),
      ("2017.05", .iso, "2017-05"), ("05/2017", .iso, "2017-05"),
    ] as [(String, ColumnMapping.DateOrder, String)])
  func `dates are read in the order that was said`(
    text: String, order: ColumnMapping.DateOrder, date: String
  ) throws {
    let mapping = try ColumnMapping(dates: order)

    #expect(try mapping.date(text, at: .file).description == date)
  }

  @Test(arguments: [
    ("31/02/2017", "date: date has day 31; that month has 28 days"),
    ("13/13/2017", "date: date has month 13; months are 1 to 12"),
    ("12/05/17", "date has a year without its century; write all four digits"),
  ])
  func `a date that there is not is refused`(text: String, message: String) throws {
    let mapping = try ColumnMapping(dates: .dmy)

    #expect(words { _ = try mapping.date(text, at: .file) } == message)
  }

  @Test(arguments: [
    ("label", "a column is mapped as FIELD=COLUMN"), ("=x", "a column is mapped as FIELD=COLUMN"),
    ("foo=x", "the field of --map is not one of: label, title"),
  ])
  func `a mapping that says nothing is refused`(pair: String, message: String) {
    #expect(words { _ = try ColumnMapping([pair]) }.hasPrefix(message))
    #expect(
      words { _ = try ColumnMapping(["label=a", "label=b"]) }
        == "--map names label twice; only text may come from several columns")
  }
}
