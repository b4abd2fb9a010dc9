package import CuadernoLog
import Synchronization

/// Commits what several callers write at once in one transaction, and so with one wait for the disk; and
/// asks the database for all of them together.
///
/// Each caller writes under a key, such as a study, of which one transaction at a time writes. The group
/// locks the keys that nobody else has, all in one statement that waits for none, so it keeps nobody waiting
/// who waits for it, and no lock of another server holds up those who do not need it: whoever's key is
/// taken goes on in a transaction of its own and waits there.
///
/// Everybody's questions are sent before the first answer is read; callers of one key come one after the
/// other. Nobody is answered before the commit. A caller who throws before having written is told what it
/// threw; whatever else goes wrong takes the transaction back, and each then has one of its own.
package final class TransactionGroup: Sendable {
  /// Asks what is needed under the lock, and answers what is to be done with the answers.
  package typealias Body<Result> =
    @Sendable (PostgreSQLTransaction) throws -> (() throws -> Result)

  fileprivate struct Entry: Sendable {
    let key: Int64
    let caller: Caller
    /// Does it in a transaction of its own.
    let runAlone: @Sendable () async -> Void
  }

  fileprivate struct State {
    var waiting: [Entry] = []
    /// The keys of those who are being written for.
    var taken: Set<Int64> = []
    var groups = 0
  }

  /// What was to be done for somebody and was not: the lock is another's, or the transaction was taken back.
  private enum Outcome: Sendable {
    case told([@Sendable () -> Void], locked: Set<Int64>)
    case spoiled
  }

  /// The most that commit together: enough to hide the disk, few enough that the first of them does not wait
  /// long for the last.
  private static let entriesMax = 64

  /// One asks and writes while the other is on its way to the disk.
  private static let groupsMax = 2

  private let pool: ConnectionPool
  private let lock: RowStatement
  private let state = Mutex(State())

  /// - Parameter lock: answers those of many keys that it could lock without waiting.
  package init(_ pool: ConnectionPool, lock: RowStatement) {
    self.pool = pool
    self.lock = lock
  }

  /// - Parameters:
  ///   - alone: does the same in a transaction of its own, which waits for the lock.
  ///   - body: may be run more than once.
  package func write<Result: Sendable>(
    for key: Int64, alone: @escaping @Sendable () async throws -> Result,
    _ body: @escaping Body<Result>
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      let entry = Entry(
        key: key, caller: Caller(continuation, body),
        runAlone: {
          do {
            continuation.resume(returning: try await alone())
          } catch {
            continuation.resume(throwing: error)
          }
        })
      let isNext = state.withLock { state in
        state.waiting.append(entry)
        guard state.groups < Self.groupsMax, !state.taken.contains(key) else { return false }
        state.groups += 1
        return true
      }
      if isNext { Task { await self.writeAll() } }
    }
  }

  /// How many wait for the next transaction.
  var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// Writes until nobody waits whose key is free.
  private func writeAll() async {
    while true {
      let entries = state.withLock { state in
        let next = state.next(Self.entriesMax)
        if next.isEmpty { state.groups -= 1 }
        return next
      }
      guard !entries.isEmpty else { return }
      let left = await write(entries)
      let alone = Dictionary(grouping: left, by: \.key)
      state.withLock { $0.taken.subtract(entries.lazy.map(\.key).filter { alone[$0] == nil }) }
      for (key, entries) in alone { Task { await self.writeAlone(entries, of: key) } }
    }
  }

  /// Beside the groups, since it may have to wait for a lock.
  private func writeAlone(_ entries: [Entry], of key: Int64) async {
    for entry in entries { await entry.runAlone() }
    let isNext = state.withLock { state in
      state.taken.remove(key)
      guard state.groups < Self.groupsMax, !state.waiting.isEmpty else { return false }
      state.groups += 1
      return true
    }
    if isNext { await writeAll() }
  }

  /// - Returns: those for whom nothing was done.
  private func write(_ entries: [Entry]) async -> [Entry] {
    do {
      switch try await pool.perform({ try self.attempt(entries, on: $0) }) {
      case .told(let answers, let locked):
        for tell in answers { tell() }
        return entries.filter { !locked.contains($0.key) }
      case .spoiled: return entries
      }
    } catch PostgreSQLFault.refused where entries.count > 1 {
      return entries
    } catch {
      for entry in entries { entry.caller.fail(error) }
      return []
    }
  }

  private func attempt(_ entries: [Entry], on connection: Connection) throws -> Outcome {
    do {
      return try connection.transact(.committed) { db in
        let keys = Set(entries.map(\.key)).sorted()
        let locking = try db.ask(lock, forEach: keys.map { [.integer($0)] }) { try $0.integer(0) }
        var locked: Set<Int64>?
        var answers = [@Sendable () -> Void]()
        var turns = Turns(entries)
        while let turn = turns.next(of: locked) {
          let asked = try turn.map {
            (key: $0.key, fail: $0.caller.fail, decide: try $0.caller.ask(db))
          }
          // Rows of the turn before have gone with these questions.
          try connection.settle()
          let held = try locked ?? Set(locking.value())
          locked = held
          for entry in asked where held.contains(entry.key) {
            let writes = connection.writeCount
            do {
              answers.append(try entry.decide())
            } catch {
              guard connection.writeCount == writes, !(error is PostgreSQLFault) else {
                throw Spoiled()
              }
              let fail = entry.fail
              answers.append { fail(error) }
            }
          }
        }
        return .told(answers, locked: locked ?? [])
      }
    } catch is Spoiled {
      return .spoiled
    }
  }

  private struct Spoiled: Error {}

  /// The entries of a group, those of one key one after the other.
  private struct Turns {
    private var rest: [Entry]

    init(_ entries: [Entry]) {
      rest = entries
    }

    /// - Parameter keys: whose turn it can be; nil for all.
    mutating func next(of keys: Set<Int64>?) -> [Entry]? {
      if let keys { rest.removeAll { !keys.contains($0.key) } }
      var met = Set<Int64>()
      let isFirst = rest.map { met.insert($0.key).inserted }
      let turn = zip(rest, isFirst).compactMap { $1 ? $0 : nil }
      rest = zip(rest, isFirst).compactMap { $1 ? nil : $0 }
      return turn.isEmpty ? nil : turn
    }
  }
}

extension TransactionGroup.State {
  /// Takes those who have come first and whose key nobody has.
  fileprivate mutating func next(_ countMax: Int) -> [TransactionGroup.Entry] {
    var (next, rest) = ([TransactionGroup.Entry](), [TransactionGroup.Entry]())
    for entry in waiting {
      if next.count < countMax, !taken.contains(entry.key) {
        next.append(entry)
      } else {
        rest.append(entry)
      }
    }
    waiting = rest
    taken.formUnion(next.map(\.key))
    return next
  }
}
