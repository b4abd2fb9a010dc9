import CuadernoFaultSupport
import CuadernoLog
import CuadernoSync
import CuadernoTestSupport
import Testing

@testable import CuadernoLedger

/// Each call that SQLite makes of the hub's disk may fail: what was acknowledged is there, and the
/// running hub works again as soon as its disk does.
@Suite struct IOFaultTests {
  private static let some = 3

  /// What the hub may answer on a bad disk; anything else is a fault of its own.
  private static func isTold(_ error: any Error) -> Bool {
    error is StoreError || error is Problem || error is LedgerError
  }

  @Test func `a push`() async throws {
    let source = try await History(seed: 3, devices: 2, steps: 60).stores[0]
    let page = await source.page(beyond: VectorClock(), bytesMax: 1 << 20)
    let failures = try await IOFaultPlans.forEach(atMost: Self.some) { plan in
      let fixture = try await LedgerFixture()
      let (_, _, store) = try await fixture.joinedStudy()
      var wasAcknowledged = false
      let outcome = await plan.run(in: fixture.folder.path) {
        do {
          try await store.apply(page)
          wasAcknowledged = true
        } catch {
          #expect(Self.isTold(error), "\(plan): \(error)")
        }
      }
      #expect(outcome.failed > 0 || wasAcknowledged, "\(plan)")
      // As another process finds it: all of the page or nothing.
      let other = try fixture.opened()
      let study = try await other.study(matching: "Alto Huallaga")
      let count = try await other.store(of: study)?.frontier().changeCount
      #expect(count == UInt64(page.changes.count) || (count == 0 && !wasAcknowledged), "\(plan)")
      try other.close()
      // The hub that ran into it goes on.
      try await store.apply(page)
      #expect(try await store.summary() == source.summary(), "\(plan)")
      #expect(try await fixture.ledger.check().isSound, "\(plan)")
      try fixture.ledger.close()
      return outcome
    }
    #expect(failures > 0)
  }

  @Test func `a notebook that joins`() async throws {
    let failures = try await IOFaultPlans.forEach(atMost: Self.some) { plan in
      let fixture = try await LedgerFixture()
      let study = try await fixture.ledger.createStudy(title: "Monzón")
      let (_, secret) = try await fixture.ledger.createInvite(
        to: study, for: "Ana", role: nil, usualRole: "researcher")
      let request = JoinRequest(
        secret: secret.text, device: DeviceID(rawValue: 0xa), deviceName: "laptop", study: nil)
      var token: String?
      let outcome = await plan.run(in: fixture.folder.path) {
        do {
          token = try await fixture.ledger.join(request).token
        } catch {
          #expect(Self.isTold(error), "\(plan): \(error)")
        }
      }
      #expect(outcome.failed > 0 || token != nil, "\(plan)")
      if let token { #expect(try await fixture.ledger.device(token: token) != nil, "\(plan)") }
      // Asked again, the same notebook joins: the invite was not used up by a failure.
      let again = try await fixture.ledger.join(request)
      #expect(try await fixture.ledger.device(token: again.token) != nil, "\(plan)")
      #expect(try await fixture.ledger.check().isSound, "\(plan)")
      try fixture.ledger.close()
      return outcome
    }
    #expect(failures > 0)
  }

  @Test func `a backup`() async throws {
    let source = try await History(seed: 3, devices: 2, steps: 60).stores[0]
    let page = await source.page(beyond: VectorClock(), bytesMax: 1 << 20)
    let fixture = try await LedgerFixture()
    let (_, _, store) = try await fixture.joinedStudy()
    try await store.apply(page)
    let failures = try await IOFaultPlans.forEach(atMost: Self.some) { plan in
      let target = try ScratchFolder()
      _ = try await fixture.ledger.backup(to: target.file("ledger.sqlite"))
      let good = try target.bytes(of: "ledger.sqlite")
      var wasAcknowledged = false
      let outcome = await plan.run(in: target.path) {
        do {
          _ = try await fixture.ledger.backup(to: target.file("ledger.sqlite"))
          wasAcknowledged = true
        } catch {
          #expect(Self.isTold(error), "\(plan): \(error)")
        }
      }
      #expect(outcome.failed > 0 || wasAcknowledged, "\(plan)")
      // The new one or the old one, whole.
      if !wasAcknowledged {
        #expect(try target.bytes(of: "ledger.sqlite") == good, "\(plan)")
      }
      let restored = try Ledger(
        folder: target.path, now: { 0 }, random: { .init(repeating: 0, count: $0) })
      #expect(try await restored.check().isSound, "\(plan)")
      let study = try await restored.study(matching: "Alto Huallaga")
      #expect(try await restored.store(of: study)?.summary() == source.summary(), "\(plan)")
      try restored.close()
      #expect(try await fixture.ledger.check().isSound, "\(plan)")
      return outcome
    }
    #expect(failures > 0)
  }
}
