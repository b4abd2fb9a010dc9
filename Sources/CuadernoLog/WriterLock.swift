#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lets one process at a time write to a store and checkpoint its files.
///
/// SQLite's own locks would do for writing, but up to 3.51.3 it has a rare fault when two processes
/// write and checkpoint a WAL at once (sqlite.org/wal.html, "The WAL-Reset Bug"). flock(2) is given
/// back by the kernel when a process dies, so a killed command leaves no lock behind.
package struct WriterLock: Sendable {
  private let path: String

  package init(path: String) {
    self.path = path
  }

  /// How long to wait for another command; importing a large study takes seconds.
  package static let patienceMilliseconds = 20_000

  /// Runs a body that can wait for another time; not at all while another process holds the lock.
  package func holdIfFree(_ body: () throws -> Void) throws {
    do {
      try hold(patienceMilliseconds: 0, body)
    } catch StoreError.busy {
      return
    }
  }

  /// - Throws: ``StoreError/busy`` when another process holds the lock too long.
  package func hold<Result>(_ body: () throws -> Result) throws -> Result {
    try hold(patienceMilliseconds: Self.patienceMilliseconds, body)
  }

  private func hold<Result>(
    patienceMilliseconds: Int, _ body: () throws -> Result
  ) throws -> Result {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw errno == EROFS || errno == EACCES ? StoreError.readOnly : StoreError.cannotOpen
    }
    defer { close(descriptor) }
    var waited = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, waited < patienceMilliseconds else {
        throw StoreError.busy
      }
      usleep(10_000)
      waited += 10
    }
    return try body()
  }
}
