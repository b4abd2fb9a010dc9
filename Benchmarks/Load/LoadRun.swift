import CuadernoSchema
import CuadernoSync
import Foundation
import NIOCore
import NIOPosix

/// All devices of a run, and what was measured of them; everything happens on one event loop.
final class LoadRun {
  let plan: LoadPlan
  let dialer: Dialer
  let loop: any EventLoop
  private let secrets: [String]
  private let journal: FileHandle?
  private let done: EventLoopPromise<String>
  private var figures = Figures()
  private var talks = [DeviceTalk]()
  private var ready = 0
  private var finished = 0
  private var began = NIODeadline.now()
  private var processorBefore = 0.0
  private(set) var isMeasuring = false

  init(_ plan: LoadPlan, secrets: [String], dialer: Dialer, journal: FileHandle?) {
    self.plan = plan
    self.secrets = secrets
    self.dialer = dialer
    self.journal = journal
    loop = dialer.group.next()
    done = loop.makePromise()
  }

  /// - Returns: the figures, when every device is done.
  func start() -> EventLoopFuture<String> {
    figures.devices = secrets.count
    talks = secrets.map { DeviceTalk(secret: $0, run: self) }
    // A few at a time: the handshakes of a thousand connections are not what is measured.
    for talk in talks.prefix(32) { talk.begin() }
    // Links know their device weakly and devices this run, so somebody has to hold it.
    done.futureResult.assumeIsolated().whenComplete { _ in
      for talk in self.talks where self.plan.rounds > 0 { talk.end() }
    }
    return done.futureResult
  }

  /// A device has joined and holds what its study held.
  func isReady() {
    ready += 1
    if ready + 31 < talks.count { talks[ready + 31].begin() }
    guard ready == talks.count else { return }
    began = .now()
    processorBefore = processorSeconds()
    isMeasuring = true
    if let seconds = plan.seconds {
      loop.assumeIsolated().scheduleTask(in: .seconds(Int64(seconds))) { self.isMeasuring = false }
    }
    for (index, talk) in talks.enumerated() {
      // Spread over one pace, so that they do not all come in one instant.
      let delay = plan.paceMilliseconds * Int64(index) / Int64(talks.count)
      after(delay) { talk.nextRound() }
    }
  }

  func isDone() {
    finished += 1
    guard finished == talks.count else { return }
    figures.seconds = Double((NIODeadline.now() - began).nanoseconds) / 1e9
    figures.driverCPUSeconds = processorSeconds() - processorBefore
    isMeasuring = false
    done.succeed(figures.description)
  }

  func after(_ milliseconds: Int64, _ body: @escaping () -> Void) {
    guard milliseconds > 0 else { return body() }
    loop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds), body)
  }

  func fail(_ words: String) {
    done.fail(LoadFailure(words: words))
  }

  // MARK: - What is noted

  func noteRequest(_ step: String, _ milliseconds: Double) {
    if isMeasuring { figures.requests[step, default: []].append(milliseconds) }
  }

  func noteSession(_ milliseconds: Double) {
    if isMeasuring { figures.sessions.append(milliseconds) }
  }

  func noteLostLink() {
    figures.lostLinks += 1
  }

  func noteRefusal(_ code: String) {
    figures.refusals[code, default: 0] += 1
  }

  func notePulled(_ count: Int) {
    if isMeasuring { figures.pulledChanges += count }
  }

  /// Written down before anything else is asked: what stands in the journal was acknowledged.
  func noteAcknowledged(_ dot: Dot, changes: Int) {
    figures.pushedChanges += changes
    journal?.write(Data("\(dot.device) \(dot.sequence)\n".utf8))
  }
}

struct LoadFailure: Error, CustomStringConvertible {
  let words: String

  var description: String { words }
}
