package import CuadernoNotebook

/// Takes in a code book, `.qdc`.
package enum QDACodebookImport {
  /// - Throws: ``ExchangeError`` with the line of what was refused.
  package static func read(
    _ bytes: [UInt8], into writer: inout Writer
  ) throws -> QDAImportReport {
    guard !bytes.isEmpty else { throw ExchangeError(.file, .bytes(.empty)) }
    var rest: [UInt8]? = bytes
    let root = try XMLReading.root {
      defer { rest = nil }
      return rest
    } in: {
      .line($0)
    }
    guard root.name == "codebook" else {
      throw ExchangeError(.line(root.line), .qda(.otherRoot(expected: "code book")))
    }
    var file = QDAFile(root, nil)
    var codes = CodeReading()
    try codes.read(root.child("codes"), &file, into: &writer)
    try SetReading.readCodeSets(root.child("sets"), codes.themes, &file, into: &writer)
    return file.report
  }
}
