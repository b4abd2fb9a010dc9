import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import Testing

@Suite struct CodebookTests {
  private let book: TestNotebook

  init() throws {
    book = try TestNotebook()
  }

  private func exported(hasCodings: Bool = false) throws -> String {
    try book.exported {
      try CodebookExport.write($0, options: .init(lineEnd: .lf), hasCodings: hasCodings, to: $1)
    }
  }

  private func paths() throws -> [String] {
    try book.notebook.read { reader in
      let paths = try reader.themePaths()
      return try reader.fetchAll(Theme.self).map { paths.path(to: $0.id) }.sorted()
    }
  }

  @Test func `it is written in tree order, with merged themes counted where they went`() throws {
    let state = try book.theme("Estado")
    let trust = try book.theme("Confianza", in: state)
    let faith = try book.theme("Fe")
    try book.theme("=Economía")
    let interview = try book.interview("A", "Uno dos tres")
    try book.code(interview, "Uno", trust)
    try book.code(interview, "dos", faith)
    _ = try book.write {
      try $0.update(faith, [FieldEdit(.Theme.mergedInto, value: .reference(trust.rawValue))])
      return try $0.update(
        state,
        [
          FieldEdit(.Theme.definition, "Gobierno, \"oficinas\""),
          FieldEdit(.Theme.colour, "#1f3a5f"),
        ])
    }

    #expect(
      try exported() == """
        path,description,color
        '=Economía,,
        Estado,"Gobierno, ""oficinas""\",#1f3a5f
        Estado > Confianza,,

        """)
    #expect(
      try exported(hasCodings: true) == """
        path,description,color,codings
        '=Economía,,,0
        Estado,"Gobierno, ""oficinas""\",#1f3a5f,0
        Estado > Confianza,,,2

        """)
  }

  @Test func `what is written is read, and reading it again changes nothing`() throws {
    try book.take(.codebook, "path,description,color\nEstado > Confianza > Fe,=sí,#aabbcc\n-x,,\n")
    let text = try exported(hasCodings: true)
    let before = try book.changes
    #expect(try book.take(.codebook, text).unchanged == [.theme: 4])
    #expect(try book.changes == before)

    let other = try TestNotebook(seed: 2, study: 8)
    try other.take(.codebook, text)
    #expect(
      try other.exported {
        try CodebookExport.write($0, options: .init(lineEnd: .lf), hasCodings: true, to: $1)
      } == text)
  }

  @Test func `names that hold what joins the steps of a path come back as they were`() throws {
    let outer = try book.theme("Antes > después")
    let inner = try book.theme("a>b\\c", in: outer)
    try book.theme("Miedo", in: inner)
    try book.theme("Miedo", in: outer)
    try book.theme("Antes")
    try book.theme("> fin", in: try book.theme("fin >", in: try book.theme("X >")))
    try book.theme("<script>alert(\"t\")</script>")
    let text = try exported()
    #expect(text.hasPrefix("path,level,description,color\n"))
    #expect(text.contains("\nAntes > después > a>b\\c > Miedo,3,,\n"))
    let before = try book.changes
    #expect(try book.take(.codebook, text).unchanged == [.theme: 9])
    #expect(try book.changes == before)

    let other = try TestNotebook(seed: 2, study: 8)
    #expect(try other.take(.codebook, text).new == [.theme: 9])
    let copy = try other.exported {
      try CodebookExport.write($0, options: .init(lineEnd: .lf), to: $1)
    }
    #expect(copy == text)
  }

  @Test(arguments: [
    String(repeating: "a > ", count: 300) + "b,2", "a > b,65",
    String(repeating: "á", count: 64_001) + ",3",
  ])
  func `a path that is deeper than any is refused before it is looked at`(row: String) throws {
    let words = CuadernoExchangeTests.words {
      try book.take(.codebook, "path,level\na,1\n\(row)\n")
    }
    #expect(words.hasPrefix("line 3, column path: ") && words.contains("64"))
  }

  @Test func `a theme may stand before the one above it, and among many of one name`() throws {
    let rows = ["a > b > c,3", "a > b,2", "a,1"] + (0..<200).flatMap { _ in ["a,1", "a > b,2"] }
    try book.take(.codebook, "path,level\n\(rows.joined(separator: "\n"))\n")
    #expect(try paths() == ["a", "a > b", "a > b > c"])
  }

  @Test func `a level whose rows above are missing says nothing`() throws {
    try book.take(.codebook, "path,level\nEstado > Fe,2\nx,siete\n")
    #expect(try paths() == ["Estado", "Estado > Fe", "x"])
  }

  @Test func `themes above are made, and found whatever their case and accents`() throws {
    #expect(try book.take(.codebook, "path\nEconomía > Crédito/deuda\n").new == [.theme: 2])
    #expect(
      try book.take(.codebook, "path,colour\nECONOMIA>credito/DEUDA,#112233\n").changed
        == [.theme: 1])
    #expect(try book.take(.codebook, "name\neconomia\n").unchanged == [.theme: 1])
    #expect(try paths().count == 2)
  }

  @Test func `paths with backslashes are understood`() throws {
    try book.take(.codebook, "name\nCodes\\\\Estado\\\\Confianza\nA > B\\C\n")
    #expect(
      try paths() == ["A", "A > B\\C", "Codes", "Codes > Estado", "Codes > Estado > Confianza"])
  }

  @Test func `a code book with parents is read, in any order of its rows`() throws {
    let taguette =
      "tag,parent,description,number of highlights\r\nFe,Confianza,\"en \"\"Dios\"\"\",3\r\n"
      + "Confianza,Estado,,0\r\nEstado,,El gobierno,12\r\n"
    #expect(try book.take(.codebook, taguette).new == [.theme: 3])
    #expect(try paths() == ["Estado", "Estado > Confianza", "Estado > Confianza > Fe"])
    #expect(try book.take(.codebook, taguette).unchanged == [.theme: 3])
  }

  @Test func `a parent beside a whole path is not put above it twice`() throws {
    try book.take(
      .codebook, "path,name,parent\nEstado,Estado,\nEstado > Fe,Fe,Estado\n")
    #expect(try paths() == ["Estado", "Estado > Fe"])
  }

  @Test func `a parent may be a theme of the study`() throws {
    try book.theme("Estado")
    try book.take(.codebook, "tag,parent\nFe,estado\n")
    #expect(try paths() == ["Estado", "Estado > Fe"])
  }

  @Test(
    arguments: [
      (
        "tag,parent\nFe,Estado\n",
        "line 2, column parent: parent is in no other row and is no theme of the study"
      ),
      ("tag,parent\nA,B\nB,A\n", "line 2, column parent: parent leads back to the row itself"),
      ("tag,parent\nA,A\n", "line 2, column parent: parent leads back to the row itself"),
      ("path\nA >  > B\n", "line 2, column path: path has an empty step; write it as A > B > C"),
      ("path\n> B\n", "line 2, column path: path has an empty step; write it as A > B > C"),
      ("path,color\nA,azul\n", "line 2: colour is not written as #rrggbb, such as #1b9e77"),
      (
        "código\nA\n",
        "column 1: column is not one of: path, tag, name, level, parent, description, color, "
          + "colour, codings, number of highlights, number of "
          + "documents; rename it, or delete it"
      ),
      (
        "description\nA\n",
        "line 1: table has no column path or tag or name; its first row must name it"
      ),
      ("path,color\n,#aabbcc\n", "line 2, column path: cell is empty, and this one must not be"),
    ] as [(String, String)])
  func `a code book that cannot be taken is told with its line`(
    text: String, expected: String
  ) throws {
    let before = try book.changes
    #expect(words { try book.take(.codebook, text) } == expected)
    #expect(try book.changes == before)
  }

  @Test func `a path too deep is refused`() throws {
    let path = (0...64).map { "t\($0)" }.joined(separator: " > ")
    #expect(
      words { try book.take(.codebook, "path\n\(path)\n") }
        == "line 2, column path: tree would be more than 64 levels deep")
  }
}
