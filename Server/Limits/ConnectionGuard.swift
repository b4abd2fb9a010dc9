import CuadernoSchema
import CuadernoSync
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Keeps one connection within its time: who sends or reads too slowly, or sends what is no request, is
/// answered where that is possible, and leaves.
///
/// Between the parser and Hummingbird, whose own idle timeout begins anew with every byte that drips in.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// An answer travels in such pieces, so that it is seen whether somebody reads it.
  private static let pieceBytes = 16 << 10

  private let limits: ServerLimits
  private let places: ConnectionPlaces
  private let figures: ServerFigures
  private let answers: BodyBudget
  private var pace: ConnectionPace
  private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?

  /// Requests that were passed on and whose answers are not written yet.
  private var owed = 0
  private var isAnswering = false
  /// Whether nothing more is read after the answers that are owed.
  private var isLast = false
  private var refusal: Refusal?
  /// From then on what comes is thrown away, and nothing more is written.
  private var isLeaving = false
  private var isGone = false

  init(
    _ limits: ServerLimits, places: ConnectionPlaces, figures: ServerFigures,
    answers: BodyBudget, now: NIODeadline
  ) {
    self.limits = limits
    self.places = places
    self.figures = figures
    self.answers = answers
    pace = ConnectionPace(limits, now: now)
  }

  // MARK: - What comes

  func handlerAdded(context: ChannelHandlerContext) {
    arm(context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    ended()
  }

  func channelInactive(context: ChannelHandlerContext) {
    ended()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isLeaving, refusal == nil else { return }
    let now = context.eventLoop.now
    switch unwrapInboundIn(data) {
    case .head(let head):
      guard !isLast else { return }
      owed += 1
      isLast = head.isLast
      pace.headCame(at: now)
      places.setWaiting(ObjectIdentifier(context.channel), since: nil)
    case .body(let bytes):
      guard pace.isBodyDue else { return }
      pace.bodyCame(bytes.readableBytes, at: now)
    case .end:
      guard pace.isBodyDue else { return }
      pace.bodyEnded()
    }
    arm(context)
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Whoever is behind this has stopped asking for more.
    if isLeaving { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case HTTPParserError.headerOverflow: refuse(.headTooLarge, context)
    case let fault as HeadFault: refuse(.notARequest(fault.words), context)
    case is HTTPParserError, is HTTP1TypeConversionError: refuse(.notARequest(nil), context)
    default: context.fireErrorCaught(error)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ChannelShouldQuiesceEvent:
      isLast = true
      guard owed > 0 else { return context.close(promise: nil) }
      pace.limit(to: context.eventLoop.now + .milliseconds(limits.drainMilliseconds))
      arm(context)
    case ChannelEvent.inputClosed where isLeaving || (owed == 0 && refusal == nil):
      context.close(promise: nil)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  // MARK: - What goes

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isLeaving else {
      promise?.fail(ChannelError.ioOnClosedChannel)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head):
      isAnswering = true
      // A body that nobody reads any more may be endless.
      isLast = isLast || pace.isBodyDue
      if isLast { head.headerFields[.connection] = "close" }
      pace.answerBegins(at: context.eventLoop.now)
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let bytes):
      write(bytes, context, promise)
    case .end:
      let written = promise ?? context.eventLoop.makePromise()
      written.futureResult.assumeIsolated().whenComplete { _ in self.answered(context) }
      context.write(data, promise: written)
    }
    arm(context)
  }

  private func write(
    _ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
  ) {
    var rest = bytes
    while let piece = rest.readSlice(length: min(Self.pieceBytes, rest.readableBytes)) {
      let isEnd = rest.readableBytes == 0
      let written = (isEnd ? promise : nil) ?? context.eventLoop.makePromise()
      let count = piece.readableBytes
      answers.add(count)
      written.futureResult.assumeIsolated().whenComplete { _ in
        self.answers.give(count)
        self.pace.flushed(count, at: context.eventLoop.now)
      }
      context.write(wrapOutboundOut(.body(piece)), promise: written)
      if isEnd { return }
    }
  }

  private func answered(_ context: ChannelHandlerContext) {
    guard !isLeaving else { return }
    isAnswering = false
    owed -= 1
    pace.answerEnded(isLast: owed == 0, at: context.eventLoop.now)
    if owed == 0 {
      if let refusal { return answer(refusal, context) }
      guard !isLast else { return leave(context) }
      places.setWaiting(
        ObjectIdentifier(context.channel), since: context.eventLoop.now.uptimeNanoseconds)
    }
    arm(context)
  }

  // MARK: - The end

  /// Answers what is no request after the answers to what was one.
  private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    guard !isLeaving, self.refusal == nil else { return }
    self.refusal = refusal
    figures.add(refusal: refusal.problem.code)
    // Of a request whose body breaks off, the answer is this; of those before it, their own come first.
    if pace.isBodyDue { owed -= 1 }
    if isAnswering {
      if owed <= 0 { context.close(promise: nil) }
    } else if owed <= 0 {
      answer(refusal, context)
    }
  }

  private func answer(_ refusal: Refusal, _ context: ChannelHandlerContext) {
    let body = refusal.problem.encode(.json)
    var fields = refusal.headers
    fields[.contentType] = WireFormat.json.contentType
    fields[.contentLength] = String(body.count)
    fields[.cacheControl] = "no-store"
    fields[.connection] = "close"
    let head = HTTPResponse(status: refusal.status, headerFields: fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    leave(context)
  }

  /// Says that nothing more comes, and reads on for a moment.
  private func leave(_ context: ChannelHandlerContext) {
    isLeaving = true
    context.close(mode: .output, promise: nil)
    pace.leaves(at: context.eventLoop.now)
    arm(context)
    context.read()
  }

  private func ended() {
    timer?.task.cancel()
    timer = nil
    isLeaving = true
    isGone = true
  }

  // MARK: - Time

  private func arm(_ context: ChannelHandlerContext) {
    guard !isGone, let deadline = pace.deadline?.at else { return }
    if let timer {
      guard deadline < timer.deadline else { return }
      timer.task.cancel()
    }
    let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.timer = nil
      self.ring(context)
    }
    timer = (deadline, task)
  }

  private func ring(_ context: ChannelHandlerContext) {
    guard let deadline = pace.deadline else { return }
    guard deadline.at <= context.eventLoop.now else { return arm(context) }
    switch deadline.of {
    case .body: return refuse(.tooSlow(limits), context)
    case .head: figures.add(.slowHead)
    case .reading: figures.add(.slowReader)
    case .stopping: figures.add(.stopping)
    case .leaving: break
    }
    context.close(promise: nil)
  }
}

extension Refusal {
  fileprivate static let headTooLarge = Refusal(
    Problem(
      .tooLarge,
      "request's head passes \(ServerLimits.headFields) fields or \(ServerLimits.headBytes) bytes"),
    status: .requestHeaderFieldsTooLarge)

  fileprivate static func notARequest(_ reason: String?) -> Refusal {
    Refusal(
      Problem(
        .badRequest,
        "request is not well-formed HTTP/1.1" + (reason.map { ": \($0)" } ?? "")
          + "; nothing of it was read"))
  }

  fileprivate static func tooSlow(_ limits: ServerLimits) -> Refusal {
    Refusal(
      Problem(
        .tooSlow,
        "body came too slowly: after \(limits.patienceMilliseconds / 1_000) s it must come to "
          + "\(limits.bytesPerSecondMin) bytes a second; send smaller pages"))
  }
}
