import CuadernoModel
import Glibc

/// Turns documents of word processors, of the web and PDFs into text, with the programs that people
/// have for it: pandoc and Poppler's pdftotext.
///
/// RTF is read here, since pandoc 2.17, which Debian 12 has, drops the letter after an escape such as
/// `\u241?`, by which some programs write ñ.
package struct DocumentConverter: Sendable {
  package static let bytesMax = 256 << 20

  package enum Format: String, Sendable, CaseIterable {
    case docx, odt, html, rtf, pdf
    /// Of Word before 2007, which neither program reads.
    case doc

    /// By the ending of a name; nil for what is taken for text.
    package init?(fileName: String) {
      guard let ending = fileName.lowercased().split(separator: ".").last else { return nil }
      switch String(ending) {
      case "docx", "docm": self = .docx
      case "odt", "fodt": self = .odt
      case "html", "htm", "xhtml": self = .html
      case "rtf": self = .rtf
      case "pdf": self = .pdf
      case "doc": self = .doc
      default: return nil
      }
    }

    fileprivate var name: String { self == .html ? "HTML" : rawValue.uppercased() }
  }

  /// A document as text, with the remarks that stood beside it.
  package struct Document: Sendable {
    package struct Comment: Hashable, Sendable {
      let author: String
      let date: PartialDate?
      let text: String
      let quote: String?
    }

    package let text: String
    package internal(set) var comments: [Comment] = []
    /// Pages of a PDF that are pictures.
    package internal(set) var emptyPages = 0
    /// Characters of a code page that is not known.
    package internal(set) var unknownCharacters = 0
  }

  private let folders: [String]
  private let limits: ChildProcess.Limits

  /// - Parameter path: folders where programs lie, joined by colons, as in the environment.
  package init(path: String) {
    self.init(path: path, limits: ChildProcess.Limits())
  }

  init(path: String, limits: ChildProcess.Limits) {
    // A relative folder would run whatever lies where somebody happens to be.
    folders = path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    self.limits = limits
  }

  /// - Throws: ``ConverterFault``
  package func document(at path: String, _ format: Format) throws(ConverterFault) -> Document {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw .unreadable }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable
    }
    guard Int(status.st_size) <= Self.bytesMax else {
      throw .tooLarge(bytes: Int(status.st_size))
    }
    switch format {
    case .doc: throw .oldWord
    case .rtf: return try richText(file, bytes: Int(status.st_size))
    case .pdf: return try pages(file)
    case .docx, .odt:
      guard let mended = try UnboxedDocument.copy(of: path, format) else {
        return try marked(file, format)
      }
      defer { close(mended) }
      return try marked(mended, format)
    case .html: return try marked(file, format)
    }
  }

  private func program(
    _ name: String, in package: String, _ format: Format
  ) throws(ConverterFault) -> String {
    for folder in folders {
      let path = folder + "/" + name
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        unsafe access(path, X_OK) == 0
      {
        return path
      }
    }
    throw .missing(program: name, package: package, format: format.name)
  }

  // MARK: - pandoc

  /// How a program of Haskell ends that has used up its heap (GHC's user guide, "Exit codes").
  private static let heapOverflow = 251

  /// By way of HTML, which keeps apart what a text needs: paragraphs, cells, notes and remarks.
  private func marked(_ file: Int32, _ format: Format) throws(ConverterFault) -> Document {
    let pandoc = try program("pandoc", in: "pandoc", format)
    // In the sandbox it opens no file and no address (pandoc's manual, "A note on security").
    let child = ChildProcess(
      program: pandoc,
      arguments: [
        "--sandbox", "--from", format.rawValue, "--to", "html", "--wrap", "none",
        "--track-changes", "all", "+RTS", "-M\(limits.memoryBytes >> 20)m", "-RTS",
      ], limits: limits)
    let bytes: [UInt8]
    do {
      bytes = try child.output(onInput: file)
    } catch .failed(Self.heapOverflow) {
      throw .tooMuchMemory(bytes: Int(limits.memoryBytes))
    }
    let markup = MarkupText(String(decoding: bytes, as: UTF8.self))
    guard !markup.text.isEmpty else { throw .noText }
    let scalars = Array(markup.text.unicodeScalars)
    var document = Document(text: markup.text)
    document.comments = markup.comments.map { comment in
      let quote = comment.span.map { span in
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[span])
        return String(view)
      }
      return Document.Comment(
        author: comment.author, date: Self.date(comment.date), text: comment.text, quote: quote)
    }
    return document
  }

  /// The day; Word writes the time in whatever zone its writer was, and calls it UTC.
  private static func date(_ text: String) -> PartialDate? {
    try? PartialDate(String(text.unicodeScalars.prefix(10)), isKnownZone: { _ in false })
  }

  // MARK: - PDF

  private func pages(_ file: Int32) throws(ConverterFault) -> Document {
    let pdftotext = try program("pdftotext", in: "poppler-utils", .pdf)
    let child = ChildProcess(
      program: pdftotext, arguments: ["-enc", "UTF-8", "-eol", "unix", "-", "-"], limits: limits)
    let text = String(decoding: try child.output(onInput: file), as: UTF8.self)
    var pages = text.unicodeScalars.split(separator: "\u{C}", omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    // Every page ends with a form feed, the last one too.
    if pages.last?.isEmpty ?? false { pages.removeLast() }
    let written = pages.filter { !$0.isEmpty }
    guard !written.isEmpty else { throw .scan(pages: pages.count) }
    var document = Document(text: written.joined(separator: "\n\n"))
    document.emptyPages = pages.count - written.count
    return document
  }

  // MARK: - RTF

  private func richText(_ file: Int32, bytes count: Int) throws(ConverterFault) -> Document {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { throw .unreadable }
      filled += read
    }
    let richText = try RichText(bytes)
    let text = richText.text.trimmed
    guard !text.isEmpty else { throw .noText }
    return Document(text: text, unknownCharacters: richText.unknownCharacters)
  }
}
