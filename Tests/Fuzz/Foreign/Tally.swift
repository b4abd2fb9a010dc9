import Foundation

/// How many inputs each reader was given, and how many of them it took for a file: told when the fuzzing ends,
/// since a reader that refuses everything is not fuzzed.
enum Tally {
  private nonisolated(unsafe) static var given = [Int](repeating: 0, count: ForeignReader.all.count)
  private nonisolated(unsafe) static var taken = [Int](repeating: 0, count: ForeignReader.all.count)

  private static let isTold: Bool = {
    atexit {
      print("reader, inputs, taken")
      for (number, reader) in ForeignReader.all.enumerated() {
        unsafe print("\(reader.name), \(given[number]), \(taken[number])")
      }
    } == 0
  }()

  static func count(_ number: Int, isTaken: Bool) {
    guard isTold else { return }
    unsafe given[number] += 1
    if isTaken { unsafe taken[number] += 1 }
  }
}
