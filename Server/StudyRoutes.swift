import CuadernoLedger
import CuadernoSchema
import CuadernoSync
import HTTPTypes
import Hummingbird

/// The routes of WIRE.md. Every one but joining and health is for one study and needs the token of a
/// device of that study.
struct StudyRoutes {
  let ledger: Ledger
  let now: @Sendable () -> Int64

  func add(to router: Router<StudyRequestContext>) {
    router.get("health", use: health)
    router.post("v1/join", use: join)
    let study = router.group("v1/studies/:study")
    study.post("hello", use: hello)
    study.post("push", use: push)
    study.post("pull", use: pull)
    study.post("verify", use: verify)
  }

  @Sendable private func health(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    try await ledger.probe()
    return Response(
      status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
  }

  @Sendable private func join(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    let exchange = try MessageExchange(request)
    return exchange.reply(try await ledger.join(try await exchange.message()))
  }

  @Sendable private func hello(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    let device = try await authenticate(request, context)
    let exchange = try MessageExchange(request)
    let hello: Hello = try await exchange.message()
    let reply = try await hub(device).hello(hello)
    if reply.frontier == nil {
      try await ledger.noteHolding(device, frontierDigest: hello.frontierDigest)
    }
    return exchange.reply(reply)
  }

  @Sendable private func push(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    let device = try await authenticate(request, context)
    let exchange = try MessageExchange(request)
    return exchange.reply(try await hub(device).push(try await exchange.message()))
  }

  @Sendable private func pull(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    let device = try await authenticate(request, context)
    let exchange = try MessageExchange(request)
    return exchange.reply(try await hub(device).pull(try await exchange.message()))
  }

  @Sendable private func verify(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> Response {
    let device = try await authenticate(request, context)
    let exchange = try MessageExchange(request)
    guard try await exchange.body().isEmpty else {
      throw Problem(.badMessage, "verify has no message; leave the body empty")
    }
    return exchange.reply(try await hub(device).verify())
  }

  private func hub(_ device: EnrolledDevice) -> StoreHub<LedgerStudy> {
    StoreHub(store: ledger.store(for: device), now: now)
  }

  /// The device whose token the request carries.
  ///
  /// A token that is missing, wrong or revoked is one answer, and a study that does not exist is the
  /// same as one that the device is not in: neither tells anybody what there is.
  private func authenticate(
    _ request: Request, _ context: StudyRequestContext
  ) async throws -> EnrolledDevice {
    let words = (request.headers[.authorization] ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer",
      let device = try await ledger.device(token: String(words[1]))
    else {
      throw Problem(
        .unauthenticated,
        "this device is not known here, or was revoked; what it holds is safe on it; ask for a new "
          + "invite and join again")
    }
    guard let study = context.parameters.get("study").flatMap({ StudyID($0) }),
      study == device.study
    else { throw Problem(.unknownStudy, "there is no such study here for this device") }
    try await ledger.noteSeen(device)
    return device
  }
}
