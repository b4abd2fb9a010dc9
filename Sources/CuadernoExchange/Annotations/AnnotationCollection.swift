import CuadernoModel
import CuadernoNotebook
import CuadernoSync

/// What stands around the annotations: the collection with its page, and what the ids in it stand for.
extension AnnotationExport {
  mutating func begin() throws {
    json.open("{")
    json.member("@context", "http://www.w3.org/ns/anno.jsonld")
    json.member("id", RecordID(madeOf: ["annotations"], study))
    json.member("type", "AnnotationCollection")
    if let title = try reader.studyHeader().title { json.member("label", title) }
    json.key("first")
    json.open("{")
    json.member("id", RecordID(madeOf: ["annotations", "page"], study))
    json.member("type", "AnnotationPage")
    json.member("startIndex", 0)
    json.key("items")
    json.open("[")
    json.lineEnd()
    try flush()
  }

  mutating func end() throws {
    json.close("]")
    json.close("}")
    json.member("total", report.counts[.annotations] ?? 0)
    // What the ids in the annotations stand for: the texts, and the code book as SKOS.
    json.key("dcterms:references")
    json.open("[")
    for source in sources {
      json.open("{")
      json.member("id", source.id)
      json.member("type", "Text")
      if !source.name.isEmpty { json.member("label", source.name) }
      json.member("format", "text/plain")
      if !source.languages.isEmpty {
        json.key("language")
        json.open("[")
        for language in source.languages { json.string(language) }
        json.close("]")
      }
      json.close("}")
      json.lineEnd()
      try flush()
    }
    for theme in themes.values.sorted(by: { $0.id < $1.id }) {
      concept(theme)
      try flush()
    }
    json.close("]")
    json.close("}")
    json.lineEnd()
    try flush(isLast: true)
  }

  private mutating func concept(_ theme: Theme) {
    json.open("{")
    json.member("id", theme.id)
    json.member("type", "skos:Concept")
    json.member("skos:prefLabel", theme.name ?? "")
    if let definition = theme.definition, !definition.isEmpty {
      json.member("skos:definition", definition)
    }
    if let parent = tree.parent(of: theme.id.rawValue) {
      json.key("skos:broader")
      json.open("{")
      json.member("id", RecordID(rawValue: parent))
      json.close("}")
    }
    json.close("}")
    json.lineEnd()
  }
}
