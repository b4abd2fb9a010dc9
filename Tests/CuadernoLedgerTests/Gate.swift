import Dispatch

/// Holds up a thread of the database's own until a test says so.
struct Gate: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  private let queue = DispatchQueue(label: "gate")

  func open() { semaphore.signal() }

  func wait() { semaphore.wait() }

  /// Waits without the thread of a task.
  func opened() async {
    await withCheckedContinuation { continuation in
      queue.async {
        semaphore.wait()
        continuation.resume()
      }
    }
  }
}
