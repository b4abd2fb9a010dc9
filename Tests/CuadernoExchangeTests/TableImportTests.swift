import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@Suite struct TableImportTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  /// Takes a table in twice: the second time must write nothing.
  @discardableResult
  private func takeTwice(
    _ table: TableImport, _ text: String, coder: String? = nil
  ) throws -> ImportTally {
    let tally = try book.take(table, text, coder: coder)
    let before = try book.changes
    let again = try book.take(table, text, coder: coder)
    #expect(try book.changes == before)
    #expect(again.new.isEmpty && again.changed.isEmpty)
    return tally
  }

  private func refused(_ table: TableImport, _ text: String) throws -> String {
    let before = try book.changes
    let words = words { try book.take(table, text) }
    #expect(try book.changes == before)
    return words
  }

  @Test func `dates with the year first are read however programs part them`() throws {
    try takeTwice(.periods, "name,from,to\nP,1990/01,2000-05-12 09:30:00\n")

    let period = try book.notebook.read { try $0.periods() }.first
    #expect(period?.from?.description == "1990-01")
    #expect(period?.to?.description == "2000-05-12T09:30:00")
    #expect(
      try refused(.periods, "name,from\nP,12/05/2017\n").hasPrefix("line 2, column from: from: "))
  }

  @Test func `a spreadsheet in the place of a table is told as such`() throws {
    #expect(
      try refused(.places, "PK\u{3}\u{4}x")
        == "file is a spreadsheet (XLSX, ODS or XLS) or packed, and no table of text; open it and save it as "
        + "CSV in UTF-8")
  }

  // MARK: - Rows about one thing

  @Test(
    arguments: [
      (
        TableImport.places, "name,code\nA,1\na,\nÁ,2\n",
        "line 4: row is about the same place as line 2 and says another code"
      ),
      (
        .participants, "pseudonym,role,attribute:edad\nA,x,1\na,x,2\n",
        "line 3: row is about the same participant as line 2 and says another attributes"
      ),
      (
        .codebook, "path,description\nA > B,x\nA,z\na > b,y\n",
        "line 4: row is about the same theme as line 2 and says another definition"
      ),
      (
        .codebook, "tag,description,number of highlights\na.b,x,1\na,,1\na.b,y,1\n",
        "line 4: row is about the same theme as line 2 and says another definition"
      ),
      (
        .codebook, "name,parent,description\nB,A,x\nA,,\nB,A,y\n",
        "line 4: row is about the same theme as line 2 and says another definition"
      ),
    ])
  func `two rows about one record that contradict each other are refused with both lines`(
    table: TableImport, text: String, words: String
  ) throws {
    #expect(
      try refused(table, text)
        == words + "; leave one of the two rows, or let both say the same")
  }

  @Test(
    arguments: [
      (TableImport.periods, "name,from,to\nP,1990,2000\nP,1990,2000\nP,1991,2001\n", "period", 4),
      (
        .attributes, "name,record,type\nE,interview,text\nE,place,text\nE,interview,integer\n",
        "attribute", 4
      ),
    ])
  func `two rows of one name that contradict each other are refused with both lines`(
    table: TableImport, text: String, kind: String, line: Int
  ) throws {
    #expect(
      try refused(table, text)
        == "line \(line): row has the name of the \(kind) of line 2 and says something else of it; leave one "
        + "of the two rows, or let both say the same")
  }

  @Test func `rows that complete each other are about one record`() throws {
    #expect(try takeTwice(.places, "name,kind,code\nA,town,\nA,,2\nA,town,2\n").new == [.place: 1])
    #expect(
      try takeTwice(.codebook, "path,description,codings\nA > B,x,3\nA > B,,2\nA > B,x,1\n").new
        == [.theme: 2])
  }

  // MARK: - Places

  @Test func `a place is the one of its name under its parent`() throws {
    let text = """
      name,kind,parent,within,latitude,longitude,accuracy,code,otherNames,attribute:altitud
      Perú,country,,,,,,,,
      Tocache,province,Perú,,-8.19,-76.51,30000,2210,Tocachi; Tocach,500
      Tocache,district,PERU > tocache,,,,,,,
      Valle,valley,perú,,,,,,,
      Uchiza,district,Perú > Tocache,Valle,,,,,,
      """
    #expect(try takeTwice(.places, text).new == [.place: 5])

    try book.notebook.read { reader in
      let province = try #require(try reader.find("Perú > Tocache", among: [.place]).first)
      let place = try #require(try reader.fetch(Place.self, province.id))
      #expect(place.kind == .province)
      #expect(
        place.location == Location(latitude: -8.19, longitude: -76.51, accuracy: 30_000))
      #expect(place.otherNames == ["Tocachi", "Tocach"])
      #expect(
        try reader.attributes(of: province.id) == [Attribute(name: "altitud", value: "500")])
      #expect(try reader.find("Tocache > Tocache", among: [.place]).count == 1)
      let uchiza = try #require(try reader.find("Uchiza", among: [.place]).first)
      #expect(try reader.references(.Place.within, of: uchiza.id).count == 1)
    }
  }

  @Test func `an empty cell leaves what is there`() throws {
    try book.take(.places, "name,kind,code\nPerú,country,PE\n")
    #expect(try book.take(.places, "name,kind,code\nPerú,,\n").unchanged == [.place: 1])
    #expect(try book.take(.places, "name,kind,code\nperu,,PER\n").changed == [.place: 1])
  }

  @Test(
    arguments: [
      (
        "name,parent\nUchiza,Tocache\n",
        "line 2, column parent: no place is called so; add it first, or write its name as `cuaderno "
          + "place list` shows it"
      ),
      (
        "name,latitude,longitude\nx,1,\n",
        "line 2: a latitude and a longitude belong together, and one is empty"
      ),
      (
        "name,latitude,longitude\nx,\"1,5\",2\n",
        "line 2, column latitude: cell is not a number, such as -8.62"
      ),
      (
        "name,latitude,longitude\nx,nan,2\n",
        "line 2, column latitude: cell is not a number, such as -8.62"
      ),
      (
        "name,latitude,longitude\nx,-8,181\n",
        "line 2: longitude is 181.0; it must lie from -180 to 180"
      ),
      (
        "name,kind\nx,aldea\n",
        "line 2: kind must be one of: country, region, province, district, town, valley, other"
      ),
      ("name\n\"\"\n y\n\nname\n", "(nothing was thrown)"),
      ("name,kind\n,town\n", "line 2, column name: cell is empty, and this one must not be"),
      (
        "nombre\nx\n",
        "column 1: column is not one of: name, kind, parent, within, latitude, "
          + "longitude, accuracy, code, otherNames, attribute:NAME; rename it, or delete it"
      ),
      ("kind\ntown\n", "line 1: table has no column name; its first row must name it"),
    ] as [(String, String)])
  func `a place that cannot be taken is told with its line`(text: String, expected: String) throws {
    guard expected == "(nothing was thrown)" else {
      #expect(try refused(.places, text) == expected)
      return
    }
    #expect(words { try book.take(.places, text) } == expected)
  }

  // MARK: - Participants, periods and attributes

  @Test func `a participant is the one of that pseudonym`() throws {
    let text = "pseudonym,role,attribute:género\nRosa Q.,agricultora,mujer\nDon Abelardo,,\n"
    #expect(try takeTwice(.participants, text).new == [.participant: 2])
    #expect(
      try book.take(.participants, "pseudonym,role\nrosa q.,alcaldesa\n").changed
        == [.participant: 1])
    try book.participant("Rosa Q.")
    #expect(
      try refused(.participants, "pseudonym\nRosa Q.\n")
        == "line 2, column pseudonym: 2 participants are called so; write the whole path, or the "
        + "whole id")
  }

  @Test func `periods and attributes become the study's`() throws {
    let periods = "name,from,to,description\nDespués,2012,2019-06,\"Cacao, deudas\"\nAntes,,2011,\n"
    let attributes = """
      name,record,type,description,values
      género,participant,choice,,mujer;hombre
      grabada,interview,boolean,,
      """
    #expect(try takeTwice(.periods, periods).changed == [.study: 1])
    #expect(try takeTwice(.attributes, attributes).changed == [.study: 1])

    try book.notebook.read { reader in
      #expect(try reader.periods().map(\.name).sorted() == ["Antes", "Después"])
      let definitions = try reader.attributeDefinitions()
      #expect(definitions.first { $0.name == "género" }?.choices == ["mujer", "hombre"])
    }
    // From then on values are checked.
    #expect(
      try refused(.participants, "pseudonym,attribute:género\nRosa,otra\n")
        == "line 2: attribute must be one of: mujer, hombre")
  }

  @Test(
    arguments: [
      (
        TableImport.periods, "name,from\nx,2012-13\n",
        "line 2, column from: from: date has month 13; months are 1 to 12"
      ),
      (.periods, "name,from,to\nx,2012,2010\n", "line 2: period ends before it begins"),
      (
        .attributes, "name,record\nx,note\n",
        "line 2, column record: record must be one of: interview, place, participant, theme"
      ),
      (
        .attributes, "name,record,type\nx,place,entero\n",
        "line 2, column type: type must be one of: text, integer, number, boolean, date, choice"
      ),
      (.attributes, "name,record,type\nx,place,choice\n", "line 2: choices is empty"),
    ] as [(TableImport, String, String)])
  func `a period or attribute that cannot be is told with its line`(
    table: TableImport, text: String, expected: String
  ) throws {
    #expect(try refused(table, text) == expected)
  }

  // MARK: - Codings and notes

  @Test func `a coding is put on the one place where its quote stands`() throws {
    let interview = try book.interview("TOC-001", "P: ¿Y?\nR: Lloré. Lloré mucho.")
    try book.theme("Miedo", in: try book.theme("Estado"))
    let text =
      "interview,theme,quote,memo\ntoc-001,estado > MIEDO,Lloré mucho.,\"uno\ndos\"\n"

    #expect(try takeTwice(.codings, text).new == [.coding: 1])

    let coding = try #require(try book.notebook.read { try $0.codings(on: interview) }.first)
    #expect(coding.coder == "Ana")
    #expect(coding.memo == "uno\ndos")
    #expect(coding.anchor?.start == 17)
    // Another coder's is another coding; a new memo is a change of the one that is there.
    #expect(try book.take(.codings, text, coder: "Luis").new == [.coding: 1])
    #expect(
      try book.take(.codings, text.replacing("uno", with: "tres")).changed == [.coding: 1])
    #expect(
      try book.take(
        .codings, "interview,theme,quote,coder\nTOC-001,Miedo,Lloré mucho.,Luis\n"
      ).unchanged == [.coding: 1])
  }

  @Test func `a coding that was carried along an edit is known again`() throws {
    let interview = try book.interview("TOC-001", "Lloré mucho.")
    try book.theme("Miedo")
    let text = "interview,theme,quote\nTOC-001,Miedo,mucho\n"
    try book.take(.codings, text)
    try book.setText(interview, "Ayer lloré mucho.")
    #expect(try book.take(.codings, text).unchanged == [.coding: 1])
  }

  @Test(
    arguments: [
      (
        "TOC-001,Miedo,Lloré",
        "line 2, column quote: quote is 2 times in the text, at 0, 7; quote more of it, or give --span "
          + "START:END"
      ),
      (
        "TOC-001,Miedo,lloré mucho",
        "line 2, column quote: quote is not in the text; copy it exactly, with its accents and "
          + "punctuation"
      ),
      ("TOC-001,Miedo,", "line 2, column quote: cell is empty, and this one must not be"),
      (
        "TOC-009,Miedo,x",
        "line 2, column interview: no interview is called so; add it first, or write its name as "
          + "`cuaderno interview list` shows it"
      ),
      (
        "TOC-001,Temor,x",
        "line 2, column theme: no theme is called so; add it first, or write its name as `cuaderno "
          + "theme list` shows it"
      ),
      (
        "TOC-002,Miedo,x",
        "line 2, column quote: quote is not in the text; copy it exactly, with its accents and "
          + "punctuation"
      ),
    ] as [(String, String)])
  func `a coding that finds no place is told with its row`(row: String, expected: String) throws {
    try book.interview("TOC-001", "Lloré. Lloré mucho.")
    try book.interview("TOC-002")
    try book.theme("Miedo")
    #expect(try refused(.codings, "interview,theme,quote\n\(row)\n") == expected)
  }

  @Test func `nothing of a table is taken when its last row is refused`() throws {
    try book.interview("TOC-001", "Lloré mucho.")
    try book.theme("Miedo")
    #expect(
      try refused(
        .codings,
        "interview,theme,quote\nTOC-001,Miedo,Lloré\nTOC-001,Miedo,mucho\nTOC-001,Miedo,x\n"
      ).hasPrefix("line 4, column quote:"))
    #expect(try book.counts()[.coding] == 0)
  }

  @Test func `a note is about what its cell names`() throws {
    let interview = try book.interview("TOC-001", "x")
    let place = try book.place("Tocache", in: try book.place("Perú"))
    let theme = try book.theme("Miedo")
    let rosa = try book.participant("Rosa Q.")
    let text = """
      about,at,text
      TOC-001,2017-05-12T18:40 America/Lima,"Uno, dos"
      place:Perú > Tocache,,Tres
      theme:miedo,2017,Cuatro
      participant:rosa q.,,Cinco
      study,,Seis
      ,,Siete
      """

    #expect(try takeTwice(.notes, text).new == [.note: 6])

    let about = try book.notebook.read { try $0.fetchAll(Note.self).map(\.about) }
    #expect(
      Set(about)
        == [interview, place, theme, rosa, RecordID(rawValue: 7), nil])
    #expect(
      try refused(.notes, "about,text\nplace:Uchiza,x\n")
        == "line 2, column about: no place is called so; add it first, or write its name as "
        + "`cuaderno place list` shows it")
  }

  // MARK: - Any table

  @Test func `a table in another encoding is read when it is told, and refused when not`() throws {
    let latin = Array("name,kind\nPer".utf8) + [0xFA] + Array(",country\n".utf8)
    #expect(
      words { _ = try book.write { try TableImport.places.read(latin, into: &$0) } }.hasPrefix(
        "byte 13: is not UTF-8;"))
    _ = try book.write { try TableImport.places.read(latin, as: .windows1252, into: &$0) }
    #expect(try book.notebook.read { try $0.ids(named: "Perú", .place) }.count == 1)
  }

  @Test func `the guard against formulas is taken off`() throws {
    try book.take(.notes, "about,text\nstudy,'=1+1\nstudy,''x\n")
    let texts = try book.notebook.read { try $0.fetchAll(Note.self).compactMap(\.text) }
    #expect(texts == ["=1+1", "''x"])
  }

  @Test func `a word that happens to begin an id is not taken for it`() throws {
    let interview = try book.interview("TOC-001", "x")
    try book.theme("Miedo")
    let prefix = interview.description.prefix(6)
    #expect(
      try refused(.codings, "interview,theme,quote\n\(prefix),Miedo,x\n").hasPrefix(
        "line 2, column interview: no interview is called so"))
    #expect(
      try book.take(.codings, "interview,theme,quote\n\(interview),Miedo,x\n").new
        == [.coding: 1])
  }
}
