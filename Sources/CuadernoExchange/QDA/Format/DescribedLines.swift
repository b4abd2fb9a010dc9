/// What Cuaderno says in a description, where REFI-QDA has no place of its own for it: a heading,
/// lines of `key: value`, and below an empty line the text that a person wrote.
///
/// People read it in other programs, and an import here reads it back.
struct DescribedLines {
  enum Heading: String {
    case place = "Place in Cuaderno"
    case period = "Period in Cuaderno"
    case variable = "Variable in Cuaderno"
    /// A name that had to be changed, since other programs want each once.
    case renamed = "Named otherwise in Cuaderno"
  }

  let heading: Heading
  var lines: [(key: String, value: String)] = []
  var text = ""

  init(_ heading: Heading) {
    self.heading = heading
  }

  mutating func add(_ key: String, _ value: String?) {
    if let value { lines.append((key, value)) }
  }

  mutating func add(_ key: String, named name: String, _ value: String) {
    lines.append((key, Self.escaped(name, isName: true) + " = " + value))
  }

  var written: String {
    let head = [heading.rawValue] + lines.map { "\($0.key): \(Self.escaped($0.value))" }
    return (head + (text.isEmpty ? [] : ["", text])).joined(separator: "\n")
  }

  // MARK: - Reading

  /// Whether a text of somebody's begins as a description of ours does.
  static func begins(_ text: String?) -> Bool { DescribedLines(text, .renamed) != nil }

  init?(_ description: String?, _ heading: Heading) {
    guard let description else { return nil }
    var rest = description.unicodeScalars[...]
    func next() -> String? {
      guard !rest.isEmpty else { return nil }
      let end = rest.firstIndex(of: "\n") ?? rest.endIndex
      let line = String(rest[..<end])
      rest = end == rest.endIndex ? rest[end...] : rest[rest.index(after: end)...]
      return line
    }
    guard next() == heading.rawValue else { return nil }
    self.heading = heading
    while let line = next(), !line.isEmpty {
      guard let colon = line.unicodeScalars.firstIndex(of: ":") else { continue }
      let value = String(line.unicodeScalars[colon...].dropFirst())
      lines.append(
        (
          String(line.unicodeScalars[..<colon]),
          // The blank is a character of its own only where no mark follows it.
          Self.unescaped(
            value.unicodeScalars.first == " " ? String(value.unicodeScalars.dropFirst()) : value)
        ))
    }
    text = String(rest)
  }

  func value(_ key: String) -> String? { lines.first { $0.key == key }?.value }

  func values(_ key: String) -> [String] { lines.filter { $0.key == key }.map(\.value) }

  /// The lines of a key that hold a name and a value.
  func named(_ key: String) -> [(name: String, value: String)] {
    values(key).compactMap { line in
      guard let range = line.range(ofScalars: " = ") else { return nil }
      return (
        Self.unescaped(String(line.unicodeScalars[..<range.lowerBound])),
        String(line.unicodeScalars[range.upperBound...])
      )
    }
  }

  // MARK: - Escapes

  private static func escaped(_ text: String, isName: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: #"\\"#.unicodeScalars)
      case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
      case "=" where isName: result.append(contentsOf: #"\e"#.unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func unescaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isEscape = false
    for scalar in text.unicodeScalars {
      if isEscape {
        result.append(scalar == "n" ? "\n" : scalar == "e" ? "=" : scalar)
        isEscape = false
      } else if scalar == "\\" {
        isEscape = true
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}

extension String {
  /// Where a short text stands first, by scalars and not by canonical equivalence.
  fileprivate func range(ofScalars text: String) -> Range<String.Index>? {
    let wanted = Array(text.unicodeScalars)
    var index = unicodeScalars.startIndex
    while index < unicodeScalars.endIndex {
      if unicodeScalars[index...].starts(with: wanted) {
        return index..<unicodeScalars.index(index, offsetBy: wanted.count)
      }
      index = unicodeScalars.index(after: index)
    }
    return nil
  }
}
