#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that are whole after a power cut: brought to the disk first and named after it.
package enum DurableFile {
  /// Waits until a file's content, or a folder's names, are on the disk.
  package static func sync(_ path: String) throws(StoreError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure() }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// Gives a file its name, in place of what had it: afterwards there is the old or the new.
  package static func put(_ file: String, inPlaceOf path: String) throws(StoreError) {
    try sync(file)
    guard unsafe rename(file, path) == 0 else { throw failure() }
    try sync(folder(of: path))
  }

  /// Makes a file that its owner alone can read. There must be none of that name.
  package static func makeEmpty(_ path: String) throws(StoreError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    _ = close(descriptor)
  }

  /// Gives a file a second name; the content is copied where the disk knows no second names.
  package static func keep(_ file: String, as path: String) throws(StoreError) {
    guard unsafe link(file, path) != 0 else { return }
    try copyAroundFaults(file, to: path)
    try sync(path)
  }

  /// Copies a file and goes on after what the disk cannot read, where zeros take its place.
  package static func copyAroundFaults(_ file: String, to path: String) throws(StoreError) {
    let source = unsafe open(file, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else { throw failure() }
    defer { _ = close(source) }
    let target = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw failure() }
    defer { _ = close(target) }
    let size = Int(lseek(source, 0, SEEK_END))
    var offset = 0
    while offset < size {
      // By pages, which is what a disk loses at a time.
      let wanted = min(4096, size - offset)
      var bytes = [UInt8](repeating: 0, count: wanted)
      let count = unsafe pread(source, &bytes, wanted, off_t(offset))
      // What could not be read stays zero.
      _ = count
      guard unsafe pwrite(target, bytes, wanted, off_t(offset)) == wanted else { throw failure() }
      offset += wanted
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func failure() -> StoreError {
    switch errno {
    case ENOSPC, EDQUOT: .diskFull
    case EROFS, EACCES, EPERM: .readOnly
    case ENOENT: .missing
    default: .inputOutput(code: errno)
    }
  }
}
