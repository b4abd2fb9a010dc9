import CuadernoExchange
import CuadernoModel
import CuadernoNotebook
import CuadernoSync
import CuadernoTestSupport
import Foundation

extension TestNotebook {
  /// 2017-05-20T12:34:56Z.
  static let exportMilliseconds: Int64 = 1_495_283_696_000

  @discardableResult
  func exportProject(
    _ name: String = "out.qdpx", of part: StudyPart = .everything, for tool: QDATool? = nil
  ) throws -> QDAExportReport {
    try folder.write([], to: name)
    return try notebook.read { reader in
      try ProjectExport.write(
        reader, of: part, for: tool, milliseconds: Self.exportMilliseconds, to: folder.file(name))
    }
  }

  @discardableResult
  func importProject(_ path: String, as encoding: TextEncoding? = nil) throws -> QDAImportReport {
    try write { try ProjectImport.read(path, as: encoding, into: &$0) }
  }

  /// Takes in a project file made of parts, with texts beside it.
  @discardableResult
  func importProject(
    _ qde: String, texts: [String: String] = [:], folder sources: String = "sources",
    named name: String = "project.qde"
  ) throws -> QDAImportReport {
    var zip = RawZip()
    zip.add(name, qde)
    for (file, text) in texts.sorted(by: { $0.key < $1.key }) {
      zip.add("\(sources)/\(file)", text)
    }
    try folder.write(zip.bytes, to: "in.qdpx")
    return try importProject(folder.file("in.qdpx"))
  }

  func exportCodebook() throws -> String {
    try folder.write([], to: "out.qdc")
    _ = try notebook.read { try QDACodebookExport.write($0, to: folder.file("out.qdc")) }
    return String(decoding: try folder.bytes(of: "out.qdc"), as: UTF8.self)
  }

  @discardableResult
  func importCodebook(_ text: String) throws -> QDAImportReport {
    try write { try QDACodebookImport.read(Array(text.utf8), into: &$0) }
  }

  /// The project file of an export, as another program's unzip has it.
  func projectFile(_ name: String = "out.qdpx") throws -> String {
    try UnzipProcess.text(of: "project.qde", in: folder.file(name))
  }
}

/// The schemas of REFI-QDA, which are not ours and lie beside the project where they lie at all.
enum QDASchemas {
  private static let folder = ExampleStudyTests.folder
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/refi-qda")

  static let project = folder.appendingPathComponent("Project.xsd").path
  static let codebook = folder.appendingPathComponent("Codebook.reconstructed.xsd").path
  private static let xmllint = "/usr/bin/xmllint"

  static let areThere =
    FileManager.default.fileExists(atPath: project)
    && FileManager.default.isExecutableFile(atPath: xmllint)

  /// Nil when a file keeps to a schema.
  static func fault(in text: String, _ schema: String) throws -> String? {
    let folder = try ScratchFolder()
    try folder.write(Array(text.utf8), to: "file.xml")
    let (output, status) = try ToolProcess.output(
      xmllint, ["--noout", "--nonet", "--schema", schema, folder.file("file.xml")])
    return status == 0 ? nil : String(decoding: output, as: UTF8.self)
  }
}
