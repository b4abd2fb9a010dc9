import CuadernoLog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Ledger {
  /// Copies the ledger as it is at one moment, while the server goes on writing.
  ///
  /// The copy is made beside its target, checked as `check` does, brought to the disk and only then
  /// put in the place of what was there: a torn or damaged copy never replaces a good one.
  ///
  /// - Returns: what the check found: what the backup holds.
  package func backup(to path: String) async throws -> LedgerCheck {
    if let file = database as? LedgerFile, isSameFile(path, file.path) {
      throw LedgerError.backupOntoLedger
    }
    let copy = path + ".partial-" + hexadecimalSuffix()
    try makeEmptyFile(copy)
    do {
      try await database.copy(to: copy)
      let check = try LedgerFile.check(at: copy)
      // An audit log that somebody altered stays altered, and is no reason to have no backup.
      guard check.areStudiesSound else { throw LedgerError.backupNotSound }
      try put(copy, inPlaceOf: path)
      return check
    } catch {
      _ = unsafe unlink(copy)
      throw error
    }
  }

  private func hexadecimalSuffix() -> String {
    randomBytes(4).reduce("") { $0 + String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
  }
}

func isSameFile(_ left: String, _ right: String) -> Bool {
  var (one, other) = (stat(), stat())
  guard unsafe stat(left, &one) == 0, unsafe stat(right, &other) == 0 else { return false }
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino
}

/// For its owner alone from its first byte on.
private func makeEmptyFile(_ path: String) throws(LedgerError) {
  let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw .backupTargetUnusable(code: errno) }
  _ = close(file)
}

/// A rename is atomic, but it and the content are on the disk only after both were synced.
private func put(_ copy: String, inPlaceOf path: String) throws(LedgerError) {
  try sync(copy)
  guard unsafe rename(copy, path) == 0 else { throw .backupTargetUnusable(code: errno) }
  try sync(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
}

private func sync(_ path: String) throws(LedgerError) {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw .backupTargetUnusable(code: errno) }
  defer { _ = close(file) }
  guard fsync(file) == 0 else { throw .backupTargetUnusable(code: errno) }
}
