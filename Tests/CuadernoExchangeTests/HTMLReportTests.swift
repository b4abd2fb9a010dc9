import CuadernoTestSupport
import Foundation
import Testing

@testable import CuadernoExchange

@Suite struct HTMLReportTests {
  private func written(_ report: StudyReport) throws -> String {
    var bytes = [UInt8]()
    try HTMLReport.write(report) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `a page holds its parts, asks for nothing and runs nothing`() throws {
    let page = try written(.made(of: "Miedo"))
    for part in ["codes", "matrix", "graph", "time", "map", "quotes", "theme-0"] {
      #expect(page.contains("id=\"\(part)\""))
    }
    #expect(page.contains("default-src 'none'; style-src 'unsafe-inline'"))
    #expect(page.contains("<html lang=\"es\">"))
    for word in ["<script", "src=", "http:", "https:", "url(", "@import", "javascript:"] {
      #expect(!page.contains(word), "\(word)")
    }
  }

  /// Everything but our own markup, with other people's words in every place there is.
  @Test(arguments: [
    "</title><script>alert(1)</script>", "\" onload=\"alert(1)", "' style='x", "<!--", "]]>",
    "</svg><img src=x onerror=alert(1)>", "&lt;b&gt;", "\u{202E}txet", "Ñ\u{0}Ñ",
    "javascript:alert(1)", "</style><style>*{display:none}",
  ])
  func `hostile words stay words`(word: String) throws {
    let page = try written(.made(of: word))
    let plain = try written(.made(of: "x"))
    // Without the words themselves both pages have the same markup.
    let harmless = HTMLText.escaped(word)
    #expect(markup(page.replacingOccurrences(of: harmless, with: "x")) == markup(plain))
    #expect(!harmless.contains { "<>\"'".contains($0) })
    #expect(!harmless.unicodeScalars.contains("\u{202E}"))
    #expect(!harmless.unicodeScalars.contains("\u{0}"))
  }

  private func markup(_ page: String) -> [Substring] {
    page.split(separator: "<").map { $0.prefix { $0 != ">" } }
  }

  @Test func `every element that is opened is closed, in its order`() throws {
    let page = try written(.made(of: "Miedo"))
    var open = [Substring]()
    for piece in page.split(separator: "<").dropFirst() {
      let tag = piece.prefix { $0 != ">" }
      let name = tag.prefix { !" />".contains($0) }
      if tag.hasPrefix("/") {
        #expect(open.popLast() == tag.dropFirst())
      } else if !tag.hasSuffix("/"), !tag.hasPrefix("!"), name != "meta" {
        open.append(name)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func `a study without dates, places or pairs has no empty drawings`() throws {
    var report = StudyReport.made(of: "Miedo")
    (report.years, report.places, report.pairs, report.themes) = ([], [], [], [])
    report.matrix.rows = []
    let page = try written(report)
    #expect(!page.contains("<svg"))
    #expect(!page.contains("id=\"matrix\""))
  }

  @Test func `the page says what it is of, how much is covered, and where nobody knows the place`()
    throws
  {
    var report = StudyReport.made(of: "Miedo")
    report.scope = ["Solo: lugar Tocache."]
    report.themes[0].path = "Estado > Miedo"
    let page = try written(report)
    #expect(page.contains("<p class=\"scope\">Solo: lugar Tocache.</p>"))
    #expect(page.contains("<h3 id=\"theme-0\">Estado &gt; Miedo</h3>"))
    #expect(page.contains("<td class=\"n\">12.5 %</td>"))
    #expect(page.contains("<h2 id=\"matrix\">Comparación de temas: Miedo</h2>"))
    #expect(page.contains("También con codificaciones, sin posición: Miedo."))
    // Every part that is there can be gone to, and no other.
    for part in ["codes", "matrix", "graph", "time", "map", "quotes"] {
      #expect(page.contains("<a href=\"#\(part)\">"))
    }
    report.years = []
    #expect(try !written(report).contains("<a href=\"#time\">"))
  }

  @Test(arguments: [
    ("#1a2B3c", true), ("#12345", false), ("red", false), ("#12345g", false), ("#123456;", false),
    ("#12345\u{E9}", false), ("url(x)", false),
  ])
  func `a colour is six hexadecimal digits or none`(colour: String, isShown: Bool) throws {
    var report = StudyReport.made(of: "x")
    report.themes[0].colour = colour
    #expect(try written(report).contains("class=\"swatch\" style") == isShown)
    #expect(try written(report).contains("background:\(colour)") == isShown)
  }

  @Test func `names on a map do not lie on each other while there is room`() {
    var labels = MapLabels()
    let taken = (0..<6).map { _ in labels.place(count: 10, beside: (300, 200), radius: 5) }
    for (index, first) in taken.enumerated() {
      for second in taken.dropFirst(index + 1) where first.isLeft == second.isLeft {
        #expect(abs(first.y - second.y) >= 14)
      }
    }
  }

  @Test func `a map is true to size, and its bar is a round number of kilometres`() throws {
    let projection = try #require(
      MapProjection([
        .init(name: "a", latitude: -8, longitude: -76, codings: 1),
        .init(name: "b", latitude: -7, longitude: -76, codings: 1),
      ]))
    let (a, b) = (
      projection.point(.init(name: "a", latitude: -8, longitude: -76, codings: 1)),
      projection.point(.init(name: "b", latitude: -7, longitude: -76, codings: 1))
    )
    // North is above; a degree of latitude is 111.2 km.
    #expect(b.y < a.y && a.x == b.x)
    let bar = projection.bar
    #expect(abs((a.y - b.y) / bar.length * Double(bar.kilometres) - 111.2) < 0.01)
    #expect(bar.kilometres == 20)
  }

  @Test func `places on both sides of the antimeridian lie beside each other`() throws {
    let places = [178.5, -179.5].map {
      StudyReport.Place(name: "Fiyi", latitude: -17, longitude: $0, codings: 1)
    }
    let projection = try #require(MapProjection(places))
    let (west, east) = (projection.point(places[0]), projection.point(places[1]))
    #expect(west.x > 0 && west.x < east.x && east.x < MapProjection.width)
    // Two degrees there, of which each is 106 km.
    #expect(
      abs((east.x - west.x) / projection.bar.length * Double(projection.bar.kilometres) - 212.7)
        < 0.1)
  }

  @Test func `two places at one point, and two thousand years, are drawn`() throws {
    var report = StudyReport.made(of: "Miedo")
    report.places = [.init(name: "Polo", latitude: 90, longitude: 0, codings: 1)]
    report.years = [
      .init(year: 1, texts: 1, codings: 1), .init(year: 9999, texts: 1, codings: 1),
    ]
    let page = try written(report)
    #expect(!page.contains("nan") && !page.contains("inf\""))
    #expect(page.components(separatedBy: "<rect").count < 70)
  }
}
