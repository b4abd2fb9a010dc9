import CuadernoLog
import CuadernoTestSupport
import Dispatch
import Foundation
import Synchronization
import Testing

@Suite struct WriterLockTests {
  @Test func `one at a time holds the lock`() throws {
    let folder = try ScratchFolder()
    let lock = WriterLock(path: folder.file("lock"))
    let inside = Atomic(0)
    let most = Atomic(0)

    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      try? lock.hold {
        let count = inside.add(1, ordering: .sequentiallyConsistent).newValue
        most.max(count, ordering: .sequentiallyConsistent)
        sched_yield()
        inside.subtract(1, ordering: .sequentiallyConsistent)
      }
    }

    #expect(most.load(ordering: .sequentiallyConsistent) == 1)
  }

  @Test func `whoever fails gives the lock back`() throws {
    struct Failed: Error {}
    let folder = try ScratchFolder()
    let lock = WriterLock(path: folder.file("lock"))

    #expect(throws: Failed.self) { try lock.hold { throw Failed() } }

    #expect(try lock.hold { 5 } == 5)
  }

  @Test func `a lock in a folder that does not exist cannot be taken`() throws {
    let folder = try ScratchFolder()

    #expect(throws: StoreError.cannotOpen) {
      try WriterLock(path: folder.file("nowhere/lock")).hold {}
    }
  }
}
