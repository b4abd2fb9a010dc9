/// Makes names unique, since other programs drop or refuse what has the name of another. Case does not
/// count: to some of them it is no difference.
struct UniqueNames {
  private var used: Set<String> = []
  /// The next number to be tried: names are never given back, so all before it are used.
  private var numbers: [String: Int] = [:]

  /// The name itself while it is free; then with the qualifier in brackets; then with a number.
  mutating func name(_ wanted: String, _ qualifier: String? = nil) -> String {
    if take(wanted) { return wanted }
    var base = wanted
    if let qualifier, !qualifier.isEmpty {
      base = "\(wanted) (\(qualifier))"
      if take(base) { return base }
    }
    let key = Self.lowercased(base)
    var number = numbers[key] ?? 2
    while !take("\(base) (\(number))") { number += 1 }
    numbers[key] = number + 1
    return "\(base) (\(number))"
  }

  private mutating func take(_ name: String) -> Bool {
    used.insert(Self.lowercased(name)).inserted
  }

  /// Most names are labels of ASCII, of which each byte is a letter of its own.
  private static func lowercased(_ name: String) -> String {
    guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return name.lowercased() }
    return String(
      decoding: name.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
  }
}
