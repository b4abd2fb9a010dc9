import CZip
import Foundation

/// A copy of an archive from outside in which some entries are others.
enum ArchiveCopy {
  /// - Parameter entries: the bytes of each entry that is another, by its number in the archive.
  /// - Returns: the copy, open to be read; it has no name any more, and is gone when it is closed. Nil
  ///   when it cannot be made.
  static func open(_ path: String, replacing entries: [Int: [UInt8]]) -> Int32? {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("cuaderno-\(UUID().uuidString)")
    let copy = folder.appendingPathComponent("copy.zip").path
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
      defer { try? FileManager.default.removeItem(at: folder) }
      // Read through a link, if it is one.
      let source = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
      try FileManager.default.copyItem(atPath: source, toPath: copy)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
      guard replace(entries, in: copy) else { return nil }
      let file = unsafe Glibc.open(copy, O_RDONLY | O_CLOEXEC)
      return file >= 0 ? file : nil
    } catch {
      return nil
    }
  }

  private static func replace(_ entries: [Int: [UInt8]], in path: String) -> Bool {
    guard let archive = unsafe zip_open(path, 0, nil) else { return false }
    for (index, bytes) in entries {
      // libzip frees the copy that it is given, which is read when the archive is closed.
      guard let buffer = unsafe malloc(max(bytes.count, 1)) else {
        unsafe zip_discard(archive)
        return false
      }
      unsafe bytes.withUnsafeBytes { source in
        guard let base = source.baseAddress else { return }
        unsafe _ = memcpy(buffer, base, source.count)
      }
      guard let source = unsafe zip_source_buffer(archive, buffer, UInt64(bytes.count), 1) else {
        unsafe free(buffer)
        unsafe zip_discard(archive)
        return false
      }
      guard unsafe zip_file_replace(archive, UInt64(index), source, 0) == 0 else {
        unsafe zip_source_free(source)
        unsafe zip_discard(archive)
        return false
      }
    }
    guard unsafe zip_close(archive) == 0 else {
      unsafe zip_discard(archive)
      return false
    }
    return true
  }
}
