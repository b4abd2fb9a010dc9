package import CuadernoLedger
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore

/// Puts the server together: everything it is made of is named here, and tests build the same.
///
/// - Parameters:
///   - now: milliseconds since 1970.
///   - onServerRunning: told the port once it listens.
package func buildServer(
  _ configuration: ServerConfiguration, ledger: Ledger, logger: Logger,
  now: @escaping @Sendable () -> Int64,
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
  Application(
    responder: HubResponder(ledger: ledger, now: now),
    server: .speaking(configuration.transport),
    configuration: ApplicationConfiguration(
      address: .hostname(configuration.host, port: configuration.port),
      serverName: "cuaderno-server"),
    onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
    logger: logger)
}

extension HTTPServerBuilder {
  fileprivate static func speaking(_ transport: ServerConfiguration.Transport) -> Self {
    let configuration = HTTP1Channel.Configuration(idleTimeout: .seconds(60))
    return switch transport {
    case .plainHTTP: .http1(configuration: configuration)
    case .tls(let identity):
      HTTPServerBuilder { responder in
        try TLSChannel(
          HTTP1Channel(responder: responder, configuration: configuration),
          tlsConfiguration: identity.configuration)
      }
    }
  }
}
