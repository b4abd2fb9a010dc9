import CZip

/// A zip archive from outside, looked over as a whole before anything in it is read. Nothing is ever
/// unpacked to a file.
///
/// - SeeAlso: libzip's zip_open(3) and zip_stat_index(3).
@safe final class ArchiveReading {
  struct Entry {
    let index: Int
    /// With slashes, whatever the program that wrote it put between folders.
    let name: String
    /// As the archive says, which may be wrong.
    let bytes: Int
    /// Whether it says that it packs so well that a careful reader takes it for a bomb.
    var isRepetitive = false
  }

  private let archive: OpaquePointer
  let entries: [Entry]
  private let byName: [String: Int]
  private let byFoldedName: [String: Int]

  /// - Parameter isOurs: it was written here a moment ago, and may be as large and as repetitive as it is.
  /// - Throws: ``ExchangeError`` with the entry of what was refused.
  init(_ path: String, isOurs: Bool = false) throws {
    guard let archive = unsafe zip_open(path, ZIP_RDONLY, nil) else {
      throw ExchangeError(.file, .archive(.notAnArchive))
    }
    do {
      entries = unsafe try Self.entries(archive, isOurs: isOurs)
    } catch {
      unsafe zip_discard(archive)
      throw error
    }
    unsafe self.archive = archive
    byName = Dictionary(
      entries.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
    byFoldedName = Dictionary(
      entries.map { ($0.name.lowercased(), $0.index) }, uniquingKeysWith: { first, _ in first })
  }

  deinit {
    unsafe zip_discard(archive)
  }

  /// An entry by its name, in any case where none has it exactly.
  func entry(_ name: String) -> Entry? {
    guard let index = byName[name] ?? byFoldedName[name.lowercased()] else { return nil }
    return entries[index]
  }

  static func place(_ entry: Entry) -> ExchangeError.Place {
    .entry(number: entry.index + 1)
  }

  static func place(_ entry: Entry, _ inner: ExchangeError.Place) -> ExchangeError.Place {
    inner == .file ? place(entry) : .inEntry(entry.index + 1, inner)
  }

  // MARK: - Looking over

  private static func entries(_ archive: OpaquePointer, isOurs: Bool) throws -> [Entry] {
    let count = unsafe Int(zip_get_num_entries(archive, 0))
    guard isOurs || count <= ArchiveLimits.entries else {
      throw ExchangeError(.file, .archive(.tooManyEntries(count)))
    }
    var entries = [Entry]()
    var names = Set<[UInt8]>()
    var total = 0
    for index in 0..<max(0, count) {
      let place = ExchangeError.Place.entry(number: index + 1)
      let (entry, fault) = unsafe examine(archive, index)
      if let fault, !isOurs || fault != .ratio { throw ExchangeError(place, .archive(fault)) }
      guard names.insert(Array(entry.name.utf8)).inserted else {
        throw ExchangeError(place, .archive(.repeatedName))
      }
      let (sum, overflows) = total.addingReportingOverflow(entry.bytes)
      guard !overflows, isOurs || sum <= ArchiveLimits.bytes else {
        throw ExchangeError(.file, .archive(.tooManyBytes))
      }
      total = sum
      entries.append(entry)
    }
    return entries
  }

  private static func examine(_ archive: OpaquePointer, _ index: Int) -> (Entry, ArchiveFault?) {
    var status = unsafe zip_stat_t()
    unsafe zip_stat_init(&status)
    guard unsafe zip_stat_index(archive, UInt64(index), 0, &status) == 0,
      let decoded = unsafe zip_get_name(archive, UInt64(index), 0),
      let raw = unsafe zip_get_name(archive, UInt64(index), UInt32(ZIP_FL_ENC_RAW))
    else { return (Entry(index: index, name: "", bytes: 0), .damaged) }
    let name = unsafe Self.withSlashes(String(cString: decoded))
    let bytes = unsafe Int(clamping: status.size)
    let packed = unsafe Int(clamping: status.comp_size)
    let (most, overflows) = packed.multipliedReportingOverflow(by: ArchiveLimits.ratio)
    let entry = Entry(
      index: index, name: name, bytes: bytes, isRepetitive: !overflows && bytes > most)
    // As it stands: libzip shows the control characters of old archives as signs.
    if let fault = unsafe fault(inName: name, Array(String(cString: raw).utf8)) {
      return (entry, fault)
    }
    if unsafe isLink(archive, index) { return (entry, .link) }
    if unsafe status.encryption_method != UInt16(ZIP_EM_NONE) { return (entry, .encrypted) }
    if entry.isRepetitive { return (entry, .ratio) }
    return (entry, nil)
  }

  private static func withSlashes(_ name: String) -> String {
    String(
      decoding: name.utf8.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 },
      as: UTF8.self)
  }

  private static func fault(inName name: String, _ raw: [UInt8]) -> ArchiveFault? {
    guard !name.isEmpty, !raw.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      return .unreadableName
    }
    let units = Array(name.utf8)
    let isDrive = units.count >= 2 && units[1] == UInt8(ascii: ":")
    let steps = units.split(separator: UInt8(ascii: "/"))
    let climbs = steps.contains { $0.elementsEqual([UInt8(ascii: "."), UInt8(ascii: ".")]) }
    return units[0] == UInt8(ascii: "/") || isDrive || climbs ? .climbs : nil
  }

  /// Whether Unix's mode, in the upper half of the attributes, says so (APPNOTE.TXT, section 4.4.15).
  private static func isLink(_ archive: OpaquePointer, _ index: Int) -> Bool {
    var system: UInt8 = 0
    var attributes: UInt32 = 0
    guard
      unsafe zip_file_get_external_attributes(archive, UInt64(index), 0, &system, &attributes) == 0
    else { return false }
    return attributes >> 16 & 0xF000 == 0xA000
  }

  // MARK: - Reading

  /// The bytes of an entry, all of them.
  func bytes(of entry: Entry, atMost limit: Int) throws -> [UInt8] {
    guard entry.bytes <= limit else {
      throw ExchangeError(
        Self.place(entry), .archive(.tooLong(bytes: entry.bytes, limit: limit)))
    }
    var bytes = [UInt8]()
    bytes.reserveCapacity(entry.bytes)
    try read(entry, pieceBytes: 1 << 16) { bytes += $0 }
    return bytes
  }

  /// Reads an entry piece by piece, never more than the archive says that it has.
  func read(_ entry: Entry, pieceBytes: Int, _ body: ([UInt8]) throws -> Void) throws {
    let pieces = try self.pieces(of: entry, pieceBytes: pieceBytes)
    while let piece = try pieces() { try body(piece) }
  }

  func pieces(of entry: Entry, pieceBytes: Int) throws -> () throws -> [UInt8]? {
    let file = unsafe try ArchiveEntryFile(archive, entry)
    var total = 0
    return { [self] in
      let piece = try file.read(pieceBytes)
      total += piece?.count ?? 0
      // libzip compares with the checksum at the end; by then a bomb would have gone off.
      guard total <= entry.bytes, piece != nil || total == entry.bytes else {
        throw ExchangeError(Self.place(entry), .archive(.damaged))
      }
      _ = self
      return piece
    }
  }
}

/// An entry that is open.
@safe private final class ArchiveEntryFile {
  private let file: OpaquePointer
  private let entry: ArchiveReading.Entry

  init(_ archive: OpaquePointer, _ entry: ArchiveReading.Entry) throws {
    self.entry = entry
    guard let file = unsafe zip_fopen_index(archive, UInt64(entry.index), 0) else {
      let code = unsafe zip_error_code_zip(zip_get_error(archive))
      throw ExchangeError(
        ArchiveReading.place(entry),
        .archive(code == ZIP_ER_COMPNOTSUPP ? .compression : .damaged))
    }
    unsafe self.file = file
  }

  deinit {
    unsafe _ = zip_fclose(file)
  }

  /// Nil at the end.
  func read(_ count: Int) throws -> [UInt8]? {
    var result: Int64 = 0
    let piece = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      result = unsafe zip_fread(file, base, UInt64(count))
      initialized = max(0, Int(result))
    }
    guard result >= 0 else {
      throw ExchangeError(ArchiveReading.place(entry), .archive(.damaged))
    }
    return piece.isEmpty ? nil : piece
  }
}
