import Foundation

/// What was measured, in JSON when it is printed.
struct Figures: CustomStringConvertible {
  var devices = 0
  var seconds = 0.0
  var driverCPUSeconds = 0.0
  var sessions = [Double]()
  var requests = [String: [Double]]()
  var pushedChanges = 0
  var pulledChanges = 0
  var lostLinks = 0
  var refusals = [String: Int]()

  var description: String {
    let all = requests.values.flatMap { $0 }
    var object: [String: Any] = [
      "devices": devices, "seconds": rounded(seconds),
      "driverCPUSeconds": rounded(driverCPUSeconds),
      "pushedChanges": pushedChanges, "pulledChanges": pulledChanges, "lostLinks": lostLinks,
      "refusals": refusals, "sessions": summary(sessions), "requests": summary(all),
    ]
    for (step, times) in requests { object[step] = summary(times) }
    let bytes = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    return bytes.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// Times in milliseconds.
  private func summary(_ times: [Double]) -> [String: Any] {
    let sorted = times.sorted()
    func percentile(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : rounded(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
    }
    return [
      "count": sorted.count, "perSecond": seconds > 0 ? rounded(Double(sorted.count) / seconds) : 0,
      "p50": percentile(0.5), "p90": percentile(0.9), "p99": percentile(0.99),
      "max": rounded(sorted.last ?? 0),
    ]
  }

  private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// The processor time of this process in seconds.
func processorSeconds() -> Double {
  var usage = rusage()
  // 0 is this process.
  unsafe getrusage(0, &usage)
  return [usage.ru_utime, usage.ru_stime].reduce(0) {
    $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
  }
}
