/// What libFuzzer calls with every input: the first byte says which reader of other programs' files gets the
/// rest.
///
/// Beside a crash it looks for a reader that takes what it cannot give back, for a place in a text that is
/// none, for two ways through the same file that do not agree, and for an error that no person is told.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let selector = input.first else { return 0 }
  let number = Int(selector) % ForeignReader.all.count
  let reader = ForeignReader.all[number]
  do {
    try reader.read(Array(input.dropFirst()))
    Tally.count(number, isTaken: true)
  } catch {
    Tally.count(number, isTaken: false)
    hold(isTold(error), "\(reader.name) throws what nobody is told: \(error)")
  }
  return 0
}

/// One reader of files from outside. What it throws is what a person would be told.
struct ForeignReader: Sendable {
  /// What a seed's file is called after.
  let name: String
  let read: @Sendable ([UInt8]) throws -> Void

  /// The order is that of `FOREIGN` in seeds.py.
  static let all: [ForeignReader] = plain + typed + placed + packed + imports
}

/// Stops, so that the input is kept and told.
func hold(_ condition: Bool, _ words: @autoclosure () -> String) {
  guard condition else { fatalError(words()) }
}

extension [UInt8] {
  /// The parts of an input that is made of several: a zero byte ends each, and the rest is the last.
  func parts(_ count: Int) -> [[UInt8]] {
    var parts = split(separator: 0, maxSplits: count - 1, omittingEmptySubsequences: false)
      .map { Array($0) }
    while parts.count < count { parts.append([]) }
    return parts
  }

  /// Takes a byte off the front that chooses among so many.
  mutating func choice(of count: Int) -> Int {
    guard let first else { return 0 }
    removeFirst()
    return Int(first) % count
  }

  var asText: String { String(decoding: self, as: UTF8.self) }
}
