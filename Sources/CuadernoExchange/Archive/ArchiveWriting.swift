import CZip
import CuadernoSync

/// Writes a zip archive with libzip, entry by entry, so that its size does not count in memory.
///
/// The same entries and the same time make the same bytes, in every time zone.
@safe final class ArchiveWriting {
  /// zlib's own default; the higher levels take twice the time for a hundredth of the bytes.
  static let level: UInt32 = 6

  private let path: String
  private let archive: OpaquePointer
  private let time: DOSTime
  private var isOpen = true
  private(set) var names: [String] = []
  /// What kept an entry from being read, which libzip only knows as a number.
  private let failure = ArchiveFailure()

  /// - Parameter path: a file that is there, and whose permissions the archive gets.
  init(_ path: String, milliseconds: Int64) throws {
    self.path = path
    time = DOSTime(milliseconds: milliseconds)
    guard let archive = unsafe zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, nil) else {
      throw QDAFault.cannotWrite
    }
    unsafe self.archive = archive
  }

  deinit {
    if isOpen { unsafe zip_discard(archive) }
  }

  /// Adds an entry whose bytes are asked for when it is written, and let go after.
  func add(_ name: String, _ bytes: @escaping () throws -> [UInt8]) throws {
    try add(name, ArchiveEntrySource(.unread(bytes), failure))
  }

  /// Adds an entry that was packed before: its bytes go into the archive as they are.
  func add(_ name: String, _ packed: PackedBytes) throws {
    try add(name, ArchiveEntrySource(.packed(packed), failure), isPacked: packed.isPacked)
  }

  private func add(_ name: String, _ entry: ArchiveEntrySource, isPacked: Bool = true) throws {
    let pointer = unsafe Unmanaged.passRetained(entry).toOpaque()
    guard let source = unsafe zip_source_function(archive, ArchiveEntrySource.callback, pointer)
    else {
      unsafe Unmanaged<ArchiveEntrySource>.fromOpaque(pointer).release()
      throw QDAFault.cannotWrite
    }
    unsafe try add(name, source, isPacked: isPacked)
  }

  /// Adds what a spool holds, which must live until the archive is closed.
  func add(_ name: String, _ spool: SpoolFile) throws {
    guard let source = unsafe zip_source_filep(archive, try spool.rewound(), 0, -1) else {
      throw QDAFault.cannotWrite
    }
    spool.isOwned = false
    unsafe try add(name, source)
  }

  private func add(_ name: String, _ source: OpaquePointer, isPacked: Bool = true) throws {
    let index = unsafe zip_file_add(archive, name, source, UInt32(ZIP_FL_ENC_UTF_8))
    guard index >= 0 else {
      unsafe zip_source_free(source)
      throw QDAFault.cannotWrite
    }
    let place = UInt64(index)
    guard
      unsafe zip_set_file_compression(
        archive, place, isPacked ? ZIP_CM_DEFLATE : ZIP_CM_STORE, Self.level) == 0,
      unsafe zip_file_set_dostime(archive, place, time.time, time.date, 0) == 0
    else { throw QDAFault.cannotWrite }
    names.append(name)
  }

  /// Writes the archive, and looks whether all is in it.
  func close() throws {
    isOpen = false
    guard unsafe zip_close(archive) == 0 else {
      unsafe zip_discard(archive)
      throw failure.error ?? QDAFault.cannotWrite
    }
    if try check().contains(where: \.isRepetitive) {
      try storeRepetitions()
      _ = try check()
    }
  }

  private func check() throws -> [ArchiveReading.Entry] {
    let entries = try ArchiveReading(path, isOurs: true).entries
    guard entries.map(\.name) == names else { throw QDAFault.missingFile }
    return entries
  }

  /// A text of one letter packs a thousand times smaller, and every careful reader would refuse it as
  /// a bomb, ours too; such a text is stored as it is.
  private func storeRepetitions() throws {
    guard let archive = unsafe zip_open(path, 0, nil) else { throw QDAFault.cannotWrite }
    for index in names.indices {
      var status = unsafe zip_stat_t()
      unsafe zip_stat_init(&status)
      guard unsafe zip_stat_index(archive, UInt64(index), 0, &status) == 0,
        unsafe status.size > status.comp_size * UInt64(ArchiveLimits.ratio)
      else { continue }
      unsafe _ = zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0)
    }
    guard unsafe zip_close(archive) == 0 else {
      unsafe zip_discard(archive)
      throw QDAFault.cannotWrite
    }
  }
}

/// The first error of an entry.
private final class ArchiveFailure {
  var error: (any Error)?
}

/// The bytes of an entry as libzip asks for them (zip_source_function(3)).
private final class ArchiveEntrySource {
  enum Content {
    case unread(() throws -> [UInt8])
    case packed(PackedBytes)
  }

  private let content: Content
  private let failure: ArchiveFailure
  private var bytes: [UInt8]?
  /// Of the entry, once it was read: libzip asks for it once more when the bytes are let go.
  private var size: Int?
  private var offset = 0

  init(_ content: Content, _ failure: ArchiveFailure) {
    self.content = content
    self.failure = failure
  }

  static let callback: zip_source_callback = { context, data, length, command in
    guard let context = unsafe context else { return -1 }
    let reference = unsafe Unmanaged<ArchiveEntrySource>.fromOpaque(context)
    if command == ZIP_SOURCE_FREE {
      unsafe reference.release()
      return 0
    }
    return unsafe reference.takeUnretainedValue().answer(command, data, Int(length))
  }

  private func answer(
    _ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ length: Int
  ) -> Int64 {
    switch command {
    case ZIP_SOURCE_OPEN:
      offset = 0
      return load() ? 0 : -1
    case ZIP_SOURCE_READ:
      return unsafe copy(to: data, length)
    case ZIP_SOURCE_CLOSE:
      bytes = nil
      return 0
    case ZIP_SOURCE_STAT:
      guard size != nil || load(), let size, let data = unsafe data else { return -1 }
      let status = unsafe data.assumingMemoryBound(to: zip_stat_t.self)
      unsafe zip_stat_init(status)
      unsafe status.pointee.valid = UInt64(ZIP_STAT_SIZE)
      unsafe status.pointee.size = UInt64(size)
      // libzip packs what does not say that it is packed in the way that is asked for.
      if case .packed(let packed) = content, packed.isPacked {
        unsafe status.pointee.valid |= UInt64(
          ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_CRC)
        unsafe status.pointee.comp_size = UInt64(packed.bytes.count)
        unsafe status.pointee.comp_method = UInt16(ZIP_CM_DEFLATE)
        unsafe status.pointee.crc = packed.checksum
      }
      return unsafe Int64(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR:
      guard let data = unsafe data else { return -1 }
      let codes = unsafe data.assumingMemoryBound(to: Int32.self)
      unsafe codes[0] = ZIP_ER_READ
      unsafe codes[1] = 0
      return Int64(2 * MemoryLayout<Int32>.size)
    case ZIP_SOURCE_SUPPORTS:
      return [
        ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
        ZIP_SOURCE_FREE,
      ].reduce(0) { $0 | 1 << Int64($1.rawValue) }
    default:
      return -1
    }
  }

  private func load() -> Bool {
    if bytes != nil { return true }
    do {
      switch content {
      case .unread(let read):
        let read = try read()
        (bytes, size) = (read, read.count)
      case .packed(let packed): (bytes, size) = (packed.bytes, packed.size)
      }
      return true
    } catch {
      failure.error = failure.error ?? error
      return false
    }
  }

  private func copy(to data: UnsafeMutableRawPointer?, _ length: Int) -> Int64 {
    guard let bytes, let data = unsafe data else { return -1 }
    let count = min(length, bytes.count - offset)
    if count > 0 {
      unsafe bytes.withUnsafeBytes { source in
        guard let base = source.baseAddress else { return }
        unsafe data.copyMemory(from: base + offset, byteCount: count)
      }
      offset += count
    }
    return Int64(count)
  }
}
