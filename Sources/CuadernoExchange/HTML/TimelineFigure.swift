extension Figures {
  /// One bar a year, also for years in which nothing was, with its number above it.
  static func timeline(_ years: [StudyReport.Year], _ words: ReportWords) -> HTMLText {
    guard let first = years.map(\.year).min(), let last = years.map(\.year).max() else { return "" }
    let byYear = Dictionary(years.map { ($0.year, $0) }, uniquingKeysWith: { left, _ in left })
    // A study of two centuries has bars of several years rather than thousands of bars.
    let step = max(1, (last - first) / 60 + 1)
    let bins = stride(from: first, through: last, by: step).map { start in
      (start: start, years: (start..<start + step).compactMap { byYear[$0] })
    }
    let most = max(1, bins.map { $0.years.reduce(0) { $0 + $1.codings } }.max() ?? 1)
    let (width, height, base) = (720.0, 190.0, 160.0)
    let slot = min(60, width / Double(bins.count))
    let labelEvery = max(1, bins.count / 12)
    let bars = bins.enumerated().map { index, bin -> HTMLText in
      let codings = bin.years.reduce(0) { $0 + $1.codings }
      let texts = bin.years.reduce(0) { $0 + $1.texts }
      let tall = 130 * Double(codings) / Double(most)
      let x = Double(index) * slot
      let middle = x + slot / 2
      let end: HTMLText = step > 1 ? "–\(bin.start + step - 1)" : ""
      let label: HTMLText =
        index % labelEvery == 0
        ? "<text x=\"\(middle)\" y=\"\(base + 18)\" text-anchor=\"middle\">\(bin.start)</text>" : ""
      // Where bars are thin the numbers would run into each other.
      let number: HTMLText =
        codings > 0 && slot >= 18
        ? "<text x=\"\(middle)\" y=\"\(base - tall - 4)\" text-anchor=\"middle\">\(codings)</text>"
        : ""
      return """
        <rect x="\(x + slot * 0.1)" y="\(base - tall)" width="\(slot * 0.8)" height="\(tall)" fill="#4a86b8">\
        <title>\(bin.start)\(end): \(codings) \(words.codings), \(texts) \(words.texts)</title></rect>\
        \(number)\(label)
        """
    }
    return """
      <svg viewBox="0 0 \(width) \(height)" role="img" aria-label="\(words.overTime)" class="bars">\
      <line x1="0" y1="\(base)" x2="\(slot * Double(bins.count))" y2="\(base)" stroke="#888"/>\(bars)</svg>

      """
  }
}
