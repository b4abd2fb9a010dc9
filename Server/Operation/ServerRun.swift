import CuadernoLedger
import Logging
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server from its start to its end, as signals and its supervisor have it.
struct ServerRun {
  let services: [any Service]
  let logger: Logger
  let supervisor: SupervisorSocket?
  /// Nil when there is nothing that could be read again.
  let identity: RenewedIdentity?

  /// How long whatever was begun has, in seconds. What does not end by itself in ``drainSeconds`` is
  /// cancelled, and then the process ends: what was not acknowledged, the notebooks send again.
  private static let drainSeconds: Int64 = 9
  private static let goneMilliseconds: Int64 = 9_500

  func run() async throws {
    var configuration = ServiceGroupConfiguration(
      services: services.map {
        .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
      },
      logger: logger)
    configuration.maximumGracefulShutdownDuration = .seconds(Self.drainSeconds)
    let group = ServiceGroup(configuration: configuration)
    let signals = await UnixSignalsSequence(trapping: Self.trapped)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      tasks.addTask { await answer(signals, group) }
      tasks.addTask { await watchCertificate() }
      try await tasks.next()
      tasks.cancelAll()
    }
  }

  /// Whoever closes the terminal of a server that runs in it means it to end.
  private static var trapped: [UnixSignal] {
    [.sigterm, .sigint] + (isatty(STDIN_FILENO) == 1 ? [] : [.sighup])
  }

  private func answer(_ signals: UnixSignalsSequence, _ group: ServiceGroup) async {
    var isStopping = false
    for await signal in signals {
      switch signal {
      case .sighup: renew()
      default:
        // Whoever says it twice does not want to wait. No transaction is half done in the file.
        guard !isStopping else { _exit(128 + signal.number) }
        isStopping = true
        logger.notice("stopping")
        supervisor?.send(.stopping)
        await group.triggerGracefulShutdown()
        Task {
          try await Task.sleep(for: .milliseconds(Self.goneMilliseconds))
          logger.notice("stopped without those who did not end")
          _exit(0)
        }
      }
    }
  }

  /// A renewed certificate is seen within a minute, also where nobody sends a signal.
  private func watchCertificate() async {
    while identity != nil, (try? await Task.sleep(for: .seconds(60))) != nil { renew() }
    // Without one there is nothing to do, until the server stops.
    try? await Task.sleep(for: .seconds(Int32.max))
  }

  private func renew() {
    do throws(CertificateFault) {
      guard try identity?.renew() == true else { return }
      logger.notice("new certificate")
    } catch {
      logger.error("certificate kept", metadata: ["error": .string(error.description)])
    }
  }
}

extension UnixSignal {
  fileprivate var number: Int32 {
    self == .sigint ? SIGINT : SIGTERM
  }
}

/// How many connections the system lets this process have.
enum DescriptorLimit {
  /// Files, the ledger's readers, the listeners: what is open besides connections.
  private static let besides = 100

  /// Raises the process's own limit as far as it may, and says how many connections are left.
  static func raised(toServe connections: Int) -> Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let resource = RLIMIT_NOFILE
    #endif
    guard unsafe getrlimit(resource, &limit) == 0 else { return connections }
    let wanted = rlim_t(connections + besides)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = min(wanted, limit.rlim_max)
      _ = unsafe setrlimit(resource, &limit)
      _ = unsafe getrlimit(resource, &limit)
    }
    return limit.rlim_cur >= wanted
      ? connections : max(10, Int(clamping: limit.rlim_cur) - besides)
  }
}
