/// What a server is built from.
package struct ServerConfiguration: Sendable {
  package enum Transport: Sendable {
    case plainHTTP
    case tls(TLSIdentity)
    case renewed(RenewedIdentity)
  }

  package var host: String
  /// 0 takes a free port.
  package var port: Int
  package var transport: Transport
  package var limits: ServerLimits

  package init(
    host: String = "127.0.0.1", port: Int = 8787, transport: Transport = .plainHTTP,
    limits: ServerLimits = ServerLimits()
  ) {
    self.host = host
    self.port = port
    self.transport = transport
    self.limits = limits
  }
}
