import Synchronization

/// The memory that all bodies together, or all answers, may take.
final class BodyBudget: Sendable {
  private let bytesMax: Int
  private let bytes = Mutex(0)

  init(bytes: Int) {
    bytesMax = bytes
  }

  var taken: Int { bytes.withLock { $0 } }

  fileprivate func take(_ count: Int) -> Bool {
    bytes.withLock { bytes in
      guard bytes + count <= bytesMax else { return false }
      bytes += count
      return true
    }
  }

  func hasRoom(for count: Int) -> Bool {
    bytes.withLock { $0 + count <= bytesMax }
  }

  /// Counts what is there already, room or not.
  func add(_ count: Int) {
    bytes.withLock { $0 += count }
  }

  func give(_ count: Int) {
    bytes.withLock { $0 -= count }
  }
}

/// One request's part of it, which goes back with the request.
final class BodyLease: Sendable {
  private let budget: BodyBudget
  private let bytes = Mutex(0)

  init(_ budget: BodyBudget) {
    self.budget = budget
  }

  /// As bytes come and not as they are announced, so that nobody can reserve what others need.
  ///
  /// - Returns: false when there is no room for them now.
  func take(_ count: Int) -> Bool {
    guard budget.take(count) else { return false }
    bytes.withLock { $0 += count }
    return true
  }

  deinit {
    budget.give(bytes.withLock { $0 })
  }
}
