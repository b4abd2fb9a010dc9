import CChild
package import Foundation
import Synchronization

/// A program that a test starts.
///
/// Foundation's `Process` reads the names of this process's open files in pieces of 256 bytes where the system
/// gives shorter ones, and so beyond their end where more than a thousand are open
/// (swift-corelibs-foundation 5472, mended after 6.3.1): with as many as all suites together have at times,
/// one run of three died of it.
package final class ChildProgram: Sendable {
  package enum Stream: Sendable {
    case null
    /// This process's own.
    case inherited
    case handle(FileHandle)
  }

  package struct CannotStart: Error {
    package let code: Int32
  }

  package let processIdentifier: pid_t
  /// As `waitpid` has it; nil while nobody has waited for its end.
  private let ended = Mutex<Int32?>(nil)

  /// - Parameters:
  ///   - program: its path.
  ///   - environment: this process's when nil.
  ///   - folder: where it runs; here when nil.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil,
    in folder: String? = nil, input: Stream = .null, output: Stream = .null,
    errors: Stream = .null
  ) throws {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in [input, output, errors].enumerated() {
      switch stream {
      case .null:
        unsafe posix_spawn_file_actions_addopen(&actions, Int32(number), "/dev/null", O_RDWR, 0)
      case .inherited: break
      case .handle(let handle):
        unsafe posix_spawn_file_actions_adddup2(&actions, handle.fileDescriptor, Int32(number))
      }
    }
    unsafe cuaderno_close_from(&actions, 3)
    if let folder { unsafe _ = cuaderno_change_folder(&actions, folder) }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
    // The threads of a pool hold signals back, and what they start would too.
    var (none, usual) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe sigemptyset(&usual)
    unsafe sigaddset(&usual, SIGPIPE)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let values = (environment ?? ProcessInfo.processInfo.environment).map { "\($0)=\($1)" }
    var child: pid_t = 0
    let code = unsafe Self.withCStrings([program] + arguments) { arguments in
      unsafe Self.withCStrings(values) { values in
        unsafe posix_spawn(&child, program, &actions, &attributes, arguments, values)
      }
    }
    guard code == 0 else { throw CannotStart(code: code) }
    processIdentifier = child
  }

  private static func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe body(&pointers)
  }

  package var isRunning: Bool { status(WNOHANG) == nil }

  /// Waits for its end, and answers its exit status; -1 when a signal ended it.
  @discardableResult
  package func waitUntilExit() -> Int32 {
    guard let status = status(0) else { return -1 }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
  }

  package func send(_ signal: Int32) {
    ended.withLock { ended in
      // The number may be another's once somebody has waited.
      if ended == nil { _ = kill(processIdentifier, signal) }
    }
  }

  private func status(_ options: Int32) -> Int32? {
    ended.withLock { ended in
      if let ended { return ended }
      var status: Int32 = 0
      while true {
        let found = unsafe waitpid(processIdentifier, &status, options)
        if found == processIdentifier {
          ended = status
          return status
        }
        guard found < 0, errno == EINTR else { return nil }
      }
    }
  }
}
