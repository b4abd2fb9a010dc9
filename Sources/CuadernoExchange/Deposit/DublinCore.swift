/// The study in the fifteen elements of Dublin Core (ISO 15836-1; namespace
/// `http://purl.org/dc/elements/1.1/`), in the container that archives harvest (OAI-PMH 2.0, oai_dc).
enum DublinCore {
  static func record(_ study: DepositDescription) -> MarkupTree {
    var elements = [MarkupTree("dc:title", text: study.title)]
    elements += study.creators.map { MarkupTree("dc:creator", text: $0) }
    elements += study.keywords.map { MarkupTree("dc:subject", text: $0) }
    if let description = study.description {
      elements.append(MarkupTree("dc:description", text: description))
    }
    elements.append(MarkupTree("dc:date", text: study.written))
    elements.append(MarkupTree("dc:type", text: "Dataset"))
    elements.append(MarkupTree("dc:type", text: "Text"))
    elements.append(MarkupTree("dc:format", text: "text/csv"))
    if study.hasTexts { elements.append(MarkupTree("dc:format", text: "text/plain")) }
    elements.append(MarkupTree("dc:identifier", text: study.identifier))
    elements += study.languages.map { MarkupTree("dc:language", text: $0) }
    elements += (study.countries + study.places).map { MarkupTree("dc:coverage", text: $0) }
    if let (first, last) = study.dates {
      elements.append(MarkupTree("dc:coverage", text: first == last ? first : "\(first)/\(last)"))
    }
    elements.append(MarkupTree("dc:rights", text: study.words.consent(study.texts, study.all)))
    if let rights = study.rights { elements.append(MarkupTree("dc:rights", text: rights)) }
    return MarkupTree(
      "oai_dc:dc",
      [
        ("xmlns:oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc/"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
      ], elements)
  }
}
