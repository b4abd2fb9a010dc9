import CuadernoLedger
import CuadernoSync
import HTTPTypes
import Hummingbird
import Logging

/// What is written about a request: what it asked for, which device asked, and how it went.
///
/// Never what was said, nor a name, a token or an address; of ids the first eight digits, which are
/// enough to find the device in `device list` and too few to ask for anything.
struct RequestLog {
  var route: Route?
  var device: EnrolledDevice?
  var problem: Problem.Code?
  var newChanges: Int?

  private let logger: Logger
  private var joined: (study: StudyID, device: DeviceID)?

  init(_ logger: Logger) {
    self.logger = logger
  }

  var storeFailures: StoreFailures { StoreFailures(logger: logger) }

  mutating func joined(study: StudyID, device: DeviceID) {
    joined = (study, device)
  }

  func failed(_ error: any Error) {
    storeFailures.report(error)
  }

  func finish(status: HTTPResponse.Status, milliseconds: Int64) {
    var metadata: Logger.Metadata = [
      "status": .stringConvertible(status.code), "ms": .stringConvertible(milliseconds),
    ]
    if let route { metadata["route"] = .string(route.name) }
    if let study = device?.study ?? joined?.study { metadata["study"] = .string(start(of: study)) }
    if let device = device?.id ?? joined?.device { metadata["device"] = .string(start(of: device)) }
    if let newChanges { metadata["changes"] = .stringConvertible(newChanges) }
    if let problem { metadata["problem"] = .string(problem.rawValue) }
    logger.log(level: level, "request", metadata: metadata)
  }

  /// Counts the request among the others.
  func count(_ response: Response, milliseconds: Int64, in figures: ServerFigures) {
    figures.add(
      ServerFigures.Exchange(route: route?.name ?? "unknown", status: response.status.code),
      milliseconds: milliseconds)
    if let newChanges { figures.add(changes: newChanges) }
    figures.add(sent: response.body.contentLength ?? 0)
  }

  private var level: Logger.Level {
    switch problem {
    case .failed: .error
    case .some: .notice
    // What changes the ledger; the rest is a notebook looking whether there is anything new.
    case nil: (newChanges ?? 0) > 0 || joined != nil ? .info : .debug
    }
  }
}

/// Where a store's failures go, which no answer may tell of.
struct StoreFailures: Sendable {
  let logger: Logger

  /// Of an error that was not made for this only the type is known to be harmless.
  func report(_ error: any Error) {
    let words = failureWords(error) ?? String(describing: type(of: error))
    logger.error("ledger failed", metadata: ["error": .string(words)])
  }

  /// Runs what an answer does not depend on.
  func reporting(_ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      report(error)
    }
  }
}

private func start(of id: some Identifier) -> String {
  String(id.description.prefix(8))
}
