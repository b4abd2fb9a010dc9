/// How often each of many may still do something: a bucket each, which fills at an even rate.
///
/// A bucket that is full says nothing, so it is not kept; and never more than ``keysMax`` are, so that
/// nobody can fill the memory by coming from everywhere.
struct Allowances<Key: Hashable & Sendable>: Sendable {
  /// One time costs as many units as its period has milliseconds, and each millisecond fills in as many as
  /// there are times in the period: whole numbers only.
  private struct Bucket {
    var level: Int64
    var milliseconds: Int64
  }

  static var keysMax: Int { 10_000 }

  private let capacity: Int64
  private let cost: Int64
  private let fill: Int64
  private var buckets: [Key: Bucket] = [:]

  /// - Parameters:
  ///   - count: how often in so many milliseconds on average; zero sets no bound.
  ///   - atOnce: how often after a pause.
  init(_ count: Int, perMilliseconds milliseconds: Int64, atOnce: Int) {
    cost = milliseconds
    fill = Int64(count)
    capacity = Int64(atOnce) * milliseconds
  }

  var keyCount: Int { buckets.count }

  /// Takes one, or says in how many milliseconds there is one.
  mutating func take(_ key: Key, at now: Int64) -> Int64? {
    guard fill > 0 else { return nil }
    let level = level(of: key, at: now)
    guard level >= cost else { return (cost - level + fill - 1) / fill }
    if buckets.count >= Self.keysMax, buckets[key] == nil { makeRoom(at: now) }
    buckets[key] = Bucket(level: level - cost, milliseconds: now)
    return nil
  }

  private func level(of key: Key, at now: Int64) -> Int64 {
    guard let bucket = buckets[key] else { return capacity }
    // A clock that was set back fills nothing and takes nothing.
    let elapsed = min(max(0, now &- bucket.milliseconds), capacity / fill + 1)
    return min(capacity, bucket.level + elapsed * fill)
  }

  /// Forgets those whose bucket is full again, and all when nobody's is: to let somebody ask too often
  /// is better than to let nobody ask.
  private mutating func makeRoom(at now: Int64) {
    buckets = buckets.filter { level(of: $0.key, at: now) < capacity }
    if buckets.count >= Self.keysMax { buckets.removeAll() }
  }
}
