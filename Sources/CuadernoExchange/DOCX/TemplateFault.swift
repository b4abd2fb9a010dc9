/// Why a Word file was not taken as a template. Nothing was written then.
package enum TemplateFault: Error, Hashable, Sendable {
  /// The parts of a Word file, as a person may know them.
  package enum Part: String, Hashable, Sendable {
    case contents = "list of contents"
    case links = "list of links"
    case document = "text"
    case settings, styles, numbering, theme
    case header = "header or footer"
    case picture
  }

  case unreadable
  case notWord
  case macros
  case strict
  /// - Parameter entry: its number in the archive, counted from 1.
  case archive(entry: Int?, ArchiveFault)
  case documentType(Part)
  case notXML(Part)
  case notUTF8(Part)
  case leadsOutside(Part)
  case other(Part)
  case field(Part)
}

extension TemplateFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable: "template cannot be read; check that it is there and that you may read it"
    case .notWord: "template is no Word document (.docx); save it as one in your word processor"
    case .macros: "template has macros, which are not taken; save it as a Word document (.docx)"
    case .strict:
      "template is saved as Strict Open XML; save it as a plain Word document (.docx)"
    case .archive(let entry?, let fault): "entry \(entry) of the template \(fault)"
    case .archive(nil, .notAnArchive):
      "template is no Word document (.docx), or is damaged; save it anew in your word processor"
    case .archive(nil, let fault): "template refused: \(fault)"
    case .documentType(let part):
      "template has a document type declaration in its \(part.rawValue), which no word processor writes "
        + "and which can be an attack"
    case .notXML(let part):
      "template is damaged in its \(part.rawValue); save it anew in your word processor"
    case .notUTF8(let part):
      "template is not UTF-8 in its \(part.rawValue); save it anew in your word processor"
    case .leadsOutside(let part):
      "template needs a file from outside in its \(part.rawValue); put the picture into the template "
        + "itself, or take it out"
    case .other(let part):
      "template has something in its \(part.rawValue) that is neither text nor a picture; take it out"
    case .field(let part):
      "template has a field in its \(part.rawValue) that is not taken; page numbers, dates, titles and "
        + "the like are"
    }
  }
}
