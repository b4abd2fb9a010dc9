#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Drawings in SVG, each made whole of the numbers that it is given: no script, no font, no network.
enum Figures {
  /// Themes on a circle, and a line between two that lie on the same passages, as thick as that is often.
  static func coOccurrence(_ pairs: [StudyReport.Pair]) -> HTMLText {
    var names = [String]()
    for pair in pairs {
      for name in [pair.first, pair.second] where !names.contains(name) { names.append(name) }
    }
    let (width, height, radius) = (960.0, 560.0, 230.0)
    let positions = names.indices.map { index -> (x: Double, y: Double) in
      let angle = 2 * Double.pi * Double(index) / Double(max(1, names.count)) - Double.pi / 2
      return (width / 2 + radius * cos(angle), height / 2 + radius * sin(angle))
    }
    let most = Double(pairs.map(\.count).max() ?? 1)
    let lines = pairs.compactMap { pair -> HTMLText? in
      guard let first = names.firstIndex(of: pair.first),
        let second = names.firstIndex(of: pair.second)
      else { return nil }
      let (from, to) = (positions[first], positions[second])
      let thickness = 1 + 7 * Double(pair.count) / most
      return """
        <line x1="\(from.x)" y1="\(from.y)" x2="\(to.x)" y2="\(to.y)" stroke-width="\(thickness)">\
        <title>\(pair.first) – \(pair.second): \(pair.count)</title></line>
        """
    }
    let nodes = zip(names, positions).map { name, position -> HTMLText in
      let isRight = position.x >= width / 2
      let x = position.x + (isRight ? 9 : -9)
      let anchor: HTMLText = isRight ? "start" : "end"
      return """
        <circle cx="\(position.x)" cy="\(position.y)" r="5" fill="#b8574a"/>\
        <text x="\(x)" y="\(position.y + 4)" text-anchor="\(anchor)">\(shortened(name))\
        <title>\(name)</title></text>
        """
    }
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img" class="graph">\
      <g stroke="#4a86b8" stroke-opacity="0.55">\(lines)</g>\(nodes)</svg>

      """
  }

  /// One bar a year, also for years in which nothing was.
  static func timeline(_ years: [StudyReport.Year], _ words: ReportWords) -> HTMLText {
    guard let first = years.map(\.year).min(), let last = years.map(\.year).max() else { return "" }
    let byYear = Dictionary(years.map { ($0.year, $0) }, uniquingKeysWith: { left, _ in left })
    // A study of two centuries has bars of decades rather than thousands of bars.
    let step = max(1, (last - first) / 60 + 1)
    let bins = stride(from: first, through: last, by: step).map { start in
      (start: start, years: (start..<start + step).compactMap { byYear[$0] })
    }
    let most = max(1, bins.map { $0.years.reduce(0) { $0 + $1.codings } }.max() ?? 1)
    let (width, height) = (720.0, 170.0)
    let slot = width / Double(bins.count)
    let labelEvery = max(1, bins.count / 12)
    let bars = bins.enumerated().map { index, bin -> HTMLText in
      let codings = bin.years.reduce(0) { $0 + $1.codings }
      let texts = bin.years.reduce(0) { $0 + $1.texts }
      let tall = 130 * Double(codings) / Double(most)
      let x = Double(index) * slot
      let label: HTMLText =
        index % labelEvery == 0
        ? "<text x=\"\(x + slot / 2)\" y=\"160\" text-anchor=\"middle\">\(bin.start)</text>" : ""
      return """
        <rect x="\(x + slot * 0.1)" y="\(140 - tall)" width="\(slot * 0.8)" height="\(tall)" fill="#4a86b8">\
        <title>\(bin.start): \(codings) \(words.codings), \(texts) \(words.texts)</title></rect>\(label)
        """
    }
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img" class="bars">\(bars)</svg>

      """
  }

  /// Places where they lie to each other, on an equirectangular projection that is true in their middle,
  /// with circles by the number of codings.
  static func map(_ places: [StudyReport.Place], _ words: ReportWords) -> HTMLText {
    guard let south = places.map(\.latitude).min(), let north = places.map(\.latitude).max(),
      let west = places.map(\.longitude).min(), let east = places.map(\.longitude).max()
    else { return "" }
    let shrink = max(0.05, cos((south + north) / 2 * Double.pi / 180))
    let (wide, tall) = (max(0.01, (east - west) * shrink), max(0.01, north - south))
    let scale = min(560 / wide, 480 / tall)
    let (width, height) = (wide * scale + 160, tall * scale + 60)
    let most = Double(max(1, places.map(\.codings).max() ?? 1))
    let dots = places.sorted { ($0.codings, $1.name) > ($1.codings, $0.name) }.map {
      place -> HTMLText in
      let x = (place.longitude - west) * shrink * scale + 40
      let y = (north - place.latitude) * scale + 30
      let radius = 3 + 15 * (Double(place.codings) / most).squareRoot()
      return """
        <circle cx="\(x)" cy="\(y)" r="\(radius)" fill="#b8574a" fill-opacity="0.75"><title>\(place.name): \(place.codings) \
        \(words.codings)</title></circle>\
        <text x="\(x + radius + 3)" y="\(y + 4)">\(shortened(place.name))</text>
        """
    }
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img" class="map">\(dots)</svg>

      """
  }

  private static func shortened(_ name: String) -> String {
    name.count > 34 ? name.prefix(33) + "…" : name
  }
}
