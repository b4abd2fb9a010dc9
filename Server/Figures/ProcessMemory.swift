import Foundation

/// What this process takes of the machine's memory.
enum ProcessMemory {
  /// Nil where the system does not say (proc(5)).
  static var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    else { return nil }
    return Int(kilobytes).map { $0 << 10 }
  }
}
