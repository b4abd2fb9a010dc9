import CuadernoModel
import CuadernoSync

/// Writes places with their counts as GeoJSON (RFC 7946), for QGIS and other programs with maps.
///
/// Properties are flat, since QGIS shows an object in them as a string: a column for each theme, of which
/// the member `columns` of the collection says what it is. A place whose location nobody entered has a
/// null geometry (section 3.2): it is in the table and not on the map, and never where another place is.
package enum GeoJSONExport {
  /// More than these decimals of a degree are below a centimetre, and only noise of the measuring.
  package static let decimalsMax = 7

  /// - Parameter decimals: of the degrees that are written, from 0 to ``decimalsMax``.
  /// - Returns: how many places are in the file without a location.
  @discardableResult
  package static func write(
    _ map: PlaceMap, decimals: Int, to sink: @escaping Sink
  ) throws -> Int {
    let decimals = min(max(0, decimals), decimalsMax)
    let locations = map.features.map { feature in
      feature.location.flatMap { RoundedLocation($0, decimals: decimals) }
    }
    let columns = ColumnNames.names(map.themes, besides: ["codings", "texts"])
    var output = Output(sink)
    try output.append { bytes in
      bytes += #"{"type":"FeatureCollection","name":"#.utf8
      JSONWriter.append(.string(map.title), to: &bytes)
      if let box = BoundingBox(locations.compactMap { $0.map { ($0.latitude, $0.longitude) } }) {
        bytes += #","bbox":"#.utf8
        JSONWriter.append(
          .array([box.west, box.south, box.east, box.north].map(JSONValue.number)), to: &bytes)
      }
      bytes += #","columns":"#.utf8
      JSONWriter.append(.array(descriptions(map.themes, columns)), to: &bytes)
      bytes += #","features":["#.utf8
    }
    for (index, feature) in map.features.enumerated() {
      try output.append { bytes in
        bytes += (index == 0 ? "\n" : ",\n").utf8
        JSONWriter.append(json(feature, locations[index], columns), to: &bytes)
      }
    }
    try output.append { $0 += "\n]}\n".utf8 }
    try output.flush()
    return locations.count { $0 == nil }
  }

  private static func descriptions(
    _ themes: [PlaceMap.Theme], _ columns: [String]
  ) -> [JSONValue] {
    zip(themes, columns).flatMap { theme, column in
      [
        ("n_", "codings at this place, and at those below it or within it"),
        ("own_", "codings at this place, and at those below it that are not in the file"),
      ].map { prefix, counts in
        .object([
          .init("name", .string(prefix + column)), .init("theme", .string(theme.id.description)),
          .init("path", .string(theme.steps.joined(separator: " > "))),
          .init("counts", .string(counts)),
        ])
      }
    }
  }

  private static func json(
    _ feature: PlaceMap.Feature, _ location: RoundedLocation?, _ columns: [String]
  ) -> JSONValue {
    var properties: [JSONValue.Member] = [
      .init("name", .string(feature.name)), .init("kind", string(feature.kind?.rawValue)),
      .init("parent", string(feature.parent)), .init("within", joined(feature.within)),
      .init("other_names", joined(feature.otherNames)), .init("code", string(feature.code)),
      .init("accuracy_m", location?.accuracy.map(JSONValue.number) ?? .null),
      .init("texts", integer(feature.whole.texts)), .init("own_texts", integer(feature.own.texts)),
      .init("codings", integer(feature.whole.codings)),
      .init("own_codings", integer(feature.own.codings)),
    ]
    for (index, column) in columns.enumerated() {
      properties.append(.init("n_" + column, integer(count(feature.whole, index))))
      properties.append(.init("own_" + column, integer(count(feature.own, index))))
    }
    // Longitude first (section 3.1.1).
    let geometry = location.map { location in
      JSONValue.object([
        .init("type", .string("Point")),
        .init(
          "coordinates", .array([.number(location.longitude), .number(location.latitude)])),
      ])
    }
    return .object([
      .init("type", .string("Feature")), .init("id", .string(feature.id.description)),
      .init("geometry", geometry ?? .null), .init("properties", .object(properties)),
    ])
  }

  private static func count(_ counts: PlaceMap.Counts, _ index: Int) -> Int {
    index < counts.themes.count ? counts.themes[index] : 0
  }

  private static func integer(_ number: Int) -> JSONValue { .integer(Int64(number)) }

  private static func string(_ text: String?) -> JSONValue {
    text.map(JSONValue.string) ?? .null
  }

  private static func joined(_ names: [String]) -> JSONValue {
    names.isEmpty ? .null : .string(names.joined(separator: "; "))
  }
}
