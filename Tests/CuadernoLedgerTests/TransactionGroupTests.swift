import CuadernoLog
import CuadernoPostgreSQLTestSupport
import Testing

@testable import CuadernoLedger
@testable import CuadernoPostgreSQL

/// What is asked and written at once goes to PostgreSQL together, and stays apart in all else.
@Suite(.enabled(if: TestPostgreSQL.isInstalled, "\(TestPostgreSQL.isMissing)"))
struct TransactionGroupTests {
  private struct Refused: Error, Equatable {}

  /// Ten drawers, each locked by whoever puts something into it.
  private struct Cupboard {
    let postgreSQL: TestPostgreSQL
    let text: String
    let address: DatabaseAddress
    let pool: ConnectionPool
    let group: TransactionGroup

    static let lock = RowStatement.select(
      ["number"], from: "drawer", where: [.integer("number")], locking: "drawer")
    static let putting = RowStatement.insert(
      into: "thing", [.integer("drawer"), .integer("number")])
    static let counting = RowStatement.select(
      ["(SELECT count(*) FROM thing WHERE drawer = k1)"], from: "drawer",
      where: [.integer("number")])

    init() async throws {
      postgreSQL = try await TestPostgreSQL.shared()
      text = try await postgreSQL.emptyDatabase()
      address = try #require(DatabaseAddress(text))
      pool = ConnectionPool(address, connections: 4)
      group = TransactionGroup(pool, lock: Self.lock)
      try await postgreSQL.run(
        "CREATE TABLE drawer (number BIGINT PRIMARY KEY)",
        "CREATE TABLE thing (drawer BIGINT, number BIGINT CHECK (number < 1000))",
        "INSERT INTO drawer SELECT generate_series(0, 9)", in: text)
    }

    /// Puts a thing into a drawer and answers how many there were.
    @discardableResult
    func put(
      _ number: Int64, into drawer: Int64,
      _ check: @escaping @Sendable (_ isBefore: Bool) throws -> Void = { _ in }
    ) async throws -> Int64 {
      let body: TransactionGroup.Body<Int64> = { db in
        let count = try db.askFirst(Self.counting, [.integer(drawer)]) { try $0.integer(0) }
        return {
          let count = try count.value() ?? -1
          try check(true)
          try db.write([.integer(drawer), .integer(number)], by: Self.putting)
          try check(false)
          return count
        }
      }
      return try await group.write(for: drawer) {
        try await pool.transact(.committed) { db in
          try db.run("SELECT number FROM drawer WHERE number = ? FOR UPDATE", [.integer(drawer)])
          return try body(db)()
        }
      } _: {
        try body($0)
      }
    }

    /// Keeps both groups busy in drawers of their own until the body has run.
    func whileBusy(_ body: () async throws -> Void) async throws {
      let gate = Gate()
      let entered = [Gate(), Gate()]
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        for number in 0..<2 {
          tasks.addTask {
            try await put(900, into: Int64(8 + number)) { isBefore in
              guard isBefore else { return }
              entered[number].open()
              gate.wait()
            }
          }
          await entered[number].opened()
        }
        try await body()
        gate.open()
        gate.open()
        try await tasks.waitForAll()
      }
    }

    func number(_ statement: String) async throws -> Int64? {
      try await postgreSQL.number(statement, in: text)
    }
  }

  @Test func `what waits is committed in one transaction, and those of one key see each other`()
    async throws
  {
    let cupboard = try await Cupboard()
    let counts = try await withThrowingTaskGroup(of: Int64.self) { tasks in
      try await cupboard.whileBusy {
        for number in 0..<12 as Range<Int64> {
          tasks.addTask { try await cupboard.put(number, into: number % 4) }
        }
        while cupboard.group.waitingCount < 12 { await Task.yield() }
      }
      return try await tasks.reduce(into: [Int64]()) { $0.append($1) }
    }

    #expect(counts.sorted() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    #expect(
      try await cupboard.number(
        "SELECT count(DISTINCT CAST(CAST(xmin AS TEXT) AS BIGINT)) FROM thing WHERE number < 900")
        == 1)
    cupboard.pool.close()
  }

  @Test(arguments: [true, false])
  func `what one of them throws takes back its own and nothing else`(
    isBeforeWriting: Bool
  ) async throws {
    let cupboard = try await Cupboard()
    let outcomes = try await withThrowingTaskGroup(of: Bool.self) { tasks in
      try await cupboard.whileBusy {
        for number in 0..<8 as Range<Int64> {
          tasks.addTask {
            do {
              try await cupboard.put(number, into: number) { isBefore in
                if number == 3, isBefore == isBeforeWriting { throw Refused() }
              }
              return true
            } catch is Refused {
              return false
            }
          }
        }
        while cupboard.group.waitingCount < 8 { await Task.yield() }
      }
      return try await tasks.reduce(into: [Bool]()) { $0.append($1) }
    }

    #expect(outcomes.count { $0 } == 7)
    #expect(try await cupboard.number("SELECT count(*) FROM thing WHERE number < 900") == 7)
    #expect(try await cupboard.number("SELECT count(*) FROM thing WHERE number = 3") == 0)
    cupboard.pool.close()
  }

  @Test func `of those that the database takes together it refuses the one that it may not take`()
    async throws
  {
    let cupboard = try await Cupboard()
    let outcomes = try await withThrowingTaskGroup(of: Bool.self) { tasks in
      try await cupboard.whileBusy {
        for number in 0..<6 as Range<Int64> {
          tasks.addTask {
            do {
              try await cupboard.put(number == 2 ? 1000 : number, into: number)
              return true
            } catch PostgreSQLFault.refused {
              return false
            }
          }
        }
        while cupboard.group.waitingCount < 6 { await Task.yield() }
      }
      return try await tasks.reduce(into: [Bool]()) { $0.append($1) }
    }

    #expect(outcomes.count { $0 } == 5)
    #expect(try await cupboard.number("SELECT count(*) FROM thing WHERE number < 900") == 5)
    cupboard.pool.close()
  }

  @Test func `a key that somebody else has locked keeps nobody waiting but those who need it`()
    async throws
  {
    let cupboard = try await Cupboard()
    let other = ConnectionPool(cupboard.address, connections: 1)
    let (held, done) = (Gate(), Gate())
    async let holder: Void = other.transact(.committed) { db in
      _ = try db.first("SELECT number FROM drawer WHERE number = 5 FOR UPDATE", []) { _ in }
      held.open()
      done.wait()
    }
    await held.opened()

    try await withThrowingTaskGroup(of: Void.self) { tasks in
      try await cupboard.whileBusy {
        tasks.addTask { try await cupboard.put(5, into: 5) }
        tasks.addTask { try await cupboard.put(6, into: 6) }
        while cupboard.group.waitingCount < 2 { await Task.yield() }
      }
      try await tasks.next()
      #expect(
        try await cupboard.number("SELECT sum(number)::BIGINT FROM thing WHERE number < 900") == 6)
      #expect(try await cupboard.put(7, into: 7) == 0)
      done.open()
      try await tasks.waitForAll()
    }
    try await holder

    #expect(try await cupboard.number("SELECT count(*) FROM thing WHERE number = 5") == 1)
    for pool in [cupboard.pool, other] { pool.close() }
  }

  @Test func `questions that are asked at once are each answered, and one that fails alone fails`()
    async throws
  {
    let cupboard = try await Cupboard()
    for number in 0..<5 as Range<Int64> { try await cupboard.put(number, into: number % 3) }
    let questions = QuestionGroup(cupboard.pool)

    let answers = await withTaskGroup(of: (Int64, Int64?).self) { tasks in
      for number in 0..<40 as Range<Int64> {
        tasks.addTask {
          let count = try? await questions.ask { db in
            if number == 17 {
              let none = try db.ask("SELECT 1 / 0", []) { try $0.integer(0) }
              return { try none.value().first }
            }
            let count = try db.askFirst(Cupboard.counting, [.integer(number % 12)]) {
              try $0.integer(0)
            }
            return { try count.value() }
          }
          return (number, count.flatMap { $0 })
        }
      }
      return await tasks.reduce(into: [Int64: Int64?]()) { $0[$1.0] = $1.1 }
    }

    for number in 0..<40 as Range<Int64> where number != 17 {
      let expected: [Int64?] = [2, 2, 1, 0, 0, 0, 0, 0, 0, 0, nil, nil]
      #expect(answers[number] == .some(expected[Int(number % 12)]), "\(number)")
    }
    #expect(answers[17] == .some(nil))
    cupboard.pool.close()
  }
}
