import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

/// Archives and XML that are made to do harm: refused, with nothing taken in.
@Suite struct HostileArchiveTests {
  private static let project = ForeignProjectTests.project(
    sources: ForeignProjectTests.text(""))

  private func refusal(_ change: (inout RawZip) -> Void) throws -> String {
    var zip = RawZip()
    zip.add("project.qde", Self.project)
    change(&zip)
    return try refusal(zip.bytes)
  }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let book = try TestNotebook()
    try book.folder.write(bytes, to: "in.qdpx")
    let before = try book.changes
    let said = words { _ = try book.importProject(book.folder.file("in.qdpx")) }
    #expect(try book.changes == before)
    return said
  }

  @Test(arguments: [
    "../x.txt", "sources/../../x.txt", "/etc/passwd", #"..\x.txt"#, #"C:\x.txt"#, "C:/x.txt",
    "sources/..",
  ])
  func `a name that leads out of the archive is refused`(name: String) throws {
    let said = try refusal { $0.add(name, "Lloré mucho.") }
    #expect(said.hasPrefix("entry 2 of the archive: has a name that leads out of the archive"))
    #expect(!said.contains("Lloré") && !said.contains("passwd"))
  }

  @Test func `links, encrypted entries, names twice and with control characters are refused`()
    throws
  {
    #expect(
      try refusal {
        $0.entries.append(.init(name: "sources/a", bytes: [0x2F], mode: 0o120777))
      }.contains("is a link"))
    #expect(
      try refusal {
        $0.entries.append(.init(name: "sources/a", bytes: [0x2F], flags: 1))
      }.contains("is encrypted"))
    #expect(
      try refusal {
        $0.add("sources/a.txt", "x")
        $0.add("sources/a.txt", "x")
      }.contains("entry 3 of the archive: has the name of another entry"))
    #expect(
      try refusal {
        $0.entries.append(.init(name: "sources/a\u{7}.txt", bytes: [0x2F], flags: 0))
      }.contains("control characters"))
  }

  @Test func `too many entries, too many bytes and a ratio of a bomb are refused`() throws {
    #expect(
      try refusal { zip in
        for number in 0..<10_001 { zip.add("sources/\(number).txt", "x") }
      } == "archive has 10002 entries; the limit is 10001")
    #expect(
      try refusal {
        $0.entries.append(
          .init(
            name: "sources/a", bytes: [UInt8](repeating: 0, count: 100_000),
            claimedBytes: 90_000_000, method: 8))
      }.contains("more than 100 times smaller"))
    #expect(
      try refusal { zip in
        for number in 0..<120 {
          zip.entries.append(
            .init(
              name: "sources/\(number)", bytes: [UInt8](repeating: 0, count: 100_000),
              claimedBytes: 10_000_000, method: 8))
        }
      }.contains("archive holds more than 1073741824 bytes"))
  }

  @Test(arguments: [UInt32(3), 5_000])
  func `an entry that is longer or shorter than the archive says is refused`(claimed: UInt32) throws
  {
    let said = try refusal { zip in
      zip.entries.append(
        .init(
          name: "sources/\(ForeignProjectTests.source).txt",
          bytes: Array("Lloré mucho, y nadie vino.".utf8), claimedBytes: claimed))
    }
    #expect(said.hasPrefix("entry 2 of the archive"))
    #expect(!said.contains("Lloré"))
  }

  @Test func `a text that is not UTF-8 is told with its entry, line and byte`() throws {
    let said = try refusal { zip in
      zip.entries.append(
        .init(
          name: "sources/\(ForeignProjectTests.source).txt",
          bytes: Array("Lloré.\nA".utf8) + [0xF1, 0x6F]))
    }
    #expect(said.hasPrefix("entry 2 of the archive, line 2, byte 2: is not UTF-8"), "\(said)")
  }

  @Test func `an archive cut at any place is refused or read as a whole`() throws {
    var zip = RawZip()
    zip.add("project.qde", Self.project)
    zip.add("sources/\(ForeignProjectTests.source).txt", "Lloré mucho.")
    let bytes = zip.bytes
    for end in stride(from: 0, to: bytes.count, by: 61) {
      #expect(try refusal(Array(bytes[..<end])).contains("archive"))
    }
  }

  @Test func `flipped bytes never half import and never repeat the text`() throws {
    var zip = RawZip()
    zip.add("project.qde", Self.project)
    zip.add("sources/\(ForeignProjectTests.source).txt", "Lloré mucho.")
    let bytes = zip.bytes
    for seed in Seeds.upTo(60) {
      var random = SplitMix64(seed: seed)
      var damaged = bytes
      let place = Int.random(in: damaged.indices, using: &random)
      damaged[place] ^= UInt8.random(in: 1...255, using: &random)
      let book = try TestNotebook()
      try book.folder.write(damaged, to: "in.qdpx")
      let before = try book.changes
      let said = words { _ = try book.importProject(book.folder.file("in.qdpx")) }
      guard said != "(nothing was thrown)" else { continue }
      #expect(try book.changes == before, "\(Seeds.replay(seed))")
      #expect(!said.contains("Lloré"), "\(Seeds.replay(seed))")
    }
  }

  @Test func `no project, several and another root are refused`() throws {
    var zip = RawZip()
    zip.add("sources/inner/project.qde", Self.project)
    #expect(try refusal(zip.bytes).contains("no project file"))
    zip.add("otra/x.txt", "x")
    #expect(try refusal(zip.bytes).contains("no project file"))
    zip.add("a.qde", Self.project)
    zip.add("b.qde", Self.project)
    #expect(try refusal(zip.bytes).contains("several project files"))
    var other = RawZip()
    other.add("project.qde", "<html/>")
    #expect(
      try refusal(other.bytes).hasPrefix(
        "entry 1 of the archive, line 1, column 6: not a project of REFI-QDA"))
  }
}

@Suite struct HostileXMLTests {
  private func refusal(_ text: String) throws -> String { try refusal(Array(text.utf8)) }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let book = try TestNotebook()
    let before = try book.changes
    let said = words { try book.write { _ = try QDACodebookImport.read(bytes, into: &$0) } }
    #expect(try book.changes == before)
    return said
  }

  @Test(arguments: [
    #"<!DOCTYPE CodeBook>"#,
    #"<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>"#,
    #"<!DOCTYPE x SYSTEM "file:///etc/passwd">"#,
    #"<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>"#,
    #"<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>"#,
  ])
  func `every document type declaration is refused`(declaration: String) throws {
    let said = try refusal(
      "<?xml version=\"1.0\"?>\n\(declaration)\n<CodeBook><Codes>&a;</Codes></CodeBook>")
    #expect(said.hasPrefix("line 2, column "))
    #expect(said.hasSuffix(": \(QDAFault.documentType)"))
  }

  @Test func `a billion laughs are refused at once`() throws {
    let entities = (1..<20).map { number in
      "<!ENTITY a\(number) \"\(String(repeating: "&a\(number - 1);", count: 10))\">"
    }.joined()
    let said = try refusal(
      "<!DOCTYPE x [<!ENTITY a0 \"ja\">\(entities)]><CodeBook><Codes>&a19;</Codes></CodeBook>")
    #expect(said.hasPrefix("line 1, column "))
    #expect(said.hasSuffix(": \(QDAFault.documentType)"))
  }

  @Test func `elements nested too deep are refused, and as deep as may be are read`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "<Code name=\"x\">", count: depth)
        + String(repeating: "</Code>", count: depth)
    }
    #expect(
      try refusal("<CodeBook><Codes>\n\(nested(71))</Codes></CodeBook>")
        == "line 2, column 1065: elements nested more than 72 deep")
    let book = try TestNotebook()
    try book.importCodebook("<CodeBook><Codes>\(nested(Limits.treeDepth))</Codes></CodeBook>")
    #expect(try book.counts()[.theme] == Limits.treeDepth)
  }

  @Test func `bytes that are not the encoding they say, and cut or broken XML, are refused`() throws
  {
    let head = Array(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<CodeBook><Codes><Code name=\"".utf8)
    let tail = Array("\"/></Codes></CodeBook>".utf8)
    let notText = QDAFault.wrongEncoding.description
    #expect(notText.contains("not in the encoding that its first line names"))
    #expect(try refusal(head + [0xF1] + tail) == "line 2, column 30: \(notText)")
    #expect(
      try refusal("<?xml version=\"1.0\" encoding=\"nada\"?><CodeBook/>").hasSuffix(
        ": \(QDAFault.unknownEncoding)"))
    #expect(
      try refusal("<?xml version=\"1.0\" encoding=\"UTF-16\"?><CodeBook><Codes/></CodeBook>")
        .hasPrefix("line 1"))
    #expect(
      try refusal("<CodeBook><Codes>\n<Code name=\"secreto\"") == "line 2, column 21: "
        + QDAFault.cutShort.description)
    let said = try refusal("<CodeBook>\n\n<Codes>secreto</Code></CodeBook>")
    #expect(said.hasPrefix("line 3, column "))
    #expect(said.contains(": not XML"))
    #expect(!said.contains("secreto"))
    #expect(
      try refusal("<CodeBook>\u{1}</CodeBook>") == "line 1, column 11: \(QDAFault.notAllowed)")
    #expect(try refusal("<CodeBook>&nada;</CodeBook>").hasPrefix("line 1, column 17: not XML"))
    #expect(try refusal("") == "file is empty")
  }

  @Test func `UTF-16 and Latin-1 that say so are read`() throws {
    let text =
      "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><CodeBook><Codes>"
      + "<Code guid=\"11111111-1111-4111-8111-111111111111\" name=\"a\u{F1}o\"/></Codes></CodeBook>"
    let book = try TestNotebook()
    let latin = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }

    try book.write { _ = try QDACodebookImport.read(latin, into: &$0) }

    #expect(try book.notebook.read { try $0.fetchAll(Theme.self).map(\.name) } == ["año"])
  }

  @Test func `a long declaration in UTF-16 is read, whatever comes first in it`() throws {
    let text =
      "<?xml version=\"1.0\" encoding=\"utf-16\" standalone=\"yes\"?>\n<CodeBook><Codes>"
      + "<Code guid=\"11111111-1111-4111-8111-111111111111\" name=\"año\"/></Codes></CodeBook>"
    let little = ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    for bytes in [little, big] {
      let book = try TestNotebook()
      try book.write { _ = try QDACodebookImport.read(bytes, into: &$0) }
      #expect(try book.notebook.read { try $0.fetchAll(Theme.self).map(\.name) } == ["año"])
      for length in [1, 3, 5] {
        var offset = 0
        let root = try XMLReading.root {
          guard offset < bytes.count else { return nil }
          defer { offset += length }
          return Array(bytes[offset..<min(bytes.count, offset + length)])
        } in: {
          .line($0)
        }
        #expect(root.name == "codebook")
      }
    }
  }

  @Test func `elements that are only counted take no room, and others no more than is told`() throws
  {
    let graph = "<Graph guid=\"x\"><Vertex name=\"v\"><A b=\"c\"/></Vertex>text</Graph>"
    let text = "<Project><Graphs>\(graph)\(graph)</Graphs><Otro><Code/></Otro></Project>"
    var rest: [UInt8]? = Array(text.utf8)
    let source: XMLReading.Source = {
      defer { rest = nil }
      return rest
    }
    let root = try XMLReading.root(source, keeping: QDAFile.kept) { line, _ in .line(line) }
    #expect(root.children.map(\.name) == ["graphs"])
    let graphs = root.children.flatMap(\.children)
    #expect(graphs.map(\.name) == ["graph", "graph"])
    #expect(graphs.allSatisfy { $0.children.isEmpty && $0.text.isEmpty && $0.attributes.isEmpty })

    let code = "<Code guid=\"x\" name=\"\(String(repeating: "n", count: 1_000))\"/>"
    let piece = Array(String(repeating: code, count: 10).utf8)
    var pieces = 0
    let endless: XMLReading.Source = {
      pieces += 1
      return pieces == 1 ? Array("<CodeBook><Codes>".utf8) : pieces < 500 ? piece : nil
    }
    let said = words {
      _ = try XMLReading.root(endless, heldBytesMax: 1 << 20) { line, _ in .line(line) }
    }
    #expect(said == "line 1: \(QDAFault.tooMuch)")
    #expect((70..<100).contains(pieces))
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func `it does not matter where the pieces of a file are cut`(pieceBytes: Int) throws {
    let text = "<a b=\"ñandú 👩‍🌾\">Señor&#10;<c>«no»</c> — 👩‍🌾<![CDATA[<ñ>]]></a>"
    let bytes = Array(text.utf8)
    var offset = 0

    let root = try XMLReading.root {
      guard offset < bytes.count else { return nil }
      defer { offset += pieceBytes }
      return Array(bytes[offset..<min(bytes.count, offset + pieceBytes)])
    } in: {
      .line($0)
    }

    #expect(root.attribute("b") == "ñandú 👩‍🌾")
    #expect(root.text == "Señor\n — 👩‍🌾<ñ>")
    #expect(root.children.map(\.text) == ["«no»"])
  }
}
