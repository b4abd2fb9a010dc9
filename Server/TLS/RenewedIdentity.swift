import Synchronization

/// A certificate that somebody gave and renews now and then, as it is in its files now.
package final class RenewedIdentity: Sendable {
  private struct State {
    var files: [[UInt8]]
    var identity: TLSIdentity
  }

  private let paths: [String]
  private let state: Mutex<State>

  package init(certificateFile: String, keyFile: String) throws(CertificateFault) {
    paths = [certificateFile, keyFile]
    let files = try Self.read(paths)
    state = Mutex(
      State(files: files, identity: try TLSIdentity(chain: files[0], key: files[1])))
  }

  var current: TLSIdentity { state.withLock { $0.identity } }

  /// Reads the files again, and shows what they hold from the next connection on.
  ///
  /// - Returns: whether there is something new.
  /// - Throws: when they hold nothing to show, as halfway through a renewal; then all stays as it was.
  package func renew() throws(CertificateFault) -> Bool {
    let files = try Self.read(paths)
    guard state.withLock({ $0.files != files }) else { return false }
    let identity = try TLSIdentity(chain: files[0], key: files[1])
    state.withLock { $0 = State(files: files, identity: identity) }
    return true
  }

  private static func read(_ paths: [String]) throws(CertificateFault) -> [[UInt8]] {
    [
      try TLSIdentity.bytes(of: paths[0], named: "--certificate"),
      try TLSIdentity.bytes(of: paths[1], named: "--key"),
    ]
  }
}
