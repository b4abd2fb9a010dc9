/// Why a zip archive was refused before anything in it was looked at.
package enum ArchiveFault: Hashable, Sendable {
  case notAnArchive
  case tooManyEntries(Int)
  case tooManyBytes
  case ratio
  case climbs
  case link
  case unreadableName
  case repeatedName
  case encrypted
  case compression
  case damaged
  case tooLong(bytes: Int, limit: Int)
}

extension ArchiveFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAnArchive: "file is no zip archive, or is damaged; export the project anew"
    case .tooManyEntries(let count):
      "archive has \(count) entries; the limit is \(ArchiveLimits.entries)"
    case .tooManyBytes:
      "archive holds more than \(ArchiveLimits.bytes) bytes; take the recordings out of the project "
        + "and export it anew"
    case .ratio:
      "is packed more than \(ArchiveLimits.ratio) times smaller than it is, as no text is; the "
        + "archive may be an attack"
    case .climbs: "has a name that leads out of the archive; the archive may be an attack"
    case .link: "is a link and no file; the archive may be an attack"
    case .unreadableName: "has a name with control characters; the archive may be an attack"
    case .repeatedName: "has the name of another entry; the archive is damaged or an attack"
    case .encrypted: "is encrypted; export the project without a password"
    case .compression: "is packed in a way that this program does not know; export the project anew"
    case .damaged: "does not hold what the archive says; the file is damaged"
    case .tooLong(let bytes, let limit): "is \(bytes) bytes; the limit is \(limit)"
    }
  }
}

/// What an archive from outside may be, at the most.
enum ArchiveLimits {
  /// Ten thousand texts, and the file that describes the project.
  static let entries = 10_001

  /// All entries together, unpacked: some five hundred full notebooks of an interviewer.
  static let bytes = 1 << 30

  /// Text that people write packs ten times smaller, repetitions and markup thirty.
  static let ratio = 100

  /// The project file alone.
  static let projectBytes = 512 << 20
}
