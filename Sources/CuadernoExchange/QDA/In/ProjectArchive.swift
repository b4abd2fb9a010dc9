/// The files of a project: the one that describes it, and the texts.
struct ProjectArchive {
  let archive: ArchiveReading
  let project: ArchiveReading.Entry
  /// The one folder that all of it is in, with its slash, where somebody packed it anew with its folder;
  /// otherwise empty.
  private let folder: String

  init(_ path: String) throws {
    archive = try ArchiveReading(path)
    var folder = ""
    var candidates = Self.projects(of: archive, in: folder)
    if candidates.isEmpty, let only = Self.onlyFolder(of: archive) {
      folder = only
      candidates = Self.projects(of: archive, in: only)
    }
    self.folder = folder
    let named = candidates.filter { $0.name.dropFirst(folder.count).lowercased() == "project.qde" }
    guard let first = named.first ?? candidates.first else {
      throw ExchangeError(.file, .qda(.noProject))
    }
    guard named.count == 1 || candidates.count == 1 else {
      throw ExchangeError(.file, .qda(.severalProjects))
    }
    guard first.bytes <= ArchiveLimits.projectBytes else {
      throw ExchangeError(
        ArchiveReading.place(first),
        .archive(.tooLong(bytes: first.bytes, limit: ArchiveLimits.projectBytes)))
    }
    project = first
  }

  /// The folder that everything is in, but for what a Macintosh puts beside it.
  private static func onlyFolder(of archive: ArchiveReading) -> String? {
    let names = Set(
      archive.entries.map(\.name).filter { !$0.hasPrefix(".") && !$0.hasPrefix("__MACOSX/") }
        .map { name in name.firstIndex(of: "/").map { String(name[...$0]) } ?? "" })
    return names.count == 1 ? names.first : nil
  }

  private static func projects(
    of archive: ArchiveReading, in folder: String
  ) -> [ArchiveReading.Entry] {
    archive.entries.filter { entry in
      guard entry.name.hasPrefix(folder) else { return false }
      let name = entry.name.dropFirst(folder.count)
      return !name.contains("/") && name.lowercased().hasSuffix(".qde")
    }
  }

  func root() throws -> XMLNode {
    let pieces = try archive.pieces(of: project, pieceBytes: 1 << 16)
    let root = try XMLReading.root(pieces, keeping: QDAFile.kept) { line, column in
      ArchiveReading.place(project, .lineColumn(line: line, column: column))
    }
    guard root.name == "project" else {
      throw ExchangeError(
        ArchiveReading.place(project, .lineColumn(line: root.line, column: root.column)),
        .qda(.otherRoot(expected: "project")))
    }
    return root
  }

  /// The text that an element names or holds; nil when it is not in the file.
  ///
  /// Files outside the archive, which a path may name too, are never opened.
  func text(of node: XMLNode, as encoding: TextEncoding?) throws -> String? {
    if let path = node.attribute("plaintextpath"), let entry = entry(path) {
      let bytes = try archive.bytes(of: entry, atMost: XMLReading.textBytesMax)
      do {
        return bytes.isEmpty ? "" : try TextDecoding.lines(bytes, as: encoding)
      } catch let error as ExchangeError {
        throw ExchangeError(ArchiveReading.place(entry, error.place), error.reason)
      }
    }
    return node.child("plaintextcontent")?.text
  }

  /// `internal://NAME` means `sources/NAME`; some programs write the folder too, or a slash more.
  private func entry(_ path: String) -> ArchiveReading.Entry? {
    let scheme = "internal://"
    guard path.lowercased().hasPrefix(scheme) else { return nil }
    var name = path.unicodeScalars.dropFirst(scheme.unicodeScalars.count)
    while name.first == "/" { name.removeFirst() }
    let file = String(name)
    return archive.entry(folder + "sources/" + file) ?? archive.entry(folder + file)
  }
}
