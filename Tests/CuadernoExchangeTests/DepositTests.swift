import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

/// What goes to a data archive.
@Suite struct DepositTests {
  private func options(
    level: PlaceKind = .province,
    attributes: [DepositExport.AttributeName] = [], hasTexts: Bool = false,
    language: StudyReport.Language = .english
  ) -> DepositExport.Options {
    DepositExport.Options(
      creators: ["Ana <Flores>"], rights: "CC & BY", level: level, attributes: attributes,
      hasTexts: hasTexts, language: language,
      milliseconds: TestNotebook.exportMilliseconds)
  }

  private func export(_ book: TestNotebook, _ options: DepositExport.Options) throws
    -> DepositReport
  {
    try book.folder.write([], to: "out.zip")
    return try book.notebook.read { reader in
      try DepositExport.write(reader, options: options, to: book.folder.file("out.zip"))
    }
  }

  private func file(_ book: TestNotebook, _ name: String) throws -> String {
    try UnzipProcess.text(of: name, in: book.folder.file("out.zip"))
  }

  private func consent(
    _ book: TestNotebook, _ interview: RecordID, _ level: ConsentLevel, embargo: String? = nil
  ) throws {
    let consent = Consent(
      form: "oral", level: level, date: nil,
      embargo: try embargo.map { try PartialDate($0, isKnownZone: { _ in false }) })
    _ = try book.write {
      try $0.update(interview, [FieldEdit(.Interview.consent, value: .consent(consent))])
    }
  }

  /// One interview of each consent, with the words of its label in its text.
  private func study() throws -> TestNotebook {
    let book = try LinesExportTests.small()
    let tocache = try book.place("Uchiza", .province)
    let town = try book.place("Nuevo Progreso", .town, in: tocache)
    let rosa = try book.participant("Señora Zoila", role: "alcaldesa")
    for (label, level, embargo) in [
      ("archivo", ConsentLevel.mayArchive, nil), ("pasado", .mayArchive, "2017-05-19"),
      ("embargo", .mayArchive, "2017-05-20"), ("largo", .mayArchive, "2017"),
      ("cita", .mayQuote, nil), ("parafrasis", .mayParaphrase, nil), ("retirado", .withdrawn, nil),
    ] as [(String, ConsentLevel, String?)] {
      let interview = try book.interview(
        label, "Dijo \(label).", date: "2010-08-01T10:00 America/Lima", place: town,
        participants: [rosa])
      _ = try book.write {
        try $0.update(interview, [FieldEdit(.Interview.title, "Con Juana Pérez")])
      }
      try consent(book, interview, level, embargo: embargo)
    }
    try book.interview("sin", "Dijo sin.")
    let document = try book.interview("acta", "Acta de la asamblea.", date: "1996")
    _ = try book.write {
      try $0.update(
        document,
        [
          FieldEdit(.Interview.kind, "document"), FieldEdit(.Interview.title, "Acta"),
          FieldEdit(.Interview.source, "Libro 2, f. 41"),
        ])
    }
    return book
  }

  @Test func `only what may be archived is in it, and the rest is counted`() throws {
    let book = try study()

    let report = try export(book, options(hasTexts: true))

    #expect(report.texts == 3)
    // The interview of the small study may be quoted.
    #expect(
      report.leftOut == [.withdrawn: 1, .embargoed: 2, .otherConsent: 3, .noConsent: 1])
    #expect(report.attributes == 1)
    let rows = try file(book, "data-list.csv").split(separator: "\r\n").map(String.init)
    #expect(
      rows == [
        "\u{FEFF}number,interview,file,kind,date,place,participants,roles,languages,words,"
          + "characters,title,source",
        "1,acta,texts/00001.txt,document,1996,,,,,4,20,Acta,\"Libro 2, f. 41\"",
        "2,archivo,texts/00002.txt,,2010-08-01T10:00 America/Lima,Uchiza,Señora Zoila,alcaldesa,,2,13,,",
        "3,pasado,texts/00003.txt,,2010-08-01T10:00 America/Lima,Uchiza,Señora Zoila,alcaldesa,,2,12,,",
      ])
    #expect(try file(book, "texts/00002.txt") == "Dijo archivo.")
    let archive = try ArchiveReading(book.folder.file("out.zip"))
    #expect(archive.entries.count == 6)
    for name in archive.entries.map(\.name) {
      let text = try file(book, name)
      for word in [
        "Juana", "Dijo embargo", "Dijo largo", "Dijo cita", "Dijo sin", "parafrasis", "retirado",
        "Lloré",
      ] {
        #expect(!text.contains(word), "\(name): \(word)")
      }
    }
  }

  @Test func `a part of the study is looked at alone, and attributes go when they are named`()
    throws
  {
    let book = try study()
    let group = DepositExport.AttributeName(.participant, "género")
    try book.folder.write([], to: "out.zip")
    let first = try book.notebook.read { reader in
      try #require(try reader.ids(named: "archivo", .interview).first)
    }
    let report = try book.notebook.read { reader in
      try DepositExport.write(
        reader, of: StudyPart([first]), options: options(attributes: [group]),
        to: book.folder.file("out.zip"))
    }
    #expect(report == DepositReport(texts: 1, leftOut: [:], attributes: 0))
    let list = try file(book, "data-list.csv")
    #expect(list.contains(",participant.género\r\n"))
    // Without the texts no file is named.
    #expect(list.contains("1,archivo,,,"))
  }

  @Test func `a place is told with every place of the level that it is within`() throws {
    let book = try study()
    let valleys = try ["Valle Alto", "Valle Bajo"].map { try book.place($0, .valley) }
    _ = try book.write { writer in
      let town = try #require(try writer.reader.ids(named: "Uchiza", .place).first)
      for valley in valleys {
        try writer.update(
          town,
          [
            FieldEdit(
              .Place.within, key: writer.keys.key(valley.rawValue),
              value: .membership(valley.rawValue, isMember: true))
          ])
      }
    }

    _ = try export(book, options(level: .valley))

    let list = try file(book, "data-list.csv")
    #expect(list.contains(",\"Valle Alto; Valle Bajo\",Señora Zoila,"))
    let study = try file(book, "study.ddi.xml")
    #expect(study.contains(">Valle Alto<") && study.contains(">Valle Bajo<"))
  }

  /// The schema's own words (DDI Codebook 2.5, codebook.xsd): what may stand in what, in which order.
  private static let schema: [String: [String]] = [
    "codebook": ["docdscr", "stdydscr", "filedscr", "datadscr", "othermat"],
    "docdscr": ["citation", "guide", "docstatus", "docsrc", "controlledvocabused", "notes"],
    "stdydscr": [
      "citation", "studyauthorization", "stdyinfo", "studydevelopment", "method", "dataaccs",
      "othrstdymat", "notes",
    ],
    "citation": [
      "titlstmt", "rspstmt", "prodstmt", "diststmt", "serstmt", "verstmt", "biblcit", "holdings",
      "notes", "dc", "dcterms",
    ],
    "titlstmt": ["titl", "subtitl", "alttitl", "partitl", "idno"],
    "rspstmt": ["authenty", "othid"],
    "prodstmt": [
      "producer", "copyright", "proddate", "prodplac", "software", "fundag", "grantno",
    ],
    "stdyinfo": [
      "studybudget", "subject", "abstract", "sumdscr", "qualitystatement", "notes",
      "expostevaluation",
    ],
    "subject": ["keyword", "topcclas"],
    "sumdscr": [
      "timeprd", "colldate", "nation", "geogcover", "geogunit", "geobndbox", "boundpoly",
      "anlyunit", "universe", "datakind",
    ],
    "method": [
      "datacoll", "notes", "anlyinfo", "stdyclas", "dataprocessing", "codinginstructions",
    ],
    "datacoll": [
      "timemeth", "datacollector", "collectortraining", "frequenc", "sampproc", "sampleframe",
      "targetsamplesize", "deviat", "collmode", "resinstru", "instrumentdevelopment", "sources",
      "collsitu", "actmin", "conops", "weight", "cleanops",
    ],
    "dataaccs": ["setavail", "usestmt", "notes"],
    "setavail": [
      "accsplac", "origarch", "avlstatus", "collsize", "complete", "fileqnty", "notes",
    ],
    "usestmt": [
      "confdec", "specperm", "restrctn", "contact", "citreq", "deposreq", "conditions",
      "disclaimer",
    ],
  ]

  private func root(_ text: String) throws -> XMLNode {
    var bytes: [UInt8]? = Array(text.utf8)
    return try XMLReading.root(
      {
        defer { bytes = nil }
        return bytes
      }, in: { .inEntry(0, .line($0)) })
  }

  private func check(_ node: XMLNode) {
    guard let allowed = Self.schema[node.name] else {
      #expect(node.children.isEmpty, "\(node.name)")
      #expect(!node.text.isEmpty, "\(node.name)")
      return
    }
    #expect(!node.children.isEmpty, "\(node.name)")
    let places = node.children.map { allowed.firstIndex(of: $0.name) ?? -1 }
    #expect(!places.contains(-1) && places == places.sorted(), "\(node.name)")
    for child in node.children { check(child) }
  }

  @Test func `the study's description keeps to the order of the schema`() throws {
    let book = try study()
    _ = try export(book, options(language: .spanish))
    let text = try file(book, "study.ddi.xml")
    #expect(text.contains(#"<codeBook xmlns="ddi:codebook:2_5" version="2.5" xml:lang="es">"#))
    let codeBook = try root(text)
    check(codeBook)
    let study = try #require(codeBook.child("stdydscr"))
    #expect(study.child("citation")?.child("titlstmt")?.child("titl")?.text == "Coca y Estado")
    #expect(study.child("citation")?.child("rspstmt")?.child("authenty")?.text == "Ana <Flores>")
    let summary = try #require(study.child("stdyinfo")?.child("sumdscr"))
    #expect(
      summary.children("colldate").map {
        "\($0.attribute("event") ?? "") \($0.attribute("date") ?? "")"
      }
        == ["start 1996", "end 2010-08-01"])
    #expect(summary.child("timeprd")?.attribute("date") == "2012")
    #expect(summary.children("geogcover").map(\.text) == ["Uchiza"])
    #expect(summary.child("universe")?.text == "alcaldesa")
    #expect(
      study.child("dataaccs")?.child("usestmt")?.child("restrctn")?.text.hasSuffix("3 de 10.")
        == true)
  }

  @Test func `an empty study gives a description that keeps to the schema too`() throws {
    let book = try TestNotebook()
    #expect(try export(book, options()).texts == 0)
    check(try root(try file(book, "study.ddi.xml")))
  }

  @Test func `an element out of its place is not written`() {
    func refusal(_ tree: MarkupTree) -> String { words { try DDICodebook.check(tree) } }
    let title = MarkupTree("titlStmt", [MarkupTree("titl", text: "x")])
    #expect(refusal(MarkupTree("citation", [title])) == "(nothing was thrown)")
    for wrong in [
      MarkupTree("citation", [MarkupTree("rspStmt", [MarkupTree("AuthEnty", text: "x")]), title]),
      MarkupTree("citation", [title, title]), MarkupTree("citation", [MarkupTree]()),
      MarkupTree("citation", text: "x"), MarkupTree("titl", [title]),
      MarkupTree("other", text: "x"),
      MarkupTree("titl", [("date", "1")], text: "x"),
    ] {
      #expect(refusal(wrong).contains("would not keep to the schema"))
    }
  }

  @Test func `Dublin Core has its fifteen elements alone`() throws {
    let elements: Set = [
      "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
      "format", "identifier", "source", "language", "relation", "coverage", "rights",
    ]
    let book = try study()
    _ = try export(book, options())
    let record = try root(try file(book, "study.dublin-core.xml"))
    #expect(record.name == "dc")
    for child in record.children { #expect(elements.contains(child.name), "\(child.name)") }
    #expect(record.children("rights").map(\.text).last == "CC & BY")
    #expect(record.children("coverage").map(\.text) == ["Uchiza", "1996/2010-08-01"])
    #expect(
      record.children("identifier").map(\.text) == ["urn:uuid:00000000-0000-0000-0000-000000000007"]
    )
  }

  @Test func `every reason has words`() {
    for reason in DepositReport.Reason.allCases {
      #expect(reason.words.hasPrefix("interviews left out, since"))
    }
  }
}
