import CuadernoTestSupport
import Foundation
import Synchronization
import Testing

/// A disk of a test's own, which can fill up, become read-only, and lose its power.
///
/// Needs root: without it the tests that use one say that they were left out.
final class SmallDisk: Sendable {
  private let image: String?
  let path: String
  private let isMounted = Mutex(false)

  /// A disk in memory, which fills up at its size.
  init(megabytes: Int, in scratch: ScratchFolder) throws {
    image = nil
    path = scratch.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try run("/bin/mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path)
    isMounted.withLock { $0 = true }
  }

  /// A disk with an ext4 file system on it, which can lose its power.
  init(ext4Megabytes megabytes: Int, in scratch: ScratchFolder) throws {
    let image = scratch.file("image")
    self.image = image
    path = scratch.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: image, contents: nil)
    try FileHandle(forWritingTo: URL(fileURLWithPath: image))
      .truncate(atOffset: UInt64(megabytes) << 20)
    try run("/sbin/mkfs.ext4", "-q", "-F", image)
    try mount()
  }

  deinit {
    if isMounted.withLock({ $0 }) { try? unmount() }
  }

  func mount() throws {
    try run("/bin/mount", "-o", "loop", image ?? "", path)
    isMounted.withLock { $0 = true }
  }

  func unmount() throws {
    try run("/bin/umount", path)
    isMounted.withLock { $0 = false }
  }

  func makeReadOnly() throws {
    try run("/bin/mount", "-o", "remount,ro", path)
  }

  func makeWritable() throws {
    try run("/bin/mount", "-o", "remount,rw", path)
  }

  /// Drops everything that was not brought to the disk, as a power cut does: EXT4_IOC_SHUTDOWN with
  /// EXT4_GOING_FLAGS_NOLOGFLUSH (fs/ext4/ext4.h).
  func cutPower() throws {
    let folder = unsafe open(path, O_RDONLY)
    defer { close(folder) }
    var flag: UInt32 = 2
    let code = unsafe ioctl(folder, UInt(0x8004_587D), &flag)
    try #require(code == 0, "the file system cannot be shut down (error \(errno))")
  }

  /// Writes a file until nothing more fits.
  func fill() throws {
    let file = unsafe open(path + "/filler", O_WRONLY | O_CREAT, 0o600)
    defer { close(file) }
    for size in [1 << 16, 512, 1] {
      let bytes = [UInt8](repeating: 1, count: size)
      while unsafe write(file, bytes, size) > 0 {}
    }
  }

  func makeRoom() throws {
    try FileManager.default.removeItem(atPath: path + "/filler")
  }

  private func run(_ program: String, _ arguments: String...) throws {
    guard try ChildProgram(program, arguments).waitUntilExit() == 0 else {
      throw Failed(program: program)
    }
  }

  struct Failed: Error {
    let program: String
  }

  /// Whether this machine lets a test mount a disk.
  static let isPossible: Bool = {
    guard geteuid() == 0, let scratch = try? ScratchFolder(),
      let disk = try? SmallDisk(megabytes: 1, in: scratch)
    else { return false }
    return (try? disk.unmount()) != nil
  }()

  /// Whether it may have a file system in a file.
  static let isLoopPossible: Bool = {
    guard isPossible, let scratch = try? ScratchFolder(),
      let disk = try? SmallDisk(ext4Megabytes: 8, in: scratch)
    else { return false }
    return (try? disk.unmount()) != nil
  }()
}

/// A number that the environment may set, for the long forms.
func rounds(_ name: String, else count: Int) -> Int {
  ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? count
}
