import Glibc

/// A file without a name, for what is written before it is packed: it is gone when it is closed, also
/// when the process dies.
@safe final class SpoolFile {
  let file: UnsafeMutablePointer<FILE>
  /// Whether to close it here; libzip closes what it was given.
  var isOwned = true

  /// - Parameter path: of a file beside which there is room.
  init(beside path: String) throws {
    var template = Array("\(path).XXXXXX".utf8CString)
    let descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return Int32(-1) }
      let descriptor = unsafe mkstemp(base)
      if descriptor >= 0 { unsafe _ = unlink(base) }
      return descriptor
    }
    guard descriptor >= 0 else { throw QDAFault.cannotWrite }
    guard let file = unsafe fdopen(descriptor, "w+") else {
      _ = Glibc.close(descriptor)
      throw QDAFault.cannotWrite
    }
    unsafe self.file = file
  }

  deinit {
    if isOwned { unsafe _ = fclose(file) }
  }

  /// The file, to be read from its beginning.
  func rewound() throws -> UnsafeMutablePointer<FILE> {
    guard unsafe fflush(file) == 0, unsafe fseek(file, 0, SEEK_SET) == 0 else {
      throw QDAFault.cannotWrite
    }
    return unsafe file
  }
}
