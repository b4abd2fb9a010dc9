#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keys and certificates on the disk.
enum SmallFile {
  struct Failure: Error, Equatable {
    /// `errno` (POSIX).
    let code: Int32
  }

  /// A key or a chain has a few kB; whatever is longer is something else.
  private static let bytesMax = 1 << 20

  static func content(of path: String) -> Result<[UInt8], Failure> {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .failure(Failure(code: errno)) }
    defer { _ = close(file) }
    var bytes = [UInt8]()
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = unsafe read(file, &buffer, buffer.count)
      guard count >= 0 else { return .failure(Failure(code: errno)) }
      guard count > 0 else { return .success(bytes) }
      bytes += buffer.prefix(count)
      guard bytes.count <= bytesMax else { return .failure(Failure(code: EFBIG)) }
    }
  }

  /// Writes a file that has all of its content as soon as it has its name, and after a power cut.
  ///
  /// - Parameters:
  ///   - mode: who may read it, from its first byte on.
  ///   - replaces: whether it takes the place of what has the name; without that, whoever was first
  ///     wins, another process too.
  static func put(
    _ bytes: [UInt8], as path: String, mode: mode_t, replaces: Bool
  ) throws(Failure) {
    let draft = "\(path).\(getpid())"
    _ = unsafe unlink(draft)
    do throws(Failure) {
      try putDraft(bytes, as: draft, mode: mode)
      if replaces {
        guard unsafe rename(draft, path) == 0 else { throw Failure(code: errno) }
      } else {
        if unsafe link(draft, path) != 0, errno != EEXIST {
          // A disk that knows no second names.
          guard unsafe rename(draft, path) == 0 else { throw Failure(code: errno) }
        }
        _ = unsafe unlink(draft)
      }
      try flush(folder(of: path))
    } catch {
      _ = unsafe unlink(draft)
      throw error
    }
  }

  private static func putDraft(
    _ bytes: [UInt8], as path: String, mode: mode_t
  ) throws(Failure) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw Failure(code: errno) }
    defer { _ = close(file) }
    guard unsafe write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
      throw Failure(code: errno)
    }
  }

  private static func flush(_ folder: String) throws(Failure) {
    let file = unsafe open(folder, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(code: errno) }
    defer { _ = close(file) }
    guard fsync(file) == 0 else { throw Failure(code: errno) }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
