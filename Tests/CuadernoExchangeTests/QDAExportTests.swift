import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

@Suite struct QDAExportTests {
  @Test func `the same study and the same time make the same bytes`() throws {
    let book = try LinesExportTests.small()

    try book.exportProject("a.qdpx")
    try book.exportProject("b.qdpx")

    #expect(try book.folder.bytes(of: "a.qdpx") == book.folder.bytes(of: "b.qdpx"))
  }

  @Test func `the archive is readable by its owner alone and holds lower-case paths`() throws {
    let book = try LinesExportTests.small()
    try book.folder.write([], to: "out.qdpx")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: book.folder.file("out.qdpx"))

    try book.exportProject()

    #expect(try book.folder.permissions(of: "out.qdpx") == 0o600)
    let archive = try ArchiveReading(book.folder.file("out.qdpx"))
    #expect(archive.entries[0].name == "project.qde")
    #expect(archive.entries.dropFirst().allSatisfy { $0.name.hasPrefix("sources/") })
    #expect(try book.folder.names().filter { $0.hasPrefix("out.qdpx") } == ["out.qdpx"])
  }

  @Test func `a coding is a selection with the coder, the memo and the words' place`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Confianza")
    let interview = try book.interview("TOC-001", "👩🏽‍🌾 Lloré mucho.")
    try book.code(interview, "Lloré", theme, coder: "Luis", memo: "uno\ndos")

    try book.exportProject()

    let text = try book.projectFile()
    let start = Array("👩🏽‍🌾 ".unicodeScalars).count
    #expect(text.contains(#"startPosition="\#(start)" endPosition="\#(start + 5)""#))
    #expect(text.contains("<Description>uno\ndos</Description><Coding"))
    #expect(text.contains(#"name="Luis""#))
    #expect(text.contains(#"origin="Cuaderno""#))
    #expect(text.contains(#"creationDateTime="2017-05-20T12:34:56Z""#))
  }

  @Test func `for NVivo positions count units of UTF-16, and others are warned`() throws {
    let book = try TestNotebook()
    let interview = try book.interview("TOC-001", "𝔸𝔹 Lloré mucho.")
    try book.code(interview, "Lloré", try book.theme("Confianza"))

    let plain = try book.exportProject()
    let nvivo = try book.exportProject("nvivo.qdpx", for: .nvivo)

    #expect(try book.projectFile().contains(#"startPosition="3" endPosition="8""#))
    #expect(try book.projectFile("nvivo.qdpx").contains(#"startPosition="5" endPosition="10""#))
    #expect(plain.counts[.wideTexts] == 1)
    #expect(nvivo.counts[.wideTexts] == nil)
  }

  @Test func `codes of one name get names of their own`() throws {
    let book = try TestNotebook()
    let state = try book.theme("Estado")
    try book.theme("Confianza")
    try book.theme("confianza", in: state)
    try book.theme("Confianza", in: state)

    let report = try book.exportProject()

    let text = try book.projectFile()
    for name in ["Confianza", "Confianza (Estado)", "confianza (Estado) (2)"] {
      #expect(text.contains(#" name="\#(name)" "#), "\(name)")
    }
    #expect(report.counts[.renamed] == 2)
  }

  @Test func `what the format cannot carry is told in numbers`() throws {
    let book = try TestNotebook()
    let theme = try book.theme("Confianza")
    let other = try book.theme("Fe")
    let interview = try book.interview("TOC-001", "Lloré mucho. Nadie vino.")
    try book.code(interview, "Lloré mucho.", theme)
    try book.code(interview, "Nadie vino.", other)
    try book.setText(interview, "Lloré un poco. ")
    try book.write { writer in
      try writer.update(
        other, [FieldEdit(.Theme.mergedInto, value: .reference(theme.rawValue))])
      try writer.update(
        theme,
        [
          FieldEdit(
            .Theme.attributes, key: writer.keys.key(named: "peso"),
            value: .attribute(Attribute(name: "peso", value: "3")))
        ])
      let consent = Consent(
        form: "oral", level: .withdrawn, date: nil,
        embargo: try PartialDate("2017-05", isKnownZone: { _ in false }))
      try writer.update(interview, [FieldEdit(.Interview.consent, value: .consent(consent))])
    }

    let report = try book.exportProject()

    #expect(report.counts[.mergedThemes] == 1)
    #expect(report.counts[.themeAttributes] == 1)
    #expect(report.counts[.withdrawn] == 1)
    #expect(report.counts[.embargoed] == 1)
    #expect(report.counts[.unplacedCodings] == 1)
    #expect(report.counts[.changedCodings] == 1)
    #expect(report.counts[.codings] == 1)
  }

  @Test func `an empty study makes a project without parts, and no code book`() throws {
    let book = try TestNotebook()

    try book.exportProject()

    let text = try book.projectFile()
    #expect(!text.contains("<Sources") && !text.contains("<CodeBook") && !text.contains("<Sets"))
    #expect(words { _ = try book.exportCodebook() }.contains("code book must have at least one"))
  }

  @Test func `a text of one letter does not become a bomb`() throws {
    let book = try TestNotebook()
    try book.interview("TOC-001", String(repeating: "a", count: 1 << 20))
    try book.exportProject()

    let other = try TestNotebook(seed: 5, study: 8)
    try other.importProject(book.folder.file("out.qdpx"))

    #expect(try other.lines() == book.lines())
  }
}

/// What would make a file that other programs refuse is a fault before there is a file.
@Suite struct QDAWriterTests {
  private func fault(_ body: (QDAWriter) throws -> Void) throws -> QDAFault? {
    let folder = try ScratchFolder()
    let spool = try SpoolFile(beside: folder.file("x"))
    let writer = unsafe try QDAWriter(spool.file, root: .project, namespace: "urn:x")
    do {
      try writer.attribute(.name, "x")
      try writer.attribute(.origin, "x")
      try body(writer)
      try writer.finish()
      return nil
    } catch let fault as QDAFault {
      return fault
    }
  }

  private func user(_ writer: QDAWriter, _ id: UInt128) throws {
    try writer.open(.user)
    try writer.attribute(.guid, RecordID(rawValue: id))
    try writer.close()
  }

  @Test func `elements out of order, alone, too many or unknown there are refused`() throws {
    #expect(
      try fault {
        try $0.open(.users)
        try user($0, 1)
        try $0.close()
        try $0.element(.description, "x")
      } == nil)
    #expect(
      try fault {
        try $0.element(.description, "x")
        try $0.open(.users)
      } == .notInSchema("Users"))
    #expect(
      try fault {
        try $0.open(.users)
        try $0.close()
      } == .notInSchema("Users"))
    #expect(
      try fault {
        try $0.element(.description, "x")
        try $0.element(.description, "x")
      } == .notInSchema("Description"))
    #expect(try fault { try $0.open(.code) } == .notInSchema("Code"))
  }

  @Test func `attributes that are missing, unknown, of another type or twice are refused`() throws {
    #expect(
      try fault {
        try $0.open(.users)
        try $0.open(.user)
        try $0.close()
      } == .notInSchema("User"))
    #expect(try fault { try $0.attribute(.color, "#000000") } == .notInSchema("Project"))
    #expect(try fault { try $0.attribute(.creationDateTime, "ayer") } == .notInSchema("Project"))
    #expect(try fault { try $0.attribute(.name, "otra vez") } == .notInSchema("Project"))
  }

  @Test func `an id twice, a reference to nothing and a character that XML has not are refused`()
    throws
  {
    #expect(
      try fault {
        try $0.open(.users)
        try user($0, 1)
        try user($0, 1)
      } == .repeatedID)
    #expect(
      try fault { try $0.reference(.noteRef, RecordID(rawValue: 9)) } == .danglingReference)
    #expect(try fault { try $0.element(.description, "a\u{0}b") } == .forbiddenCharacter)
    #expect(try fault { try $0.element(.description, "a\u{FFFF}") } == .forbiddenCharacter)
  }
}
