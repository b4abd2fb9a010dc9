/// Looks through the fields of a template's part. Some read files or start programs when a document is
/// opened (DDE, INCLUDETEXT), and some put such a field together of numbers (QUOTE), so only those are
/// let through that are known to show what the document itself knows.
enum TemplateFields {
  private static let harmless: Set<String> = [
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "DATE", "TIME", "CREATEDATE",
    "SAVEDATE",
    "PRINTDATE", "TITLE", "SUBJECT", "AUTHOR", "KEYWORDS", "STYLEREF", "SEQ", "=", "IF", "REF",
  ]

  static func areHarmless(in root: XMLNode) -> Bool {
    var open = [String]()
    return look(root, &open) && open.allSatisfy(isHarmless)
  }

  /// - Parameter open: what the fields say that have begun here and not ended, the outermost first.
  private static func look(_ node: XMLNode, _ open: inout [String]) -> Bool {
    switch node.name {
    case "fldsimple":
      guard isHarmless(node.attribute("instr") ?? "") else { return false }
    case "fldchar":
      switch node.attribute("fldchartype") {
      case "begin": open.append("")
      case "end":
        if let field = open.popLast(), !isHarmless(field) { return false }
      default: break
      }
    case "instrtext", "delinstrtext":
      // An instruction outside of a field is none, and no word processor writes one.
      guard !open.isEmpty else { return false }
      open[open.count - 1] += node.text
    default: break
    }
    for child in node.children {
      guard look(child, &open) else { return false }
    }
    return true
  }

  private static func isHarmless(_ instruction: String) -> Bool {
    let words = instruction.split { $0.isWhitespace }
    guard let name = words.first?.uppercased() else { return true }
    return harmless.contains(name.hasPrefix("=") ? "=" : name)
  }
}
