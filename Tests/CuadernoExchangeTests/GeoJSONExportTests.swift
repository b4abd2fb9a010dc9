import CuadernoModel
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoExchange

@Suite struct GeoJSONExportTests {
  private static let counts = PlaceMap.Counts(codings: 3, texts: 2, themes: [1, 2])

  private static func place(
    _ number: UInt128, _ latitude: Double?, _ longitude: Double = 0, accuracy: Double? = nil,
    name: String = "Tocache"
  ) -> PlaceMap.Feature {
    PlaceMap.Feature(
      id: RecordID(rawValue: number), name: name, otherNames: [], kind: .province, parent: "Perú",
      within: ["Valle", "Otro"], code: "2210",
      location: latitude.map { Location(latitude: $0, longitude: longitude, accuracy: accuracy) },
      own: .init(codings: 0, texts: 0, themes: [0, 0]), whole: counts)
  }

  private static func theme(_ number: UInt128, _ steps: String...) -> PlaceMap.Theme {
    PlaceMap.Theme(id: RecordID(rawValue: number), steps: steps)
  }

  private static func map(
    _ features: [PlaceMap.Feature], _ themes: [PlaceMap.Theme]? = nil, title: String = "Coca"
  ) -> PlaceMap {
    PlaceMap(
      title: title, themes: themes ?? [theme(1, "Estado"), theme(2, "Estado", "Confianza")],
      features: features)
  }

  private static func written(_ map: PlaceMap, decimals: Int = 2) throws -> [String: JSONValue] {
    var bytes = [UInt8]()
    try GeoJSONExport.write(map, decimals: decimals) { bytes += $0 }
    return try object(JSONReader.value(bytes))
  }

  private static func object(_ value: JSONValue?) throws -> [String: JSONValue] {
    guard case .object(let members) = try #require(value) else { return [:] }
    return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  private static func elements(_ value: JSONValue?) throws -> [JSONValue] {
    guard case .array(let elements) = try #require(value) else { return [] }
    return elements
  }

  @Test func `a place is a point with its longitude first and a column for each theme`() throws {
    let collection = try Self.written(
      Self.map([Self.place(1, -8.2567, -76.5512, accuracy: 100)]))

    #expect(collection["type"] == .string("FeatureCollection"))
    let feature = try Self.object(Self.elements(collection["features"]).first)
    #expect(feature["id"] == .string(String(repeating: "0", count: 31) + "1"))
    let geometry = try Self.object(feature["geometry"])
    #expect(geometry["type"] == .string("Point"))
    #expect(geometry["coordinates"] == .array([.number(-76.55), .number(-8.26)]))
    let properties = try Self.object(feature["properties"])
    #expect(properties["n_estado"] == .integer(1))
    #expect(properties["n_confianza"] == .integer(2))
    #expect(properties["own_confianza"] == .integer(0))
    #expect(properties["codings"] == .integer(3))
    #expect(properties["within"] == .string("Valle; Otro"))
    #expect(properties["code"] == .string("2210"))
    // What rounding moved the point by at most is part of how exact it is.
    #expect(properties["accuracy_m"] == .integer(883))
    for value in properties.values {
      if case .object = value { Issue.record("QGIS reads an object as a string") }
      if case .array = value { Issue.record("QGIS reads a list as a string") }
    }
  }

  @Test func `a place without a location has a null geometry, and is nowhere`() throws {
    var bytes = [UInt8]()
    let unlocated = try GeoJSONExport.write(
      Self.map([
        Self.place(1, nil), Self.place(2, -8, -76), Self.place(3, .nan), Self.place(4, 91),
      ]), decimals: 2
    ) { bytes += $0 }

    #expect(unlocated == 3)
    let collection = try Self.object(JSONReader.value(bytes))
    let features = try Self.elements(collection["features"]).map { try Self.object($0) }
    #expect(features.map { $0["geometry"] == .null } == [true, false, true, true])
    #expect(
      collection["bbox"] == .array([.integer(-76), .integer(-8), .integer(-76), .integer(-8)]))
  }

  @Test func `a study without any location has no box`() throws {
    #expect(try Self.written(Self.map([Self.place(1, nil)]))["bbox"] == nil)
    #expect(try Self.written(Self.map([]))["features"] == .array([]))
  }

  @Test(arguments: [
    (0, -77.0, -8.0), (1, -76.6, -8.3), (3, -76.551, -8.257), (7, -76.5512, -8.2567),
  ])
  func `a point is no more exact than was asked for`(
    decimals: Int, longitude: Double, latitude: Double
  ) throws {
    let rounded = try #require(
      RoundedLocation(Location(latitude: -8.2567, longitude: -76.5512), decimals: decimals))

    #expect([rounded.longitude, rounded.latitude] == [longitude, latitude])
    // Nobody said how exact it was, so neither do we.
    #expect(rounded.accuracy == nil)
  }

  @Test func `the true place lies within the accuracy that is told`() throws {
    for seed in Seeds.upTo(300) {
      var random = SplitMix64(seed: seed)
      let location = Location(
        latitude: .random(in: -90...90, using: &random),
        longitude: .random(in: -180...180, using: &random), accuracy: 0)
      let rounded = try #require(
        RoundedLocation(location, decimals: Int.random(in: 0...4, using: &random)))
      let moved = Self.metres(location, rounded)
      // Near the poles the circle of latitude changes along the way.
      #expect(
        moved <= (rounded.accuracy ?? 0) * 1.01 + 1 || abs(location.latitude) > 85,
        "\(Seeds.replay(seed))")
      #expect(abs(rounded.latitude) <= 90 && abs(rounded.longitude) <= 180)
    }
  }

  private static func metres(_ from: Location, _ to: RoundedLocation) -> Double {
    let up = (from.latitude - to.latitude) * 111_195
    let along =
      (from.longitude - to.longitude) * 111_195
      * RoundedLocation.shrink(latitude: from.latitude)
    return (up * up + along * along).squareRoot()
  }

  @Test func `the box around places on both sides of the antimeridian is the narrow one`() throws {
    func box(_ longitudes: Double...) throws -> [Double] {
      let points = try longitudes.map {
        try #require(RoundedLocation(Location(latitude: 1, longitude: $0), decimals: 2))
      }
      let box = try #require(BoundingBox(points.map { ($0.latitude, $0.longitude) }))
      return [box.west, box.east]
    }
    #expect(try box(-76.5, -76) == [-76.5, -76])
    #expect(try box(178, -179) == [178, -179])
    #expect(try box(-76, 138) == [138, -76])
    #expect(try box(-76, 2) == [-76, 2])
    #expect(try box(-180, 180) == [180, -180])
    #expect(BoundingBox([]) == nil)
  }

  @Test func `columns of themes of one name are told apart by id, whatever was selected`() {
    let themes = [
      Self.theme(1, "Estado"), Self.theme(2, "Otro", "estado"), Self.theme(3, "Año de ñandú"),
      Self.theme(4, "👩🏽‍🌾"), Self.theme(5, "a <b> & \"c\""), Self.theme(6, "क्षि"),
      Self.theme(7, "=1+1; DROP TABLE"),
    ]

    let names = ColumnNames.names(themes, besides: [])
    #expect(
      names.prefix(3) == [
        "estado_00000000", "estado_" + Self.theme(2).id.description, "año_de_ñandu",
      ])
    #expect(names[3] == "theme_00000000")
    #expect(names[4] == "a_b_c")
    #expect(names[6] == "1_1_drop_table")
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(!name.contains { " \"'`;=+-<>&".contains($0) }, "\(name)")
    }
  }

  @Test func `no theme takes the column of another number`() throws {
    let themes = ["Codings", "Texts", "texts!"].enumerated().map { Self.theme(UInt128($0 + 1), $1) }
    var bytes = [UInt8]()
    try GeoJSONExport.write(Self.map([Self.place(1, 1)], themes), decimals: 2) { bytes += $0 }

    let collection = try Self.object(JSONReader.value(bytes))
    let feature = try Self.object(Self.elements(collection["features"]).first)
    guard case .object(let members)? = feature["properties"] else {
      Issue.record("a feature without properties")
      return
    }
    #expect(Set(members.map(\.key)).count == members.count)
    #expect(members.first { $0.key == "own_codings" }?.value == .integer(0))
  }

  @Test(arguments: [
    "\"},{\"x\":\"", "</script><script>alert(1)</script>", "]]>", "\u{202E}txet",
    "a\u{1}b\u{1B}[2J",
    "👩🏽‍🌾", "\\", "שלום",
  ])
  func `hostile names stay names`(word: String) throws {
    let collection = try Self.written(
      Self.map([Self.place(1, 1, 1, name: word)], [Self.theme(1, word)], title: word))

    #expect(collection["name"] == .string(word))
    let feature = try Self.object(Self.elements(collection["features"]).first)
    #expect(try Self.object(feature["properties"])["name"] == .string(word))
    let column = try Self.object(Self.elements(collection["columns"]).first)
    #expect(column["path"] == .string(word))
  }
}
