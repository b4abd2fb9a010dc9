import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import Hummingbird

// What a notebook asks: to join, and the four steps of a session, which `StoreHub` answers from the
// ledger as it does in every other hub.

extension HubResponder {
  func join(_ exchange: MessageExchange, _ log: inout RequestLog) async throws -> Response {
    let request = try await exchange.message(
      JoinRequest.self, bytesMax: ServerLimits.joinBytes)
    let reply = try await timed { try await ledger.join(request) }
    log.joined(study: reply.study, device: request.device)
    return exchange.response(to: reply)
  }

  func answer(
    _ step: Route.Step, for device: EnrolledDevice, _ exchange: MessageExchange,
    _ log: inout RequestLog
  ) async throws -> Response {
    let failures = log.storeFailures
    let permission = Permission(study: device.study)
    let store = ledger.store(
      for: device, permitting: permission.allows, guarding: permission.guards,
      bounding: permission.strangersMax
    ) { failures.report($0) }
    let hub = StoreHub(
      store: store, isTimekeeper: true, packing: exchange.packing, now: now)
    let response: Response
    switch step {
    case .hello:
      let hello = try await exchange.message(Hello.self)
      var reply = try await timed { try await hub.hello(hello) }
      // It may have changed since the notebook joined.
      reply.role = device.role
      if reply.frontier == nil {
        await note(device, holding: hello.frontierDigest, isNews: false, failures)
      }
      response = exchange.response(to: reply)
    case .push:
      let page = try await exchange.message(SentPage.self)
      let reply = try await timed { try await hub.push(page) }
      log.newChanges = reply.newChanges
      response = exchange.response(to: reply)
    case .pull:
      let request = try await exchange.message(PullRequest.self)
      try gate.admitAnswer(of: min(Int(clamping: request.bytesMax), WireLimits.pageBytes))
      response = exchange.response(to: try await timed { try await hub.pull(request) })
    case .verify:
      try await exchange.noMessage()
      let summary = try await timed { try await hub.verify() }
      // A session ends so, after the notebook has stored everything it pulled.
      await note(device, holding: summary.frontier.digest, isNews: true, failures)
      response = exchange.response(to: summary)
    }
    await failures.reporting { try await ledger.noteSeen(device) }
    return response
  }

  private func note(
    _ device: EnrolledDevice, holding digest: Digest, isNews: Bool, _ failures: StoreFailures
  ) async {
    await failures.reporting {
      try await ledger.noteHolding(device, frontierDigest: digest, isNews: isNews)
    }
  }
}
