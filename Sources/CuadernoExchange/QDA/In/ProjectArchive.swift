/// The files of a project: the one that describes it, and the texts.
struct ProjectArchive {
  let archive: ArchiveReading
  let project: ArchiveReading.Entry

  init(_ path: String) throws {
    archive = try ArchiveReading(path)
    let candidates = archive.entries.filter {
      !$0.name.contains("/") && $0.name.lowercased().hasSuffix(".qde")
    }
    let named = candidates.filter { $0.name.lowercased() == "project.qde" }
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
    return archive.entry("sources/" + file) ?? archive.entry(file)
  }
}
