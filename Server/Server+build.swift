package import CuadernoLedger
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import NIOSSL

/// What a server is: what it answers, and who counts and bounds it. Tests build the same.
///
/// - Parameters:
///   - now: milliseconds since 1970.
///   - onServerRunning: told the port once it listens.
package func buildServer(
  _ configuration: ServerConfiguration, ledger: Ledger, logger: Logger,
  now: @escaping @Sendable () -> Int64,
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
  buildServer(
    configuration, ledger: ledger, gate: RequestGate(configuration.limits, now: now),
    logger: logger, now: now, onServerRunning: onServerRunning)
}

/// - Parameter gate: what the owner's listener reads the figures of.
func buildServer(
  _ configuration: ServerConfiguration, ledger: Ledger, gate: RequestGate, logger: Logger,
  now: @escaping @Sendable () -> Int64,
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
) -> some ApplicationProtocol {
  application(
    HubResponder(ledger: ledger, gate: gate, now: now), configuration, gate: gate, logger: logger,
    onServerRunning: onServerRunning)
}

/// The listener for whoever runs the server, on this machine alone and without TLS.
func buildOwnerServer(
  port: Int, ledger: Ledger, gate: RequestGate, folder: String, logger: Logger,
  now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (_ count: Int) -> [UInt8],
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
) -> some ApplicationProtocol {
  let start = now()
  let responder = OwnerResponder(
    ledger: ledger, link: OwnerLink(folder: folder), random: random, figures: gate.figures,
    gauges: {
      MetricsText.Gauges(
        connections: gate.places.count, bodyBytes: gate.budget.taken,
        residentBytes: ProcessMemory.residentBytes, startMilliseconds: start)
    }, now: now)
  return application(
    responder, ServerConfiguration(host: "127.0.0.1", port: port),
    // Its connections take no places of the notebooks'.
    gate: RequestGate(ServerLimits(), now: now), logger: logger,
    onServerRunning: onServerRunning)
}

private func application<Responder: HTTPResponder>(
  _ responder: Responder, _ configuration: ServerConfiguration, gate: RequestGate, logger: Logger,
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
) -> Application<Responder> where Responder.Context == HubContext {
  Application(
    responder: responder,
    server: HTTPServerBuilder { responder in
      HubChannel(
        responder: responder, limits: configuration.limits, places: gate.places,
        figures: gate.figures, answers: gate.answers, tls: configuration.transport.context)
    },
    configuration: ApplicationConfiguration(
      address: .hostname(configuration.host, port: configuration.port)),
    onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
    logger: logger)
}

extension ServerConfiguration.Transport {
  fileprivate var context: (@Sendable () -> NIOSSLContext)? {
    switch self {
    case .plainHTTP: nil
    case .tls(let identity): { identity.context }
    case .renewed(let identity): { identity.current.context }
    }
  }
}
