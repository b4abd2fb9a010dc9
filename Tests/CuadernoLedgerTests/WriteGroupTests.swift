import CuadernoSync
import CuadernoTestSupport
import GRDB
import Synchronization
import Testing

@testable import CuadernoLedger

/// Pushes that wait for the one writer go to the disk together, and stay apart in all else.
@Suite struct WriteGroupTests {
  private struct Refused: Error, Equatable {}

  /// A database in memory, of which the first transaction waits until it is let go.
  private final class Held: Sendable {
    let queue: DatabaseQueue
    let transactions = Atomic(0)
    let isEntered = Atomic(false)
    let isLetGo = Atomic(false)
    let commitFails = Atomic(false)

    init() throws {
      queue = try DatabaseQueue()
      try queue.write { db in try db.execute(sql: "CREATE TABLE line (number INTEGER)") }
    }

    func group() -> WriteGroup {
      WriteGroup { body in
        let number = self.transactions.add(1, ordering: .sequentiallyConsistent).newValue
        self.isEntered.store(true, ordering: .sequentiallyConsistent)
        while number == 1, !self.isLetGo.load(ordering: .sequentiallyConsistent) {
          await Task.yield()
        }
        try await self.queue.writeWithoutTransaction { db in
          try db.beginTransaction(.immediate)
          do {
            try body(db)
            if self.commitFails.load(ordering: .sequentiallyConsistent) { throw Refused() }
            try db.commit()
          } catch {
            if db.isInsideTransaction { try db.rollback() }
            throw error
          }
        }
      }
    }

    func numbers() throws -> [Int] {
      try queue.read { db in try Int.fetchAll(db, sql: "SELECT number FROM line ORDER BY number") }
    }
  }

  /// Writes 0 to 20, of which all but the first come while the first is on its way to the disk.
  private func write(
    _ held: Held, _ body: @escaping @Sendable (Int, Database) throws -> Void
  ) async throws -> [Int: Bool] {
    let group = held.group()
    return await withTaskGroup(of: (Int, Bool).self) { tasks in
      func add(_ number: Int) {
        tasks.addTask {
          do {
            try await group.write { db in
              try db.execute(sql: "INSERT INTO line VALUES (?)", arguments: [number])
              try body(number, db)
            }
            return (number, true)
          } catch {
            return (number, false)
          }
        }
      }
      add(0)
      while !held.isEntered.load(ordering: .sequentiallyConsistent) { await Task.yield() }
      for number in 1...20 { add(number) }
      while group.waitingCount < 20 { await Task.yield() }
      held.isLetGo.store(true, ordering: .sequentiallyConsistent)
      var outcomes = [Int: Bool]()
      for await (number, isWritten) in tasks { outcomes[number] = isWritten }
      return outcomes
    }
  }

  @Test func `what waits for the writer is committed at once`() async throws {
    let held = try Held()
    let outcomes = try await write(held) { _, _ in }

    #expect(outcomes.values.allSatisfy { $0 } && outcomes.count == 21)
    #expect(try held.numbers() == Array(0...20))
    #expect(held.transactions.load(ordering: .sequentiallyConsistent) == 2)
  }

  @Test func `what one of them throws takes back its own and nothing else`() async throws {
    let held = try Held()
    let outcomes = try await write(held) { number, _ in
      if number.isMultiple(of: 3) { throw Refused() }
    }

    #expect(Set(outcomes.filter(\.value).keys) == Set((0...20).filter { !$0.isMultiple(of: 3) }))
    #expect(try held.numbers() == (0...20).filter { !$0.isMultiple(of: 3) })
    #expect(held.transactions.load(ordering: .sequentiallyConsistent) == 2)
  }

  @Test func `one over which SQLite gives up the transaction fails alone`() async throws {
    let held = try Held()
    let outcomes = try await write(held) { number, db in
      guard number == 7 else { return }
      // What SQLite does by itself when the disk is full or failing.
      try db.rollback()
      throw Refused()
    }

    #expect(outcomes.filter { !$0.value }.map(\.key) == [7])
    #expect(try held.numbers() == (0...20).filter { $0 != 7 })
  }

  @Test func `nobody is told of success when the commit fails`() async throws {
    let held = try Held()
    held.commitFails.store(true, ordering: .sequentiallyConsistent)
    let outcomes = try await write(held) { _, _ in }

    #expect(outcomes.count == 21 && outcomes.values.allSatisfy { !$0 })
    #expect(try held.numbers() == [])
  }

  @Test func `many notebooks that push at once are all stored, and one with a gap is refused`()
    async throws
  {
    let fixture = try await LedgerFixture()
    let (study, _, store) = try await fixture.joinedStudy()
    let notebooks = (0..<24).map { MemoryStore(seed: UInt64($0)) }
    for (number, notebook) in notebooks.enumerated() {
      for record in 0..<5 {
        try await notebook.write(
          by: DeviceID(rawValue: UInt128(100 + number)),
          RecordID(rawValue: UInt128(1_000 * number + record + 1)), fields: [1, 2])
      }
    }
    let outcomes = await withTaskGroup(of: Bool.self) { tasks in
      for (number, notebook) in notebooks.enumerated() {
        tasks.addTask {
          var page = await notebook.page(beyond: VectorClock(), bytesMax: 1 << 20)
          if number.isMultiple(of: 4) { page.changes.removeFirst() }
          return (try? await store.apply(page)) == 5
        }
      }
      return await tasks.reduce(into: [Bool]()) { $0.append($1) }
    }

    #expect(outcomes.count { $0 } == 18)
    #expect(try await store.frontier().changeCount == 90)
    #expect(try await fixture.ledger.check().isSound)
    #expect(try await fixture.ledger.checkAudit().isSound)
    #expect(try await fixture.ledger.contents(of: study).changes == 90)
  }
}
