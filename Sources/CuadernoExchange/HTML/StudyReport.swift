/// What a report of a study shows. Whoever fills it has decided what may be shown.
package struct StudyReport: Sendable {
  package struct Theme: Sendable {
    package var name: String
    /// From 0 at the top of the code book.
    package var depth: Int
    package var definition: String?
    package var codings: Int
    package var codingsBelow: Int
    package var texts: Int
    package var quotes: [Quote]
    /// Passages that are counted and not quoted here.
    package var unquoted: Int
    /// `#` and six hexadecimal digits.
    package var colour: String?
    /// The share of the texts that it and what lies below it cover, from 0 to 1.
    package var coverage: Double?
    /// With what is above it, from the top.
    package var path: String?

    package init(
      name: String, depth: Int, definition: String?, codings: Int, codingsBelow: Int, texts: Int,
      quotes: [Quote], unquoted: Int
    ) {
      self.name = name
      self.depth = depth
      self.definition = definition
      self.codings = codings
      self.codingsBelow = codingsBelow
      self.texts = texts
      self.quotes = quotes
      self.unquoted = unquoted
    }
  }

  package struct Quote: Sendable {
    package var words: String
    package var attribution: String

    package init(words: String, attribution: String) {
      self.words = words
      self.attribution = attribution
    }
  }

  /// Themes against something.
  package struct Matrix: Sendable {
    package var columns: [String]
    package var rows: [(name: String, counts: [Int])]
    /// What the themes are compared by, in the report's language.
    package var dimension: String?
    /// Of each row all codings, each once, also where one counts in several columns.
    package var totals: [Int] = []

    package init(columns: [String], rows: [(name: String, counts: [Int])]) {
      self.columns = columns
      self.rows = rows
    }
  }

  package struct Pair: Sendable {
    package var first: String
    package var second: String
    package var count: Int

    package init(first: String, second: String, count: Int) {
      self.first = first
      self.second = second
      self.count = count
    }
  }

  package struct Place: Sendable {
    package var name: String
    /// Degrees.
    package var latitude: Double
    package var longitude: Double
    package var codings: Int

    package init(name: String, latitude: Double, longitude: Double, codings: Int) {
      self.name = name
      self.latitude = latitude
      self.longitude = longitude
      self.codings = codings
    }
  }

  package struct Year: Sendable {
    package var year: Int
    package var texts: Int
    package var codings: Int

    package init(year: Int, texts: Int, codings: Int) {
      self.year = year
      self.texts = texts
      self.codings = codings
    }
  }

  package enum Language: Sendable { case english, spanish }

  package var title: String
  package var language: Language
  package var texts: Int
  package var codings: Int
  package var coders: Int
  package var themes: [Theme]
  package var matrix: Matrix
  /// The most frequent first.
  package var pairs: [Pair]
  /// How many there are, of which some may be left out.
  package var pairsInAll: Int
  package var years: [Year]
  package var places: [Place]
  /// What was left out, by whom it was coded, when it was made: sentences in the report's language.
  package var scope: [String] = []
  /// Places at which there are codings, and whose position nobody knows.
  package var unplaced: [String] = []

  package init(
    title: String, language: Language, texts: Int, codings: Int, coders: Int, themes: [Theme],
    matrix: Matrix, pairs: [Pair], years: [Year], places: [Place]
  ) {
    self.title = title
    self.language = language
    self.texts = texts
    self.codings = codings
    self.coders = coders
    self.themes = themes
    self.matrix = matrix
    self.pairs = pairs
    pairsInAll = pairs.count
    self.years = years
    self.places = places
  }
}
