import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import HTTPTypes
package import Hummingbird
import Logging

/// Answers every request there can be: finds its route, asks who it is, and turns whatever goes
/// wrong into a problem.
///
/// Not Hummingbird's router, which answers what it does not know by itself and in other words, and
/// takes a path in more than one spelling. Here whatever no line lets through is refused.
package struct HubResponder: HTTPResponder {
  let ledger: Ledger
  let gate: RequestGate
  let now: @Sendable () -> Int64

  package func respond(
    to request: Request, context: HubContext
  ) async throws -> Response {
    let caller = Caller(request, context)
    var log = RequestLog(context.logger)
    let start = now()
    var response: Response
    do {
      response = try await answer(request, of: caller, &log)
    } catch let lost as ConnectionLost {
      // Nobody is there to read an answer. Hummingbird closes what is left of the connection.
      throw lost.cause
    } catch {
      let refusal = refusal(error, &log)
      gate.figures.add(refusal: refusal.problem.code)
      await note(refusal.problem.code, log)
      response = MessageExchange(request, gate).response(
        to: refusal, isRouteKnown: log.route != nil)
    }
    let milliseconds = now() - start
    log.finish(status: response.status, milliseconds: milliseconds)
    log.count(response, milliseconds: milliseconds, in: gate.figures)
    if request.method == .head { response = response.createHeadResponse() }
    return response
  }

  private func answer(
    _ request: Request, of caller: Caller, _ log: inout RequestLog
  ) async throws -> Response {
    guard let (route, study) = Route.at(target: request.head.path ?? "") else {
      try gate.admit(stranger: caller.address)
      throw Problem(.unknownRoute, "this hub has nothing at this address; check the hub's URL")
    }
    log.route = route
    guard route.methods.contains(request.method) else {
      try gate.admit(stranger: caller.address)
      throw Refusal.wrongMethod(allowed: route.methods)
    }
    switch route {
    case .health:
      try gate.admit(stranger: caller.address)
      return await health(log)
    case .join:
      try gate.admit(stranger: caller.address)
      do {
        return try await join(MessageExchange(request, gate), &log)
      } catch let problem as Problem where problem.code == .inviteRefused {
        try gate.noteFailure(of: caller.address)
        throw problem
      }
    case .study(let step):
      let device = try await authorise(request, of: caller, study: study ?? "", &log)
      return try await answer(step, for: device, MessageExchange(request, gate), &log)
    }
  }

  /// The device that asks, if its token is for the study in the path.
  ///
  /// A token that is missing, unknown or revoked has one answer, and a study that does not exist has
  /// the same as one of somebody else's: neither tells anybody what there is.
  private func authorise(
    _ request: Request, of caller: Caller, study: Substring, _ log: inout RequestLog
  ) async throws -> EnrolledDevice {
    let token = bearerToken(request)
    if let token { log.device = try await timed { try await ledger.bearer(of: token) } }
    guard let device = log.device, device.revokedMilliseconds == nil else {
      try gate.noteFailure(of: caller.address)
      if let token, InviteSecret(typed: token) != nil { throw Self.pendingInvite }
      throw Problem.unknownDevice
    }
    try gate.admit(device: device.number, on: caller.connection)
    guard study.utf8.count == 2 * StudyID.byteCount, StudyID(study) == device.study else {
      throw Problem(
        .unknownStudy,
        """
        there is no such study here for this device; check the hub's address, or ask for an invite \
        to the study
        """)
    }
    return device
  }

  /// By the form of what was sent alone, so that it tells nobody which invites there are.
  private static let pendingInvite = Problem(
    .forbidden,
    "an invite gives no rights until it is used; join with it first: `cuaderno join INVITE`")

  /// Keeps in the audit log who was refused. The hub's own troubles are no refusal.
  private func note(_ code: Problem.Code, _ log: RequestLog) async {
    guard let device = log.device else { return }
    switch code {
    case .failed, .busy, .storageFull, .tooManyRequests, .baseMissing: return
    default:
      await log.storeFailures.reporting { try await ledger.noteRefusal(of: device, code) }
    }
  }

  /// What the ledger answers, with how long it took.
  func timed<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    let start = now()
    defer { gate.figures.add(ledgerMilliseconds: now() - start) }
    return try await body()
  }

  /// RFC 6750, section 2.1.
  private func bearerToken(_ request: Request) -> String? {
    let words = (request.headers[.authorization] ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return String(words[1])
  }

  private func health(_ log: RequestLog) async -> Response {
    do {
      try await ledger.probe()
      return Response(status: .ok, headers: [.cacheControl: "no-store"])
    } catch {
      log.failed(error)
      return Response(status: .serviceUnavailable, headers: [.retryAfter: "5"])
    }
  }

  /// What a person is told of an error; what the log is told besides.
  private func refusal(_ error: any Error, _ log: inout RequestLog) -> Refusal {
    let refusal: Refusal
    switch error {
    case let known as Refusal: refusal = known
    case let problem as Problem: refusal = Refusal(problem)
    case let error as WireError: refusal = Refusal(Problem(error))
    case HubError.refused(let problem): refusal = Refusal(problem)
    case HubError.unreachable:
      // The store has reported it already, in more words than came through.
      refusal = .failed
    default:
      log.failed(error)
      refusal = .failed
    }
    log.problem = refusal.problem.code
    return refusal
  }
}

/// Who asks, before anything is known of a token.
private struct Caller {
  let address: ClientAddress?
  let connection: ObjectIdentifier?

  init(_ request: Request, _ context: HubContext) {
    address = ClientAddress.ofClient(
      peer: context.peer,
      // Each proxy adds its own at the end.
      forwardedFor: request.headers.last { $0.name.canonicalName == "x-forwarded-for" }?.value)
    connection = context.connection
  }
}
