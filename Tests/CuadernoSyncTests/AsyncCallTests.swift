import CuadernoSync
import Testing

/// Guards against a fault of the compiler, not of ours: Swift 6.3.1 on x86-64 loses stack with every
/// async call that passes a `UInt128` beyond the registers, and crashes when the task ends.
@Suite struct AsyncCallTests {
  private actor Elsewhere {
    func answer() -> Int { 1 }
  }

  @Test func `passing identifiers through async functions leaves the stack as it was`() async {
    let elsewhere = Elsewhere()
    let device = DeviceID(rawValue: 1)
    let study = StudyID(rawValue: 2)
    var depths = Set<UInt>()

    for _ in 0..<10 {
      _ = await call(elsewhere, device, study, 1, 2)
      depths.insert(stackPointer())
    }

    #expect(depths.count == 1)
  }

  /// More than fits into registers: two words each, and two for the caller's isolation.
  @inline(never)
  private func call(
    _ elsewhere: Elsewhere, _ device: DeviceID, _ study: StudyID, _ first: Int, _ second: Int
  ) async -> Int {
    await elsewhere.answer() + first + second
  }

  @inline(never)
  private func stackPointer() -> UInt {
    var local = 0
    return unsafe withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
  }
}
