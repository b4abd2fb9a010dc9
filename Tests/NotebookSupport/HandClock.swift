import Synchronization

/// A clock that stands still until a test moves it.
package final class HandClock: Sendable {
  private let time: Mutex<Int64>

  package init(milliseconds: Int64) {
    time = Mutex(milliseconds)
  }

  package var milliseconds: Int64 {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  package func advance(by milliseconds: Int64) {
    time.withLock { $0 += milliseconds }
  }
}
