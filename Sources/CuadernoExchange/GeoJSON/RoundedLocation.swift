import CuadernoModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A location as exact as it may be told, and how exact that is.
struct RoundedLocation: Hashable {
  /// Degrees.
  let latitude: Double
  let longitude: Double
  /// Metres within which the place lies, with what rounding moved the point at most; nil where nobody
  /// said how exact the point was.
  let accuracy: Double?

  /// One degree of a great circle of the mean Earth (IUGG), in metres.
  private static let degreeMetres = 111_195.0

  /// How much shorter a degree of longitude is than at the equator.
  static func shrink(latitude: Double) -> Double { cos(latitude * Double.pi / 180) }

  /// - Parameter decimals: of the degrees that are kept.
  /// - Returns: nil for what is no place on Earth, which another program may have written.
  init?(_ location: Location, decimals: Int) {
    guard location.latitude.isFinite, location.longitude.isFinite,
      abs(location.latitude) <= 90, abs(location.longitude) <= 180
    else { return nil }
    let scale = pow(10, Double(decimals))
    latitude = (location.latitude * scale).rounded() / scale
    longitude = (location.longitude * scale).rounded() / scale
    let half = 0.5 / scale * Self.degreeMetres
    let shrink = Self.shrink(latitude: location.latitude)
    let moved = half * (1 + shrink * shrink).squareRoot()
    accuracy = location.accuracy.flatMap { $0.isFinite ? ($0 + moved).rounded(.up) : nil }
  }
}

/// The box around points (RFC 7946, section 5): west, south, east, north.
///
/// Of all boxes it is the narrowest, so one around Peru and Japan crosses the antimeridian, and its west
/// is then a greater number than its east (section 5.2).
struct BoundingBox: Hashable {
  let west, south, east, north: Double

  /// - Parameter points: in degrees, on Earth.
  init?(_ points: [(latitude: Double, longitude: Double)]) {
    guard let south = points.map(\.latitude).min(), let north = points.map(\.latitude).max() else {
      return nil
    }
    (self.south, self.north) = (south, north)
    let longitudes = points.map(\.longitude).sorted()
    var (west, east) = (longitudes[0], longitudes[longitudes.count - 1])
    var widest = west + 360 - east
    for (left, right) in zip(longitudes, longitudes.dropFirst()) where right - left > widest {
      (west, east, widest) = (right, left, right - left)
    }
    (self.west, self.east) = (west, east)
  }
}
