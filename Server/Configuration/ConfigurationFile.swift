/// Settings in a file: lines of `name = value`, empty ones, and comments that begin with `#`.
///
/// No quotes, no sections, no escapes: whatever stands behind the first `=` is the value, without the
/// blanks around it.
enum ConfigurationFile {
  private static let bytesMax = 64 << 10

  static func read(_ path: String, into settings: inout Settings) throws(SettingFault) {
    switch SmallFile.content(of: path) {
    case .failure(let failure): throw .fileUnreadable(code: failure.code)
    case .success(let bytes):
      guard bytes.count <= bytesMax else { throw .fileTooLong(bytesMax: bytesMax) }
      try parse(String(decoding: bytes, as: UTF8.self), into: &settings)
    }
  }

  static func parse(_ text: String, into settings: inout Settings) throws(SettingFault) {
    var lines: [Setting: Int] = [:]
    // By scalars: "\r\n" is one character.
    for (index, line) in text.unicodeScalars.split(
      separator: "\n", omittingEmptySubsequences: false
    ).enumerated() {
      let number = index + 1
      let line = String(line).trimmed
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      guard let sign = line.firstIndex(of: "=") else { throw .badLine(number) }
      let name = String(line[..<sign]).trimmed
      guard let setting = Setting(rawValue: name) else {
        throw .unknownName(isName(name) ? name : nil, line: number)
      }
      if let first = lines[setting] { throw .repeated(setting, line: number, first: first) }
      lines[setting] = number
      settings.add(
        String(line[line.index(after: sign)...]).trimmed, to: setting, from: .line(number))
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
          || byte == UInt8(ascii: "_")
      }
  }
}

extension String {
  fileprivate var trimmed: String {
    func isBlank(_ character: Character) -> Bool { character.isWhitespace }
    guard let first = firstIndex(where: { !isBlank($0) }),
      let last = lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}
