import CuadernoModel
import CuadernoNotebook
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

/// Documents by way of other programs: the real ones where they are installed, and false ones that hang,
/// flood and die.
@Suite struct DocumentConverterTests {
  private static func isInstalled(_ program: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
  }

  /// A folder with a program of that name that does what a script says.
  private func converter(
    _ folder: ScratchFolder, _ program: String, _ script: String,
    limits: ChildProcess.Limits = ChildProcess.Limits()
  ) throws -> DocumentConverter {
    _ = try folder.writeProgram(script, to: program)
    return DocumentConverter(path: folder.path, limits: limits)
  }

  private func refusal(
    _ script: String, limits: ChildProcess.Limits = ChildProcess.Limits()
  ) throws -> ConverterFault? {
    let folder = try ScratchFolder()
    try folder.write(Array("x".utf8), to: "in.docx")
    let converter = try converter(folder, "pandoc", script, limits: limits)
    do throws(ConverterFault) {
      _ = try converter.document(at: folder.file("in.docx"), .docx)
      return nil
    } catch {
      return error
    }
  }

  // MARK: - What may go wrong

  @Test func `a program that is not there is named with the package that has it`() throws {
    let folder = try ScratchFolder()
    try folder.write(Array("x".utf8), to: "in.pdf")

    #expect(
      words {
        _ = try DocumentConverter(path: "relative:\(folder.path)").document(
          at: folder.file("in.pdf"), .pdf)
      }
        == "pdftotext is not installed, which reads PDF; install it (on Debian and Ubuntu: sudo apt "
        + "install poppler-utils), or save the document as text")
  }

  @Test func `a program that hangs is stopped, with what it started`() throws {
    #expect(
      try refusal("sleep 1000 & sleep 1000", limits: .init(seconds: 1)) == .tooSlow(seconds: 1))
  }

  @Test func `a program that floods is stopped`() throws {
    #expect(
      try refusal("exec yes", limits: .init(outputBytes: 1 << 20)) == .tooMuch(bytes: 1 << 20))
  }

  @Test func `a program that dies or fails is told as such`() throws {
    #expect(try refusal("kill -SEGV $$") == .died(signal: 11))
    #expect(try refusal("echo half; exit 3") == .failed(code: 3))
    #expect(try refusal("exit 251") == .tooMuchMemory(bytes: 1 << 30))
    #expect(try refusal("exit 0") == .noText)
  }

  @Test func `a program gets little memory, no other files, and none of our surroundings`() throws {
    let folder = try ScratchFolder()
    try folder.write(Array("hola".utf8), to: "in.docx")
    let converter = try converter(
      folder, "pandoc",
      """
      while [ "$(ulimit -d)" = unlimited ]; do :; done
      ulimit -d; ulimit -c; env | sort; ls /proc/self/fd | wc -l; pwd; cat
      """,
      limits: .init(memoryBytes: 64 << 20))

    let text = try converter.document(at: folder.file("in.docx"), .docx).text

    // Standard input, output, error, and the folder that ls looks at.
    #expect(
      text.split(separator: " ").joined(separator: " ").hasPrefix(
        "65536 0 HOME=/nonexistent LANG=C.UTF-8 LC_ALL=C.UTF-8"), "\(text)")
    #expect(text.hasSuffix(" 4 / hola"), "\(text)")
  }

  @Test func `what is no file is not waited for`() throws {
    let folder = try ScratchFolder()
    #expect(unsafe mkfifo(folder.file("in.pdf"), 0o600) == 0)

    #expect(throws: ConverterFault.unreadable) {
      _ = try DocumentConverter(path: "/usr/bin").document(at: folder.file("in.pdf"), .pdf)
    }
    #expect(throws: ConverterFault.unreadable) {
      _ = try DocumentConverter(path: "/usr/bin").document(at: folder.path, .pdf)
    }
  }

  @Test(arguments: [
    ("a.docx", "docx"), ("A.DOCX", "docx"), ("x/y.htm", "html"), ("a.odt", "odt"), ("a.rtf", "rtf"),
    ("a.pdf", "pdf"), ("a.doc", "doc"), ("a.txt", nil), ("a.md", nil), ("docx", "docx"), ("", nil),
  ])
  func `the ending of a name says what reads it`(name: String, format: String?) {
    #expect(DocumentConverter.Format(fileName: name)?.rawValue == format)
  }

  // MARK: - PDF

  @Test func `a PDF without text is a scan, and pages without text are counted`() throws {
    let folder = try ScratchFolder()
    try folder.write(Array("x".utf8), to: "in.pdf")
    let scan = try converter(folder, "pdftotext", #"printf '\f \f\f'"#)
    #expect(throws: ConverterFault.scan(pages: 3)) {
      _ = try scan.document(at: folder.file("in.pdf"), .pdf)
    }

    let mixed = try converter(folder, "pdftotext", #"printf 'uno\n\f\fdos\n\f'"#)
    let document = try mixed.document(at: folder.file("in.pdf"), .pdf)
    #expect(document.text == "uno\n\ndos")
    #expect(document.emptyPages == 1)
    #expect(
      ConverterFault.scan(pages: 1).description.hasPrefix(
        "no text in the PDF, which has 1 page: it is a scan; recognise its words first"))
  }

  @Test(.enabled(if: isInstalled("pdftotext"))) func `a real PDF is read`() throws {
    let folder = try ScratchFolder()
    try folder.write(Array(Self.pdf.utf8), to: "in.pdf")

    #expect(
      try DocumentConverter(path: "/usr/bin").document(at: folder.file("in.pdf"), .pdf).text
        == "Nadie vino.")
  }

  private static let pdf = """
    %PDF-1.4
    1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
    2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
    3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R\
    /Resources<</Font<</F 5 0 R>>>>>> endobj
    4 0 obj <</Length 42>> stream
    BT /F 12 Tf 10 50 Td (Nadie vino.) Tj ET
    endstream endobj
    5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
    trailer <</Root 1 0 R>>
    """

  // MARK: - pandoc

  @Test(.enabled(if: isInstalled("pandoc"))) func `a web page is read by pandoc, alone`() throws {
    let folder = try ScratchFolder()
    try folder.write(Array("secreto".utf8), to: "other.txt")
    let html = """
      <html><head><title>T</title></head><body><p>Señor:\n¿<b>qué</b> pasó?</p><script>x</script>
      <iframe src="file://\(folder.file("other.txt"))"></iframe>
      <img src="\(folder.file("other.txt"))"><p>Nada.</p></body></html>
      """
    try folder.write(Array(html.utf8), to: "in.html")

    let text = try DocumentConverter(path: "/usr/bin").document(
      at: folder.file("in.html"), .html
    ).text

    #expect(text == "Señor: ¿qué pasó?\n\nNada.")
  }

  @Test(.enabled(if: isInstalled("pandoc"))) func `bytes that are no DOCX are refused`() throws {
    let folder = try ScratchFolder()
    var generator = SplitMix64(seed: 3)
    try folder.write(generator.bytes(3_000), to: "in.docx")

    #expect(throws: ConverterFault.failed(code: 63)) {
      _ = try DocumentConverter(path: "/usr/bin").document(at: folder.file("in.docx"), .docx)
    }
  }

  @Test func `comments become notes with the words that they are about, once`() throws {
    let book = try TestNotebook()
    let html = """
      <p>No vino <span class="comment-start" id="0" data-author="Luis" \
      data-date="2017-05-12T09:30:00Z">¿seguro?</span>nadie<span class="comment-end" id="0"></span>\
      .</p>
      """
    try book.folder.write(Array(html.utf8), to: "e1.docx")
    let converter = try converter(book.folder, "pandoc", "cat")
    let file = book.folder.file("e1.docx")

    func take() throws -> IntakeReport {
      let document = try DocumentImport(converter.document(at: file, .docx), fileName: file)
      return try book.write { try document.write(into: &$0) }.report
    }
    let report = try take()
    let changes = try book.changes
    _ = try take()

    #expect(report.counts == [.comments: 1])
    #expect(try book.changes == changes)
    try book.notebook.read { reader in
      let interview = try #require(try reader.fetchAll(Interview.self).first)
      #expect(interview.label == "e1")
      #expect(interview.text == "No vino nadie.")
      let note = try #require(try reader.fetchAll(Note.self).first)
      #expect(note.about == interview.id)
      #expect(note.text == "«nadie»\n\nLuis: ¿seguro?")
      #expect(note.at?.description == "2017-05-12")
    }
  }
}

@Suite struct RichTextTests {
  private func text(_ body: String) throws -> String {
    try RichText(Array((#"{\rtf1\ansi\ansicpg1252"# + body + "}").utf8)).text.trimmed
  }

  @Test(arguments: [
    (#"a\u241?o ma\u241?ana"#, "año mañana"),
    (#"Se\'f1or \u191\'bfqu\u233\'e9"#, "Señor ¿qué"),
    (#"\uc0 a\u241 o"#, "año"),
    (#"{\uc2 a\u241??o}\u241?x"#, "añoñx"),
    (#"\u-10179?\u-8692?x"#, "😌x"),
    (#"uno\par dos\par\par\par tres"#, "uno\n\ndos\n\ntres"),
    (#"uno\line dos\tab tres"#, "uno\ndos\ttres"),
    (#"{\fonttbl{\f0 Times;}}{\*\generator X;}{\info{\author Y}}hola"#, "hola"),
    (#"{\field{\*\fldinst HYPERLINK "x"}{\fldrslt enlace}}"#, "enlace"),
    (#"{\pict\bin4 }}}}x}fin"#, "fin"),
    (#"a{\footnote\pard nota}b"#, "a [nota]b"),
    (#"\trowd a\cell b\cell\row c\cell d\cell\row fin"#, "a\tb\nc\td\nfin"),
    (#"\{a\}\\b\~c"#, "{a}\\b\u{A0}c"),
    (#"ver {\v oculto}visible"#, "ver visible"),
    (#"\'zz\'"#, "zz"),
    (#"\mac\'96"#, "ñ"),
    (
      #"Dijo {\deleted\revauthdel1 Juan P\'e9rez }{\revised un vecino} ayer."#,
      "Dijo un vecino ayer."
    ),
    (#"a {\deleted b{\b c}}\deleted d\deleted0 e\deleted f\plain g"#, "a eg"),
    (#"{\mvf viejo }x {\mvt viejo}"#, "x viejo"),
    (#"a{\deleted\par }b{\deleted{\footnote Juan}}"#, "ab"),
    (#"a{{\super \chftn{\*\footnote \chftn\pard\plain { }nota\par }}}b"#, "a [nota]b"),
    (#"a\cell{\footnote n}b\cell\row"#, "a\t [n]b"),
    (
      #"a{\shp{\*\shpinst{\sp{\sn x}{\sv 9}}{\shptxt caja\par dos\par}}{\shprslt otra}} b\par c"#,
      "aotra b\n\ncaja\n\ndos\n\nc"
    ),
    (#"{\deleted{\shp{\*\shpinst{\shptxt Juan}}}}b"#, "b"),
    (#"a{\deleted{\footnote\pard\plain Juan P.}}b"#, "ab"),
    (#"a{\deleted{\*\footnote\pard\plain Juan P.}}b"#, "ab"),
    (#"a{\deleted{\shp{\*\shpinst{\shptxt\pard\plain Juan P.\par}}}}b"#, "ab"),
    (#"Hola{\footnote      \shpinst\shptxt }."#, "Hola."),
    (#"Hola{\shp{\*\shpinst{\shptxt caja \footnote nota}}}."#, "Hola.\n\ncaja"),
    (#"a{\shp{\*\shpinst{\shptxt caja}}} fin"#, "a fin\n\ncaja"),
    (
      #"a{\shp{\*\shpinst{\shptxt uno{\shp{\*\shpinst{\shptxt dentro}}}\par dos}}}{\shp{\*\shpinst{\shptxt tres}}} fin"#,
      "a fin\n\nuno\n\ndos\n\ndentro\n\ntres"
    ),
  ])
  func `the text of rich text is read`(body: String, expected: String) throws {
    #expect(try text(body) == expected)
  }

  @Test func `fonts say which code page their letters are in`() throws {
    #expect(
      try text(
        #"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204{\*\falt B}C;}{\f2\fcharset238 D;}}\deff0"#
          + #"\'f1 {\f1\'cf\'f0\'e8\plain\'f1}\f2\'b3\'f0\f0\'f1"#)
        == "ñ Приñłđñ")
    #expect(try text(#"\ansicpg1251\'cf"#) == "П")
    // A Macintosh's own fonts are in its code page, whatever their number says.
    #expect(try text(#"\mac{\fonttbl\f0\fcharset0 A;\f1\fcharset161 B;}\f0\'96\f1\'e1"#) == "ñα")
  }

  @Test func `letters in a code page that is not known are counted, and not taken for others`()
    throws
  {
    let book = try TestNotebook()
    try book.folder.write(
      Array(
        #"{\rtf1\ansi{\fonttbl{\f0\fcharset128 M;}}{\f0 a\'93\'fa}{\deleted\f0\'93}\'f1}"#.utf8),
      to: "e.rtf")

    let document = try DocumentConverter(path: "").document(at: book.folder.file("e.rtf"), .rtf)
    let report = try book.write {
      try DocumentImport(document, fileName: "e.rtf").write(into: &$0)
    }.report

    #expect(document.text == "a\u{FFFD}\u{FFFD}ñ")
    #expect(report.counts == [.unknownCharacters: 2])
  }

  @Test func `what is cut or nested without end is read or refused, and never crashes`() throws {
    let whole = Array(
      #"{\rtf1\ansi{\fonttbl{\f0 T;}}a\u241\'f1o {\b x}\trowd a\cell\row\u-10179?\u-8692?\par}"#
        .utf8)
    for count in 5...whole.count { _ = try RichText(Array(whole[..<count])) }
    for seed in Seeds.upTo(300) {
      var generator = SplitMix64(seed: seed)
      var bytes = whole
      for _ in 0..<5 {
        bytes[Int.random(in: 5..<bytes.count, using: &generator)] =
          [UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"), 0xF1, 0x30, 0x75, 0]
          .randomElement(using: &generator) ?? 0
      }
      do throws(ConverterFault) {
        _ = try RichText(bytes)
      } catch {
        #expect(error == .notRTF || error == .deepRTF, "\(Seeds.replay(seed))")
      }
    }
    let deep = Array((#"{\rtf1 "# + String(repeating: "{", count: 100_000)).utf8)
    #expect(throws: ConverterFault.deepRTF) { _ = try RichText(deep) }
    #expect(throws: ConverterFault.notRTF) { _ = try RichText(Array("hola".utf8)) }
  }
}
