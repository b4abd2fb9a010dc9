/// What a server is built from.
package struct ServerConfiguration: Sendable {
  package var host: String
  /// 0 takes a free port.
  package var port: Int

  package init(host: String = "127.0.0.1", port: Int = 8787) {
    self.host = host
    self.port = port
  }
}
