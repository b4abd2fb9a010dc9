#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Figures {
  /// Places where they lie to each other, on an equirectangular projection that is true in their middle,
  /// with circles by the number of codings, a bar of kilometres, and north above.
  static func map(_ places: [StudyReport.Place], _ words: ReportWords) -> HTMLText {
    guard let projection = MapProjection(places) else { return "" }
    let most = Double(max(1, places.map(\.codings).max() ?? 1))
    var labels = MapLabels()
    let dots = places.sorted { ($0.codings, $1.name) > ($1.codings, $0.name) }.map {
      place -> (circle: HTMLText, label: HTMLText) in
      let (x, y) = projection.point(place)
      let radius = 3 + 15 * (Double(place.codings) / most).squareRoot()
      let name = shortened(place.name)
      let label = labels.place(count: name.count + 6, beside: (x, y), radius: radius)
      let circle: HTMLText = """
        <circle cx="\(x)" cy="\(y)" r="\(radius)" fill="#b8574a" fill-opacity="0.75">\
        <title>\(place.name): \(place.codings) \(words.codings)</title></circle>
        """
      let anchor: HTMLText = label.isLeft ? "end" : "start"
      return (
        circle,
        """
        <text x="\(label.x)" y="\(label.y)" text-anchor="\(anchor)">\(name) (\(place.codings))</text>
        """
      )
    }
    return """
      <svg viewBox="0 0 \(MapProjection.width) \(MapProjection.height)" role="img" \
      aria-label="\(words.places)" class="map">\
      <rect x="1" y="1" width="\(MapProjection.width - 2)" height="\(MapProjection.height - 2)" \
      fill="none" stroke="#ccc"/>\(dots.map(\.circle))\(dots.map(\.label))\(bar(projection, words))</svg>

      """
  }

  private static func bar(_ projection: MapProjection, _ words: ReportWords) -> HTMLText {
    let (kilometres, length) = projection.bar
    let y = MapProjection.height - 18
    return """
      <g stroke="#444" fill="none"><path d="M20 \(y - 5)V\(y)H\(20 + length)V\(y - 5)"/>\
      <path d="M\(MapProjection.width - 24) 44V16l-5 9m5 -9l5 9"/></g>\
      <text x="\(26 + length)" y="\(y + 3)">\(kilometres) km</text>\
      <text x="\(MapProjection.width - 24)" y="58" text-anchor="middle">\(words.north)</text>
      """
  }
}

/// Degrees on a sheet of fixed size, with room around for the names.
struct MapProjection {
  static let (width, height) = (720.0, 520.0)
  private static let (side, edge) = (130.0, 60.0)
  /// One degree of latitude, of which there are 360 in 40,030 km.
  private static let kilometresPerDegree = 111.2

  private let middle: (latitude: Double, longitude: Double)
  private let west: Double
  private let shrink: Double
  /// Points a degree of latitude.
  private let scale: Double

  init?(_ places: [StudyReport.Place]) {
    guard let box = BoundingBox(places.map { ($0.latitude, $0.longitude) }) else { return nil }
    west = box.west
    // The box may lie on both sides of the antimeridian.
    let east = box.east < box.west ? box.east + 360 : box.east
    let (south, north) = (box.south, box.north)
    middle = ((south + north) / 2, (west + east) / 2)
    shrink = max(0.05, cos(middle.latitude * Double.pi / 180))
    // One place alone is shown with 20 km around it.
    let (wide, tall) = (max(0.2, (east - west) * shrink), max(0.2, north - south))
    scale = min((Self.width - 2 * Self.side) / wide, (Self.height - 2 * Self.edge) / tall)
  }

  func point(_ place: StudyReport.Place) -> (x: Double, y: Double) {
    let longitude = place.longitude < west ? place.longitude + 360 : place.longitude
    return (
      Self.width / 2 + (longitude - middle.longitude) * shrink * scale,
      Self.height / 2 - (place.latitude - middle.latitude) * scale
    )
  }

  /// A round number of kilometres, and how long that is here: at most a fifth of the sheet.
  var bar: (kilometres: Int, length: Double) {
    let point = Self.kilometresPerDegree / scale
    let most = Self.width / 5 * point
    var best = 1
    var power = 1
    while Double(power) <= most, power <= 10_000 {
      for step in [1, 2, 5] where Double(step * power) <= most { best = step * power }
      power *= 10
    }
    return (best, Double(best) / point)
  }
}

/// Puts names beside their places so that none lies on another, as far as there is room.
struct MapLabels {
  private struct Box {
    var left, right, top, bottom: Double

    func meets(_ other: Box) -> Bool {
      left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  private var taken: [Box] = []

  /// - Parameter count: how many characters the name has, with its number.
  /// - Returns: where its text begins, or ends when it stands to the left.
  mutating func place(
    count: Int, beside point: (x: Double, y: Double), radius: Double
  ) -> (x: Double, y: Double, isLeft: Bool) {
    let width = 6.6 * Double(count)
    var tries = [(x: Double, y: Double, isLeft: Bool)]()
    for shift in [0.0, 14, -14, 28, -28, 42, -42] {
      for isLeft in [false, true] {
        tries.append(
          (point.x + (isLeft ? -1 : 1) * (radius + 3), point.y + 4 + shift, isLeft))
      }
    }
    let boxes = tries.map { label in
      let left = label.isLeft ? label.x - width : label.x
      return Box(left: left, right: left + width, top: label.y - 11, bottom: label.y + 3)
    }
    let free = boxes.indices.first { index in !taken.contains { $0.meets(boxes[index]) } } ?? 0
    taken.append(boxes[free])
    return tries[free]
  }
}
