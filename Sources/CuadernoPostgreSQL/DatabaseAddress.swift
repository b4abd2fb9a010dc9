import CPostgreSQL

/// Where a PostgreSQL database is, and as whom it is asked.
///
/// There may be a password in it, so it describes itself without what it holds.
package struct DatabaseAddress: Hashable, Sendable {
  let text: String
  /// How the connection is to be encrypted, where the address does not say.
  let encryption: String?

  /// - Parameter text: a URL as PostgreSQL's own programs take it
  ///   (postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING).
  /// - Parameter environment: libpq reads it too.
  package init?(_ text: String, environment: [String: String] = [:]) {
    guard Self.isAddress(text), let given = Self.options(of: text) else { return nil }
    self.text = text
    // libpq's own usual is to speak without TLS to whoever says that they have none.
    let hosts = [given["host"] ?? environment["PGHOST"], given["hostaddr"]].compactMap { $0 }
    let isLocal = hosts.allSatisfy { $0.split(separator: ",").allSatisfy(Self.isThisMachine) }
    encryption = given["sslmode"] == nil && !isLocal ? environment["PGSSLMODE"] ?? "require" : nil
  }

  /// Whether a text is meant as one, and not as the name of a folder.
  package static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
  }

  private static func isThisMachine(_ host: Substring) -> Bool {
    // A socket's folder, or the address of the loopback; `127.example.org` is neither.
    host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
      || host.hasPrefix("127.") && host.utf8.allSatisfy { $0 <= UInt8(ascii: "9") }
  }

  /// What the address says, by libpq's names for it; nil when libpq cannot read it.
  private static func options(of text: String) -> [String: String]? {
    guard let options = unsafe PQconninfoParse(text, nil) else { return nil }
    defer { unsafe PQconninfoFree(options) }
    var given = [String: String]()
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        unsafe given[String(cString: keyword)] = unsafe String(cString: value)
      }
      unsafe option += 1
    }
    return given
  }
}

extension DatabaseAddress: CustomStringConvertible, CustomReflectable {
  package var description: String { "the address of a PostgreSQL database" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
