import CChild
import Glibc

/// Another program, run on one file from outside and not trusted with more: no shell, no terminal, an
/// environment of its own, its input the file and its output ours, and a bound on time, memory, what it
/// may write and what it may answer.
struct ChildProcess {
  struct Limits {
    /// Until it is killed.
    var seconds = 120
    /// Of memory that it writes to.
    var memoryBytes: UInt64 = 1 << 30
    /// Of what it answers: a text with a tag for each of its words.
    var outputBytes = 24 << 20
  }

  /// An absolute path.
  let program: String
  let arguments: [String]
  var limits = Limits()

  /// What the program answers when it is given a file on standard input.
  ///
  /// What it says on standard error is not kept: programs quote there what they could not read.
  ///
  /// - Throws: ``ConverterFault``
  func output(onInput input: Int32) throws(ConverterFault) -> [UInt8] {
    var pipes: [Int32] = [-1, -1]
    guard unsafe pipe(&pipes) == 0 else { throw .cannotRun(code: Int(errno)) }
    let (reading, writing) = (pipes[0], pipes[1])
    defer { close(reading) }
    _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
    _ = fcntl(writing, F_SETFD, FD_CLOEXEC)
    let child: pid_t
    do {
      child = try spawn(input: input, output: writing)
    } catch {
      close(writing)
      throw error
    }
    close(writing)
    bound(child)
    let read = read(reading)
    var status: Int32 = 0
    let isDone = (try? read.get()) != nil && ended(child, &status)
    // Whatever is left of it, with what it started itself.
    kill(-child, SIGKILL)
    if !isDone { while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {} }
    let bytes = try read.get()
    let signal = status & 0x7F
    guard signal == 0 else { throw .died(signal: Int(signal)) }
    let code = (status >> 8) & 0xFF
    guard code == 0 else { throw .failed(code: Int(code)) }
    return bytes
  }

  /// Whether a child that has answered ends by itself: it may close its output a little earlier.
  private func ended(_ child: pid_t, _ status: inout Int32) -> Bool {
    let deadline = Self.milliseconds() + 5_000
    while Self.milliseconds() < deadline {
      if unsafe waitpid(child, &status, WNOHANG) == child { return true }
      _ = poll(nil, 0, 2)
    }
    return false
  }

  // MARK: - Starting

  private func spawn(input: Int32, output: Int32) throws(ConverterFault) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    unsafe cuaderno_close_from(&actions, 3)
    unsafe cuaderno_change_folder(&actions, "/")
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    // No HOME: nobody's settings, filters or templates are read.
    let environment = ["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "HOME=/nonexistent"]
    var child: pid_t = 0
    let code = unsafe Self.withCStrings([program] + arguments) { arguments in
      unsafe Self.withCStrings(environment) { environment in
        unsafe posix_spawn(&child, program, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw .cannotRun(code: Int(code)) }
    return child
  }

  private static func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else {
        preconditionFailure("an array that ends with nil has a first element")
      }
      return unsafe body(base)
    }
  }

  /// Bounds the child, which has not got far yet. What it may take is memory that it writes to: Haskell's
  /// programs reserve a terabyte of addresses at the start and use little of it.
  private func bound(_ child: pid_t) {
    let bounds: [(__rlimit_resource, UInt)] = [
      (RLIMIT_DATA, UInt(limits.memoryBytes)), (RLIMIT_CPU, UInt(limits.seconds)),
      (RLIMIT_FSIZE, 1 << 20), (RLIMIT_CORE, 0), (RLIMIT_NOFILE, 64),
    ]
    for (resource, limit) in bounds {
      _ = cuaderno_bound(child, Int32(resource.rawValue), limit)
    }
  }

  // MARK: - Reading

  private func read(_ descriptor: Int32) -> Result<[UInt8], ConverterFault> {
    var output = [UInt8]()
    let deadline = Self.milliseconds() + limits.seconds * 1_000
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = deadline - Self.milliseconds()
      guard left > 0 else { return .failure(.tooSlow(seconds: limits.seconds)) }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, Int32(clamping: left))
      if ready <= 0 { continue }
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(.cannotRun(code: Int(errno)))
      }
      if count == 0 { return .success(output) }
      output += buffer[..<count]
      if output.count > limits.outputBytes {
        return .failure(.tooMuch(bytes: limits.outputBytes))
      }
    }
  }

  /// Of a clock that nobody sets.
  private static func milliseconds() -> Int {
    var time = timespec()
    unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }
}
