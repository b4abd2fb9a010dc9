import CuadernoSchema
import CuadernoSync
import Foundation
import NIOCore

/// What one device says to the hub, one request after the other: it joins, and then has its sessions.
final class DeviceTalk {
  private let secret: String
  private unowned let run: LoadRun
  private var device: LoadDevice
  private var link: HubLink?
  private var connections = 0
  private var isConnected = false

  /// Whether a session is under way, which goes on when the connection is there again.
  private var isInSession = false
  private var token: String?
  private var study = ""
  private var session = SyncSession()
  private var asked = Asked.join
  private var askedAt = NIODeadline.now()
  private var sessionAt = NIODeadline.now()
  private var roundsDone = 0
  private var isUpToDate = false

  /// The digest of the hub's registers after the last push.
  private var hubRegisters = Digest.zero

  /// What both held alike when they last spoke, as a notebook remembers it.
  private var known: VectorClock?

  /// Whether the page asked for comes while the last one is being stored.
  private var isFetching = false

  private enum Asked: String {
    case join, hello, push, pull, verify
  }

  init(secret: String, run: LoadRun) {
    self.secret = secret
    self.run = run
    device = LoadDevice(payloadBytes: run.plan.payloadBytes)
  }

  /// Connects, and goes on where it was.
  func begin() {
    connections += 1
    let connection = connections
    let link = HubLink(host: "\(run.dialer.host):\(run.dialer.port)") { [weak self] event in
      // What an earlier connection still has to say is of no use.
      if self?.connections == connection { self?.handle(event) }
    }
    self.link = link
    run.dialer.connect(link).assumeIsolated().whenComplete { result in
      guard self.connections == connection, self.link != nil else { return }
      if case .failure(let error) = result { return self.lost("\(error)") }
      self.isConnected = true
      if self.token == nil {
        self.join()
      } else if self.isInSession {
        self.greet()
      }
    }
  }

  func end() {
    link?.close()
  }

  func nextRound() {
    guard run.isMeasuring, roundsDone < run.plan.rounds else { return run.isDone() }
    roundsDone += 1
    do {
      try device.write(run.plan.changes, milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    } catch {
      return run.fail("\(error)")
    }
    sessionAt = .now()
    isInSession = true
    if isConnected { greet() }
  }

  // MARK: - Requests

  private func ask(_ step: Asked, _ message: (any WireMessage)?) {
    asked = step
    let path = step == .join ? "/v1/join" : "/v1/studies/\(study)/\(step.rawValue)"
    let body = message.map { Compression.compress($0.encode(.protobuf)) }
    askedAt = .now()
    link?.ask(path, token: token, body)
  }

  private func join() {
    ask(
      .join,
      JoinRequest(secret: secret, device: device.id, deviceName: "load", study: nil))
  }

  private func greet() {
    session = SyncSession()
    perform(session.handle(.started(frontier: device.frontier)))
  }

  private func perform(_ action: SyncSession.Action) {
    switch action {
    case .hello:
      ask(
        .hello,
        Hello(
          device: device.id, head: device.head, frontierDigest: device.frontier.digest,
          knownDigest: unnamed?.digest))
    case .push: ask(.push, device.page)
    case .pull(let request):
      isFetching = false
      ask(.pull, request)
    case .apply(let request):
      guard let request else { return perform(session.handle(.applied(next: nil))) }
      isFetching = true
      ask(.pull, request)
    case .verify: ask(.verify, nil)
    case .summarise:
      // The registers are compared at the end, with `cuaderno-server check`.
      let own = StoreDigests(frontier: device.frontier.digest, registers: hubRegisters)
      perform(session.handle(.summarised(own)))
    case .retry: lost("to be asked again")
    case .finish(let outcome):
      if outcome != .movedOn { known = device.frontier }
      sessionEnded()
    case .fail(let failure): run.fail("session failed: \(failure)")
    }
  }

  /// What was agreed, unless the device's own digest names it already.
  private var unnamed: VectorClock? { known == device.frontier ? nil : known }

  private func sessionEnded() {
    isInSession = false
    guard isUpToDate else {
      isUpToDate = true
      return run.isReady()
    }
    let took = milliseconds(since: sessionAt)
    run.noteSession(took)
    run.after(max(0, run.plan.paceMilliseconds - Int64(took))) { self.nextRound() }
  }

  // MARK: - Answers

  private func handle(_ event: HubLink.Event) {
    switch event {
    case .lost(let cause): lost(cause)
    case .answer(let status, let isCompressed, let body):
      run.noteRequest(asked.rawValue, milliseconds(since: askedAt))
      do {
        let bytes =
          isCompressed ? try Compression.decompress(body, limit: WireLimits.messageBytes) : body
        guard status == 200 else { return refused(bytes) }
        try answered(bytes)
      } catch {
        run.fail("answer to \(asked.rawValue) cannot be read: \(error)")
      }
    }
  }

  private func answered(_ bytes: [UInt8]) throws {
    switch asked {
    case .join:
      let reply = try JoinReply(decoding: bytes, format: .protobuf)
      token = reply.token
      study = reply.study.description
      isInSession = true
      greet()
    case .hello:
      let reply = try HelloReply(decoding: bytes, format: .protobuf)
        .whole(knowing: unnamed ?? device.frontier)
      perform(session.handle(.greeted(reply)))
    case .push:
      let reply = try PushReply(decoding: bytes, format: .protobuf)
      hubRegisters = reply.digests.registers
      let page = device.page
      if let head = page.heads.first { run.noteAcknowledged(head.dot, changes: page.changes.count) }
      device.pushed()
      perform(session.handle(.pushed(heads: page.heads, reply.digests)))
    case .pull:
      guard let reply = PulledHeads(bytes) else { return run.fail("a page cannot be read") }
      run.notePulled(reply.changeCount)
      device.received(reply.heads)
      let page = SyncSession.PulledPage(heads: reply.heads, remaining: reply.remaining)
      let event: SyncSession.Event = isFetching ? .applied(next: page) : .received(page)
      perform(session.handle(event))
    case .verify:
      let hub = try StoreSummary(decoding: bytes, format: .protobuf)
      // The registers are compared at the end, with `cuaderno-server check`.
      let own = StoreSummary(frontier: device.frontier, registers: hub.registers)
      perform(session.handle(.verified(hub, own: own)))
    }
  }

  private func refused(_ bytes: [UInt8]) {
    let problem = try? Problem(decoding: bytes, format: .protobuf)
    let code = problem?.code.rawValue ?? "unknown"
    run.noteRefusal(code)
    guard run.plan.outlives, isUpToDate, problem?.code != .unauthenticated else {
      return run.fail("\(asked.rawValue) was refused: \(problem?.message ?? "")")
    }
    link?.close()
    connectAgain(afterMilliseconds: 200)
  }

  private func lost(_ cause: String) {
    // A connection that never came about may be told of twice.
    guard link != nil else { return }
    run.noteLostLink()
    guard run.plan.outlives, isUpToDate else { return run.fail("the link was lost: \(cause)") }
    connectAgain(afterMilliseconds: 100)
  }

  private func connectAgain(afterMilliseconds delay: Int64) {
    link = nil
    isConnected = false
    run.after(delay) { self.begin() }
  }

  private func milliseconds(since start: NIODeadline) -> Double {
    Double((NIODeadline.now() - start).nanoseconds) / 1e6
  }
}
