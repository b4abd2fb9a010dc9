import Crypto
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A link by which the server's owner comes in, once and soon.
///
/// Whoever can write the data folder owns the server, so that is where the link is left for the running
/// server: as its hash, which opens nothing.
struct OwnerLink {
  private let path: String

  static let milliseconds: Int64 = 5 * 60_000
  private static let name = "owner-link"

  init(folder: String) {
    path = folder + "/" + Self.name
  }

  /// Makes one, in the place of what was there.
  ///
  /// - Parameter secret: bytes that nobody can guess.
  /// - Returns: what stands in the link.
  func make(_ secret: [UInt8], at now: Int64) throws(OwnerLinkFault) -> String {
    let text = hexadecimal(secret)
    let line = "\(hash(text)) \(now + Self.milliseconds)\n"
    do throws(SmallFile.Failure) {
      try SmallFile.put(Array(line.utf8), as: path, mode: 0o600, replaces: true)
    } catch {
      throw OwnerLinkFault(code: error.code)
    }
    return text
  }

  /// Whether a text is what stands in the link; then it is used up, also if somebody else is as fast.
  func take(_ text: String, at now: Int64) -> Bool {
    guard case .success(let bytes) = SmallFile.content(of: path) else { return false }
    let parts = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard parts.count == 2, let end = Int64(parts[1]) else { return false }
    guard now < end, end - now <= Self.milliseconds else {
      _ = unsafe unlink(path)
      return false
    }
    guard isSame(String(parts[0]), hash(text)) else { return false }
    return unsafe unlink(path) == 0
  }
}

/// The link could not be left in the data folder.
struct OwnerLinkFault: Error, CustomStringConvertible {
  let code: Int32

  var description: String {
    "no link can be written in the data folder (error \(code)); run this as the user whom the server "
      + "runs as"
  }
}

/// Who has come in. Kept in memory alone: a server that starts again knows nobody.
final class OwnerEntries: Sendable {
  private struct Entry {
    let hash: String
    let end: Int64
  }

  static let milliseconds: Int64 = 8 * 3_600_000

  /// More browsers than this nobody has; the oldest is forgotten.
  private static let entriesMax = 8

  private let entries = Mutex<[Entry]>([])

  /// - Returns: what the browser is to show from now on.
  func add(_ secret: [UInt8], at now: Int64) -> String {
    let text = hexadecimal(secret)
    let entry = Entry(hash: hash(text), end: now + Self.milliseconds)
    entries.withLock { $0 = Array(($0 + [entry]).suffix(Self.entriesMax)) }
    return text
  }

  func has(_ text: String, at now: Int64) -> Bool {
    let hash = hash(text)
    return entries.withLock { entries in
      // All of them, whichever it is.
      entries.reduce(false) { found, entry in
        (isSame(entry.hash, hash) && now < entry.end && entry.end - now <= Self.milliseconds)
          || found
      }
    }
  }

  func remove(_ text: String) {
    let hash = hash(text)
    entries.withLock { $0.removeAll { isSame($0.hash, hash) } }
  }
}

private func hash(_ text: String) -> String {
  hexadecimal(Array(SHA256.hash(data: Data(text.utf8))))
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.reduce("") { $0 + String($1 >> 4, radix: 16) + String($1 & 15, radix: 16) }
}

/// Compares in a time that says nothing about where two texts differ.
private func isSame(_ left: String, _ right: String) -> Bool {
  left.utf8.count == right.utf8.count
    && zip(left.utf8, right.utf8).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
}
