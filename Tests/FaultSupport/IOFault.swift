import CuadernoTestSupport
import FaultVFS
import Foundation

/// What the one call that fails of many answers.
package enum IOFault: CInt, CaseIterable, Sendable {
  case inputOutput = 0
  case full = 1
  case shortWrite = 2
  case cannotOpen = 3
}

/// One call of many that fails, and whether all after it do.
package struct IOFaultPlan: Sendable, CustomStringConvertible {
  package var fault: IOFault
  package var nth: Int
  package var isForEver: Bool

  package init(fault: IOFault, nth: Int, isForEver: Bool) {
    self.fault = fault
    self.nth = nth
    self.isForEver = isForEver
  }

  package var description: String {
    "\(fault) at call \(nth)\(isForEver ? " and after" : "")"
  }

  /// Runs a body while SQLite's calls on files below a folder fail as planned.
  ///
  /// - Returns: how many calls were counted, and how many failed.
  package func run(
    in folder: String, _ body: () async -> Void
  ) async -> (calls: Int, failed: Int) {
    let plan = begin(folder)
    await body()
    return end(plan)
  }

  private func begin(_ folder: String) -> CInt {
    precondition(cuaderno_fault_register() == 0, "the layer below SQLite cannot be registered")
    let plan = unsafe cuaderno_fault_begin(folder, fault.rawValue, nth, isForEver ? 1 : 0)
    precondition(plan >= 0, "too many plans at once")
    return plan
  }

  private func end(_ plan: CInt) -> (calls: Int, failed: Int) {
    var failed = 0
    let calls = unsafe cuaderno_fault_end(plan, &failed)
    return (calls, failed)
  }
}

/// The plans of one operation: with `CUADERNO_FAULTS=all` every call of it, otherwise some.
package enum IOFaultPlans {
  /// - Parameter body: runs the operation under a plan; answers how many calls there were and failed.
  /// - Returns: how many times a call failed.
  package static func forEach(
    atMost some: Int, _ body: (IOFaultPlan) async throws -> (calls: Int, failed: Int)
  ) async throws -> Int {
    let isWhole = ProcessInfo.processInfo.environment["CUADERNO_FAULTS"] == "all"
    var random = SplitMix64(seed: 11)
    var failures = 0
    for fault in IOFault.allCases {
      let untouched = IOFaultPlan(fault: fault, nth: .max, isForEver: false)
      let calls = try await body(untouched).calls
      for isForEver in [false, true] {
        let all = Array(1...max(1, calls + 1))
        let chosen = isWhole ? all : Array(all.shuffled(using: &random).prefix(some))
        for nth in chosen.sorted() {
          let plan = IOFaultPlan(fault: fault, nth: nth, isForEver: isForEver)
          failures += try await body(plan).failed > 0 ? 1 : 0
        }
      }
    }
    return failures
  }
}
