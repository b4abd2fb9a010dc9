import Dispatch
import Synchronization

/// What came of work on another thread, for the one that waits for it.
final class Outcome: Sendable {
  private let result = Mutex<Result<Void, any Error>?>(nil)
  private let isSet = DispatchSemaphore(value: 0)

  func set(_ result: Result<Void, any Error>) {
    self.result.withLock { $0 = result }
    isSet.signal()
  }

  func wait() throws {
    isSet.wait()
    try result.withLock { $0 }?.get()
  }
}
