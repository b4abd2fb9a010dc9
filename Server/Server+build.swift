package import CuadernoLedger
package import Hummingbird
package import Logging

/// Puts the server together: everything it is made of is named here, and tests build the same.
///
/// - Parameters:
///   - onServerRunning: told the port once it listens.
///   - now: milliseconds since 1970.
package func buildServer(
  _ configuration: ServerConfiguration, ledger: Ledger, logger: Logger,
  now: @escaping @Sendable () -> Int64,
  onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
) -> some ApplicationProtocol {
  let router = Router(context: StudyRequestContext.self)
  router.add(middleware: ProblemMiddleware())
  StudyRoutes(ledger: ledger, now: now).add(to: router)
  return Application(
    router: router,
    configuration: ApplicationConfiguration(
      address: .hostname(configuration.host, port: configuration.port),
      serverName: "cuaderno-server"),
    onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? 0) },
    logger: logger)
}
