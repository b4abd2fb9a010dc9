import CuadernoSchema

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file by its descriptor, closed when nobody holds it any more.
///
/// Read at offsets and so usable from several tasks; errors are told by the system's number.
final class OpenFile: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    _ = close(descriptor)
  }

  static func reading(_ path: String) throws(BundleFault) -> OpenFile {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault(errno) }
    let file = OpenFile(descriptor)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw fault(errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .isFolder }
    // A pipe or a device has no length and no offsets.
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notABundle }
    return file
  }

  /// Makes a file for its owner alone, in place of one that an interrupted command left behind.
  static func making(_ path: String) throws(BundleFault) -> OpenFile {
    _ = unsafe unlink(path)
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw fault(errno) }
    return OpenFile(descriptor)
  }

  func length() throws(BundleFault) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw Self.fault(errno) }
    return Int(status.st_size)
  }

  /// Fewer bytes than asked for only at the end of the file.
  func read(_ count: Int, at offset: Int) throws(BundleFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let (start, limit) = (done, count - done)
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + start }, limit, offset + start)
      }
      if got == 0 { break }
      guard got > 0 || errno == EINTR else { throw Self.fault(errno) }
      done += max(got, 0)
    }
    bytes.removeLast(count - done)
    return bytes
  }

  func write(_ bytes: [UInt8], at offset: Int) throws(BundleFault) {
    var done = 0
    while done < bytes.count {
      let start = done
      let put = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(
          descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start,
          offset + start)
      }
      guard put > 0 || errno == EINTR else { throw Self.fault(errno) }
      done += max(put, 0)
    }
  }

  /// Waits until everything written is on the disk.
  func sync() throws(BundleFault) {
    guard fsync(descriptor) == 0 else { throw Self.fault(errno) }
  }

  /// Brings a new name to the disk. Some file systems of USB disks cannot, and need not.
  static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    _ = close(descriptor)
  }

  static func rename(_ path: String, to name: String) throws(BundleFault) {
    guard systemRename(path, name) == 0 else { throw fault(errno) }
  }

  static func fault(_ code: Int32) -> BundleFault {
    switch code {
    case ENOENT, ENOTDIR: .noFile
    case EISDIR: .isFolder
    case ENOSPC, EDQUOT: .diskFull
    case EROFS, EACCES, EPERM: .readOnly
    default: .inputOutput(code: code)
    }
  }
}

/// rename(2), under a name that the method of the same name does not hide.
private func systemRename(_ old: String, _ new: String) -> Int32 {
  unsafe rename(old, new)
}
