package import CuadernoNotebook
import Glibc

/// Writes the code book alone as `.qdc`.
package enum QDACodebookExport {
  /// - Parameter path: a file that is there; what it holds is replaced.
  /// - Returns: how many themes were written.
  package static func write(_ reader: Reader, to path: String) throws -> QDAExportReport {
    let codes = try CodeTree(reader)
    guard !codes.roots.isEmpty else { throw QDAFault.noThemes }
    guard let file = unsafe fopen(path, "w") else { throw QDAFault.cannotWrite }
    defer { unsafe _ = fclose(file) }
    let writer = unsafe try QDAWriter(
      file, root: .codeBookFile, namespace: QDANamespace.codebook)
    try writer.attribute(.origin, QDANamespace.origin)
    try codes.write(to: writer)
    try writer.finish()
    guard unsafe fflush(file) == 0, unsafe ferror(file) == 0 else { throw QDAFault.cannotWrite }
    var report = QDAExportReport()
    report.count(.themes, codes.ids.count)
    report.count(.mergedThemes, codes.merged.count)
    report.count(.renamed, codes.renamed)
    return report
  }
}

enum QDANamespace {
  static let project = "urn:QDA-XML:project:1.0"
  static let codebook = "urn:QDA-XML:codebook:1.0"
  /// Always written: one importer fails without it.
  static let origin = "Cuaderno"
  /// The same, of a project whose positions count units of UTF-16: an import here need not guess.
  static let originUTF16 = "Cuaderno (UTF-16)"
}
