import CuadernoNotebook
import CuadernoTestSupport
package import Foundation

/// The files of a folder as they were, to be put back into the same folder: a copied folder would be
/// another device.
package struct SavedFiles: Sendable {
  private let files: [String: Data]
  private let folder: URL

  package init(of folder: URL) throws {
    self.folder = folder
    var files = [String: Data]()
    for name in try Self.names(folder) {
      files[name] = try Data(contentsOf: folder.appendingPathComponent(name))
    }
    self.files = files
  }

  package func putBack() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
    }
    for (name, data) in files {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
  }

  private static func names(_ folder: URL) throws -> [String] {
    let all =
      FileManager.default.enumerator(atPath: folder.path)?
      .compactMap { $0 as? String } ?? []
    return all.filter { name in
      var isFolder: ObjCBool = false
      let path = folder.appendingPathComponent(name).path
      return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue && !name.hasSuffix("-shm")
    }
  }
}
