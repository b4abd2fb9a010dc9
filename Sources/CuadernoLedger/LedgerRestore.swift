import CuadernoLog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What came of putting a backup back.
package struct RestoredLedger: Sendable {
  package let check: LedgerCheck
  /// Where the ledger lies that was there before; nil when there was none.
  package let replacedPath: String?
}

extension Ledger {
  /// Puts a backup into a data folder, for a server that does not run.
  ///
  /// The copy is made in the folder, checked as `check` does, and brought to the disk before it takes the
  /// ledger's name. A ledger that is there is not touched before that, and then kept under another name.
  ///
  /// - Parameters:
  ///   - replaces: whether a ledger that is there gives way.
  ///   - name: tells what is put aside and the copy apart from earlier ones.
  /// - Throws: ``LedgerError``, and nothing was changed.
  package static func restore(
    _ backup: String, to folder: String, replaces: Bool, name: String
  ) throws -> RestoredLedger {
    try makeFolder(folder)
    let target = folder + "/ledger.sqlite"
    try checkRestorable(backup, to: target, replaces: replaces)
    let copy = target + ".partial-" + name
    do {
      try copyFile(backup, to: copy)
      // Reading a copy that was in use makes files beside it, with nothing in them.
      defer { for suffix in ["-wal", "-shm"] { _ = unsafe unlink(copy + suffix) } }
      let check = try LedgerFile.check(at: copy)
      guard check.areStudiesSound else { throw LedgerError.backupDamaged }
      let aside = folder + "/ledger-replaced-\(name).sqlite"
      let wasThere = try WriterLock(path: folder + "/ledger.lock").hold {
        // Once more: whoever opens a ledger holds the lock meanwhile.
        try checkRestorable(backup, to: target, replaces: replaces)
        return try put(copy, inPlaceOf: target, keeping: aside)
      }
      return RestoredLedger(check: check, replacedPath: wasThere ? aside : nil)
    } catch {
      _ = unsafe unlink(copy)
      throw error
    }
  }

  private static func checkRestorable(
    _ backup: String, to target: String, replaces: Bool
  ) throws(LedgerError) {
    // A file copied beside its WAL lacks what is in that.
    var beside = stat()
    if unsafe stat(backup + "-wal", &beside) == 0, beside.st_size > 0 {
      throw .notABackup
    }
    guard unsafe access(target, F_OK) == 0 else { return }
    guard !isSameFile(backup, target) else { throw .backupOntoLedger }
    guard replaces else { throw .ledgerExists }
    guard !isInUse(target) else { throw .ledgerInUse }
  }
}

/// Whether another process has the database open: each holds a lock on one of the bytes that SQLite sets
/// apart for it (sqlite.org/lockingv3.html), also when the file is damaged.
private func isInUse(_ path: String) -> Bool {
  let file = unsafe open(path, O_RDWR | O_CLOEXEC)
  guard file >= 0 else { return false }
  defer { _ = close(file) }
  var lock = flock()
  lock.l_type = Int16(F_WRLCK)
  lock.l_whence = Int16(SEEK_SET)
  lock.l_start = 0x4000_0000
  lock.l_len = 512
  return unsafe fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
}

/// - Returns: whether there was one.
private func put(
  _ copy: String, inPlaceOf target: String, keeping aside: String
) throws(LedgerError) -> Bool {
  let wasThere = unsafe access(target, F_OK) == 0
  if wasThere {
    // A second name first, so that at no moment there is no ledger, in the place of which a server
    // would begin an empty one.
    guard unsafe link(target, aside) == 0 else { throw .restoreImpossible(code: errno) }
  }
  // The WAL belongs to the old one; beside the new one it would be read as its own.
  _ = unsafe rename(target + "-wal", aside + "-wal")
  _ = unsafe unlink(target + "-shm")
  guard unsafe rename(copy, target) == 0 else { throw .restoreImpossible(code: errno) }
  try sync(String(target.dropLast("ledger.sqlite".count)))
  return wasThere
}

/// For its owner alone from its first byte on, and on the disk.
private func copyFile(_ source: String, to target: String) throws(LedgerError) {
  let from = unsafe open(source, O_RDONLY | O_CLOEXEC)
  guard from >= 0 else { throw .backupUnreadable(code: errno) }
  defer { _ = close(from) }
  let to = unsafe open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard to >= 0 else { throw .restoreImpossible(code: errno) }
  defer { _ = close(to) }
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = unsafe read(from, &buffer, buffer.count)
    guard count >= 0 else { throw .backupUnreadable(code: errno) }
    guard count > 0 else { break }
    var rest = buffer[..<count]
    while !rest.isEmpty {
      let part = Array(rest)
      let written = unsafe write(to, part, part.count)
      guard written > 0 else { throw .restoreImpossible(code: errno) }
      rest = rest.dropFirst(written)
    }
  }
  guard fsync(to) == 0 else { throw .restoreImpossible(code: errno) }
}

private func sync(_ folder: String) throws(LedgerError) {
  let file = unsafe open(folder, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw .restoreImpossible(code: errno) }
  defer { _ = close(file) }
  guard fsync(file) == 0 else { throw .restoreImpossible(code: errno) }
}
