package import CuadernoModel
package import CuadernoSync

/// What a map of places shows. Whoever fills it has decided how exact places may be.
package struct PlaceMap: Sendable {
  package struct Theme: Sendable {
    package var id: RecordID
    /// The names from the top of the code book down to it.
    package var steps: [String]

    package init(id: RecordID, steps: [String]) {
      self.id = id
      self.steps = steps
    }
  }

  /// Numbers of codings, those of themes in the order of the map's themes.
  package struct Counts: Sendable {
    package var codings: Int
    package var texts: Int
    package var themes: [Int]

    package init(codings: Int, texts: Int, themes: [Int]) {
      self.codings = codings
      self.texts = texts
      self.themes = themes
    }
  }

  package struct Feature: Sendable {
    package var id: RecordID
    package var name: String
    package var otherNames: [String]
    package var kind: PlaceKind?
    /// The path of the place above it.
    package var parent: String?
    package var within: [String]
    package var code: String?
    package var location: Location?
    /// At the place itself.
    package var own: Counts
    /// With the places below.
    package var whole: Counts

    package init(
      id: RecordID, name: String, otherNames: [String], kind: PlaceKind?, parent: String?,
      within: [String], code: String?, location: Location?, own: Counts, whole: Counts
    ) {
      self.id = id
      self.name = name
      self.otherNames = otherNames
      self.kind = kind
      self.parent = parent
      self.within = within
      self.code = code
      self.location = location
      self.own = own
      self.whole = whole
    }
  }

  package var title: String
  package var themes: [Theme]
  package var features: [Feature]

  package init(title: String, themes: [Theme], features: [Feature]) {
    self.title = title
    self.themes = themes
    self.features = features
  }
}
