/// What a report takes from a Word file: its styles with their numbering and theme, the page, headers and
/// footers. Everything else stays behind: its text, settings, macros, links, and what it is attached to.
///
/// What is taken is looked through first. A document type declaration, a link to anything outside but a
/// web address that somebody has to click, an embedded object, and a field that reads files or starts
/// programs are refused rather than left out, since the report would then look otherwise than meant.
package struct DOCXTemplate: Sendable {
  struct Picture: Sendable {
    /// The ending of its name, by which its type is told.
    var ending: String
    var bytes: [UInt8]
  }

  struct Link: Sendable {
    enum Target: Sendable {
      case picture(Picture)
      case web(String)
    }

    var id: String
    var target: Target
  }

  struct Part: Sendable {
    var bytes: [UInt8]
    var links: [Link]
  }

  struct Margin: Sendable {
    enum Place: String, Sendable { case header, footer }

    var place: Place
    /// `default`, `first` or `even`.
    var pages: String
    var part: Part
  }

  var styles: [UInt8]
  /// The ids of its styles by their names in small letters, and the id of what paragraphs have by
  /// themselves.
  var styleIDs: [String: String]
  var standardStyle: String?
  var numbering: Part?
  var theme: Part?
  var margins: [Margin] = []
  var page = DOCXPage()

  /// - Throws: ``TemplateFault``.
  package init(at path: String) throws {
    self = try TemplateReading.template(at: path)
  }

  init(styles: [UInt8], styleIDs: [String: String], standardStyle: String?) {
    self.styles = styles
    self.styleIDs = styleIDs
    self.standardStyle = standardStyle
  }
}

/// The paper and its margins, in twentieths of a point.
struct DOCXPage: Sendable {
  /// A4 with margins of 2.5 cm.
  var width = 11_906
  var height = 16_838
  var isLandscape = false
  var top = 1_417
  var right = 1_417
  var bottom = 1_417
  var left = 1_417
  var header = 709
  var footer = 709
  var gutter = 0
  /// Whether the first page, and pages of even numbers, have headers of their own.
  var hasFirstPage = false
  var hasEvenPages = false

  /// What is left for text; a page that leaves hardly any is taken for one of a usual width.
  var textWidth: Int {
    let rest = width - left - right - gutter
    return (1_440...31_680).contains(rest) ? rest : 9_072
  }
}
